"""Publishing a workflow: upload its file, see what the check says, how it looks and what it changes; then publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acting import asked_by
from reviewflow.asking.workflow_changes import SECTIONS
from reviewflow.asking.workflow_publishing import publishing, report
from reviewflow.errors import BadInput, Fault
from reviewflow.registry.scopes import ANYWHERE
from reviewflow.shipped import shipped
from reviewflow.web.administration.carrying import SHOWN, Upload, carried, no_file
from reviewflow.web.administration.workflow_told import told
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.uploads import OTHERWISE, Kind, plain_text
from reviewflow.web.visiting import Here, Sent, Visitor, site_of
from reviewflow.workflow.parse import Parsed, parse

routes = APIRouter()

_PAGE: Final = "/administration/import/workflow"
_BESIDE: Final = {"shipped": "", "against": ""}
"""`against`: the digest of the edition with which it was compared on the page that was looked at."""
_KINDS: Final = {end: Kind(OTHERWISE, plain_text, "YAML") for end in ("yaml", "yml")}


@dataclass
class _Draft(Upload):
    """A definition on its way."""

    parsed: Parsed | None = None
    report: dict[str, Any] | None = None
    published: bool = False
    overtaken: bool = False
    """Somebody published another edition since it was looked at: it is to be looked at again."""


@routes.get(_PAGE)
def ask(request: Request, who: Here, shipped: str = "") -> Response:
    """Choose a file, or one that comes with reviewflow."""
    _may(request, who)
    return _page(request, _Draft(beside={**_BESIDE, "shipped": shipped}))


@routes.post(_PAGE)
def publish(request: Request, who: Here, sent: Sent) -> Response:
    """Look at a definition, or publish what was looked at."""
    _may(request, who)
    draft = _Draft(beside=dict(_BESIDE))
    carried(request, who, sent, draft, lambda: _work(request, who, draft), kinds=_KINDS, needed=False)
    if draft.published and draft.parsed is not None:
        definition = draft.parsed.definition
        there = f"/administration/workflows/{quote(definition.workflow)}"
        return RedirectResponse(f"{there}?edition={draft.parsed.digest[:12]}&said=published", 303)
    return _page(request, draft)


def _may(request: Request, who: Visitor) -> None:
    with asking(site_of(request).installation, who.person) as question:
        question.may("workflow publish", ANYWHERE)


def _work(request: Request, who: Visitor, draft: _Draft) -> None:
    installation = site_of(request).installation
    draft.parsed = parse(_document(draft), "the file")
    asked = asked_by(installation, who.person, door="web", command_id=draft.command)
    command = publishing(asked, draft.parsed)
    with asking(installation, who.person) as question:
        draft.report = report(question, draft.parsed)
    before = draft.report["before"]
    latest = before["digest"] if before else ""
    draft.overtaken = draft.confirmed and latest not in (draft.beside["against"], draft.parsed.digest)
    draft.beside["against"] = latest
    draft.published = draft.confirmed and not draft.overtaken
    installation.engine.handle(command, dry_run=not draft.published)


def _document(draft: _Draft) -> bytes:
    named = draft.beside["shipped"]
    if draft.data and named:
        raise no_file("Choose a file, or one that comes with reviewflow, not both")
    if draft.data:
        return draft.data
    if not named:
        raise no_file("Choose a file, or one that comes with reviewflow")
    if named not in shipped():
        raise BadInput("the form", [Fault("shipped", "", "one of the list")])
    return shipped()[named].read_bytes()


def _page(request: Request, draft: _Draft) -> Response:
    looked = draft.report is not None and draft.parsed is not None and not draft.faults
    if not looked or draft.report is None or draft.parsed is None:
        return page(
            request, "administration/workflow_upload.html", status=draft.status, upload=draft, faults=draft.faults,
            shipped=[{"value": name, "text": name} for name in shipped()],
        )  # fmt: skip
    changes = draft.report["changes"]
    sections = [
        {"title": title, "changes": found}
        for key, title in SECTIONS.items() if (found := [one for one in changes[:SHOWN] if one["section"] == key])
    ]  # fmt: skip
    return page(
        request, "administration/workflow_preview.html", upload=draft, report=draft.report, sections=sections,
        more=max(len(changes) - SHOWN, 0), **told(draft.parsed.definition, draft.parsed.digest),
    )  # fmt: skip
