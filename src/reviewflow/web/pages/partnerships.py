"""The partnership board: where reviews stand, what is overdue, how old follow-ups are, who gives and who gets."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from reviewflow.asking.opening_where import may_open_in
from reviewflow.asking.partnership_board import board
from reviewflow.asking.partnerships import partnerships
from reviewflow.asking.question import Question
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()


@routes.get("/partnerships")
def every(request: Request, who: Here) -> Response:
    """The visitor's own, then the others."""
    with asking(site_of(request).installation, who.person) as question:
        found = partnerships(question)["partnerships"]
        mine = _mine(question)
    own = [row for row in found if row["id"] in mine]
    others = [row for row in found if row["id"] not in mine]
    return page(request, "partnerships.html", own=_by_name(own), others=_by_name(others))


@routes.get("/partnerships/{partnership}")
def one(request: Request, partnership: str, who: Here, year: str = "") -> Response:
    """The board of one partnership."""
    with asking(site_of(request).installation, who.person) as question:
        data = board(question, partnership, year or None)
        folded = question.now.partnership(data["partnership"]["id"])
        may_open = folded is not None and may_open_in(question, folded)
    rows = data["cycles"]
    columns = [{**stage, "cycles": [row for row in rows if row["stage"] == stage["name"]]} for stage in data["stages"]]
    return page(
        request, "partnership.html", partnership=data["partnership"], members=data["members"], years=data["years"],
        year=year, whole=data["whole"], columns=columns, hidden=[row for row in rows if row["stage"] is None],
        overdue=sorted((row for row in rows if row["overdue"]), key=lambda row: (row["overdue"], row["handle"])),
        follow_ups=sorted((row for row in rows if row["last_stage"] and row["since"]), key=lambda row: row["since"]),
        more=data["more"], giving=data["giving"], looked_at=len(rows), may_open=may_open,
    )  # fmt: skip


def _mine(question: Question) -> set[str]:
    """Those in which the visitor holds a role, or an organisation of theirs is a member."""
    assert question.viewer is not None
    day = question.day()
    me = question.now.person(question.viewer)
    scopes = [scope for _, scope in me.roles_on(day)] if me else []
    found = {scope for scope in scopes if question.now.partnership(scope) is not None}
    for scope in scopes:
        for stream in question.now.touching(f"members:{scope}"):
            partnership = question.now.partnership(stream.removeprefix("partnership-"))
            if partnership is not None and partnership.member_on(scope, day):
                found.add(partnership.id)
    return found


def _by_name(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["name"]).casefold())
