"""Questions about workflows: published ones, those that come with reviewflow, and one that is being written."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking import workflows
from reviewflow.asking.question import Question
from reviewflow.asking.workflow_publishing import summary
from reviewflow.errors import BadDefinition, BadInput, Fault
from reviewflow.shipped import shipped
from reviewflow.web.api.answering import Then, answer, asking_for, named, told
from reviewflow.web.api.cycles_asked import Filter
from reviewflow.web.api.models import register as shapes
from reviewflow.web.api.models import sent
from reviewflow.web.api.operations import QUESTION
from reviewflow.web.api.trouble import definition_faults
from reviewflow.workflow.parse import parse

routes = APIRouter(tags=["workflows"], responses=QUESTION)


@routes.get("/workflows", response_model=shapes.Workflows, operation_id="listWorkflows", summary="Workflows")
def listed_workflows(request: Request, then: Then, *, editions: bool = False) -> Response:
    """The latest edition of each, or every one; and those that come with reviewflow."""
    return told(request, then, lambda question: workflows.workflows(question, editions=editions))


@routes.get(
    "/workflows/{workflow}", response_model=shapes.OneWorkflow, operation_id="showWorkflow",
    summary="One workflow",
)  # fmt: skip
def workflow(request: Request, workflow: str, then: Then, edition: Filter = None) -> Response:
    """Roles, steps, requirements with their sources, deadlines."""
    return told(request, then, lambda question: _workflow(question, workflow, edition).whole())


@routes.get(
    "/workflows/{workflow}/facts", response_model=shapes.WorkflowFacts, operation_id="workflowFacts",
    summary="Its facts",
)  # fmt: skip
def facts(request: Request, workflow: str, then: Then, edition: Filter = None) -> Response:
    """The facts that its rules may use: name, type, meaning."""
    return told(request, then, lambda question: _workflow(question, workflow, edition).facts())


@routes.get(
    "/workflows/{workflow}/diagram", response_model=shapes.WorkflowDiagram, operation_id="workflowDiagram",
    summary="Its picture",
)  # fmt: skip
def diagram(request: Request, workflow: str, then: Then, edition: Filter = None, *, in_words: bool = False) -> Response:
    """As a Mermaid state diagram, or the same in words."""
    return told(request, then, lambda question: _workflow(question, workflow, edition).diagram(in_words=in_words))


@routes.get(
    "/workflows/{workflow}/definition", response_model=shapes.WorkflowDefinition, operation_id="workflowDefinition",
    summary="Its definition",
)  # fmt: skip
def definition(request: Request, workflow: str, then: Then, edition: Filter = None) -> Response:
    """The document itself, to be kept, changed, checked and published again; without its comments."""
    return told(
        request, then, lambda question: named(lambda typed: workflows.document(question, typed, edition), workflow)
    )


@routes.post(
    "/workflows/check", response_model=shapes.WorkflowChecked, operation_id="checkWorkflow",
    summary="Check a definition",
)  # fmt: skip
def check(request: Request, body: sent.Document) -> Response:
    """Every fault with line and column, and nothing recorded (`workflow check`). A token that may only read may ask."""
    with asking_for(request) as question:
        question.may("workflow show")
    try:
        parsed = parse(document_sent(body), body.shipped or DOCUMENT)
    except BadDefinition as error:
        return answer(request, {"sound": False, "faults": definition_faults(error)})
    return answer(request, {"sound": True, "faults": [], **summary(parsed.definition, parsed.digest)})


DOCUMENT: Final = "the document"


def document_sent(body: sent.Document) -> bytes:
    """The document of a body, or the one that comes with reviewflow under the name in it."""
    if body.document is not None:
        return body.document.encode()
    there = shipped()
    if body.shipped not in there:
        want = f"those that come with reviewflow are: {', '.join(there)}"
        raise BadInput("workflow", [Fault("shipped", repr(body.shipped), want)])
    return there[str(body.shipped)].read_bytes()


def _workflow(question: Question, name: str, edition: str | None) -> workflows.Found:
    return named(lambda typed: workflows.workflow(question, typed, edition), name)
