"""How the service is doing: what is stored, whether everything that follows the log keeps up, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking.status import status
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, site_of
from reviewflow.web.words import plural

routes = APIRouter()

_CALLED: Final = {
    "activity": "What each person did",
    "audit": "The audit tree",
    "mail": "Mail",
    "webhooks": "Messages to programs",
}
_COUNTED: Final = (
    ("programmes", "Programmes"), ("partnerships", "Partnerships"), ("organisations", "Organisations"),
    ("people", "People, the forgotten among them"), ("records", "Records in the log"),
)  # fmt: skip


@routes.get("/administration/health")
def health(request: Request, who: Here) -> Response:
    """All of it, as far as the visitor may see."""
    with asking(site_of(request).installation, who.person) as question:
        data = status(question)
    followers = [_words(one) for one in data.get("followers", ())]
    effects: Mapping[str, int] = data.get("effects", {"waiting": 0, "aside": 0})
    return page(
        request, "administration/health.html", version=data["version"], readable=data["master_key"] == "at hand",
        last=data["last_recorded_at"], counts=[(title, data[name]) for name, title in _COUNTED], followers=followers,
        effects=effects, whole="followers" in data, moved=data.get("moved_to"),
    )  # fmt: skip


def _words(one: Mapping[str, Any]) -> dict[str, Any]:
    """One follower: well, behind, or broken, and what to do."""
    name = _CALLED.get(one["name"], str(one["name"]).replace("_", " ").capitalize())
    if one["broken_at"] is not None:
        text = (
            f"It stopped at position {one['broken_at']:,}. Nothing is lost. Ask whoever runs the server to look at it."
        )
        return {"name": name, "state": "Stopped", "text": text, "why": one["why"]}
    if one["behind"]:
        return {"name": name, "state": "Behind", "text": f"{plural(one['behind'], 'record')} behind.", "why": None,
                "since": one["since"]}  # fmt: skip
    return {"name": name, "state": "Up to date", "text": "", "why": None}
