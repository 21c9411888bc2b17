"""The command about workflows."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from reviewflow.asking.question import Question
from reviewflow.asking.workflow_publishing import publishing, summary
from reviewflow.events import Asked
from reviewflow.web.api.acting import Key, Ready, give
from reviewflow.web.api.models import done as shapes
from reviewflow.web.api.models import sent
from reviewflow.web.api.operations import COMMAND
from reviewflow.web.api.workflows_asked import DOCUMENT, document_sent
from reviewflow.workflow.parse import parse

routes = APIRouter(tags=["workflows"], responses=COMMAND)


@routes.post("/workflows", response_model=shapes.Done, operation_id="publishWorkflow", summary="Publish a workflow")
def publish(request: Request, body: sent.NewWorkflow, key: Key) -> Response:
    """It is checked first; every fault is told. Cycles that run stay with the edition they were opened with."""

    def prepare(question: Question, asked: Asked) -> Ready:
        question.may("workflow publish")
        parsed = parse(document_sent(body), body.shipped or DOCUMENT)
        return Ready([publishing(asked, parsed)], summary(parsed.definition, parsed.digest))

    return give(request, key, body, prepare)
