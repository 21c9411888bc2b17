"""Workflows: which are published, what each says step by step, and whether it is sound."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from reviewflow.asking.workflow_publishing import programmes_with, summary
from reviewflow.asking.workflows import workflow as told_of
from reviewflow.asking.workflows import workflows
from reviewflow.registry.scopes import ANYWHERE
from reviewflow.web.administration.workflow_told import complaints, told
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()


@routes.get("/administration/workflows")
def listed(request: Request, who: Here) -> Response:
    """Published ones, with all their editions, and those that are ready to be."""
    with asking(site_of(request).installation, who.person) as question:
        found = workflows(question, editions=True)
        may_publish = question.allowed("workflow publish", ANYWHERE)
    return page(
        request, "administration/workflows.html", rows=found["workflows"], shipped=found["shipped"],
        may_publish=may_publish,
    )  # fmt: skip


@routes.get("/administration/workflows/{workflow}")
def show(request: Request, workflow: str, who: Here, edition: str = "", said: str = "") -> Response:
    """The whole definition: a drawing of its stages, every step with who may take it and what it requires."""
    with asking(site_of(request).installation, who.person) as question:
        found = told_of(question, workflow, edition or None)
        used_by = programmes_with(question, workflow)
        published = question.known.workflow(workflow)
        may_publish = published is None and question.allowed("workflow publish", ANYWHERE)
    here = published.editions.get(found.digest) if published else None
    latest = published is not None and published.latest.digest == found.digest
    return page(
        request, "administration/workflow.html", **told(found.definition, found.digest), published=here, latest=latest,
        complaints=complaints(found.definition, found.digest), used_by=used_by, may_publish=may_publish,
        counts=summary(found.definition, found.digest)["counts"], said=said == "published" and latest,
    )  # fmt: skip
