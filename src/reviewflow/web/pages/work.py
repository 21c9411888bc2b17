"""My work: what waits for me, by when, and one click to do it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from reviewflow.asking.inbox import tasks
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()

_AS_DONE = {"agree": "Sign: {}", "answer": "Answer: will you be {}?"}
_MOST = 100
"""Reviews that are looked at for one page."""


@routes.get("/work")
def work(request: Request, who: Here, after: Annotated[str | None, Query(max_length=300)] = None) -> Response:
    """What waits for the visitor, the most urgent first; of so many reviews, those whose handles come after one."""
    with asking(site_of(request).installation, who.person) as question:
        found = tasks(question, person=who.person, limit=_MOST, after=after, others=False)
        shown = [_shown(task, question.called.organisation(task["subject"])) for task in found["tasks"]]
    return page(request, "work.html", tasks=shown, next=found["next"], after=after, most=_MOST)


def _shown(task: dict[str, Any], subject: str) -> dict[str, Any]:
    behalf = task["for"]
    return {
        "title": _AS_DONE.get(task["kind"], "{}").format(task["title"]),
        "subject": subject,
        "href": address(task["handle"], task["kind"], task["step"], behalf["id"] if behalf else None),
        "due": task["due"],
        "overdue": task["overdue"],
        "behalf": behalf["name"] if behalf else None,
    }


def address(handle: str, kind: str, step: str, behalf: str | None = None) -> str:
    """Where something that waits is done."""
    room = {"agree": "sign", "answer": "offers"}.get(kind, "steps")
    return f"/cycles/{quote(handle)}/{room}/{quote(step)}" + (f"?for={quote(behalf)}" if behalf else "")
