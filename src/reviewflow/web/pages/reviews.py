"""The reviews that the visitor may see: those under way first, found by partnership, year, stage and school."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from reviewflow.asking.cycle_list import Wanted, cycles
from reviewflow.asking.opening_where import may_open_anywhere
from reviewflow.asking.question import Question
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.errors import BadInput
from reviewflow.views.partnerships import list_partnerships
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()

MOST: Final = 30
"""Reviews on a page."""
_FEW: Final = 200
"""Partnerships that are offered in a list; where there are more, one is typed."""
_FILTERS: Final = ("partnership", "year", "stage", "subject")


@routes.get("/cycles")
def reviews(request: Request, who: Here, after: str = "", show: str = "all") -> Response:
    """A page of them. `show` is `running`, `ended` or `all`; `after`: `running:` or `ended:` with a handle."""
    chosen = {name: request.query_params.get(name, "").strip() for name in _FILTERS}
    show = show if show in ("running", "ended") else "all"
    faults: list[tuple[str, str]] = []
    with asking(site_of(request).installation, who.person) as question:
        try:
            rows, later = _page_of(question, chosen, show, after)
        except BadInput as error:
            rows, later = [], None
            faults = [(fault.where, _fault(fault.where)) for fault in error.faults]
        partnerships = _partnerships(question)
        stages = _stages(question)
        shown = [_shown(row) for row in rows]
        may_open = may_open_anywhere(question)
    asked = {**{key: value for key, value in chosen.items() if value}, **({"show": show} if show != "all" else {})}
    return page(
        request, "reviews.html", status=422 if faults else 200, rows=shown, chosen=chosen, show=show, faults=faults,
        partnerships=partnerships, stages=stages, may_open=may_open,
        later=_address({**asked, "after": later}) if later else None,
        first=_address(asked) if after else None, filtered=bool(asked),
    )  # fmt: skip


def _page_of(
    question: Question, chosen: dict[str, str], show: str, after: str
) -> tuple[list[dict[str, Any]], str | None]:
    """The rows, and where the next page begins."""
    part, _, handle = after.partition(":")
    wanted = Wanted(
        partnership=chosen["partnership"] or None, year=chosen["year"] or None, state=chosen["stage"] or None,
        subject=chosen["subject"] or None,
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    parts = [one for one in ("running", "ended") if show in (one, "all") and (part != "ended" or one == "ended")]
    for one in parts:
        begin = handle if one == part and handle else None
        left = MOST - len(rows)
        if left == 0:
            return rows, f"{one}:"
        chosen_part = wanted._replace(running=one == "running", ended=one == "ended")
        found = cycles(question, chosen_part._replace(after=begin, limit=left))
        rows += found["cycles"]
        if found["more"]:
            return rows, f"{one}:{rows[-1]['handle']}"
    return rows, None


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    hidden = row["state"] == HIDDEN
    return {
        **row, "state_title": "Where it is is not shown to you" if hidden else row["state_title"],
        "since": None if row["since"] == HIDDEN else row["since"],
    }  # fmt: skip


def _partnerships(question: Question) -> list[dict[str, str]] | None:
    with question.installation.store.reading() as connection:
        found = list_partnerships(connection, limit=_FEW + 1)
    if len(found) > _FEW:
        return None
    rows = [{"value": one.handle, "text": one.name} for one in found]
    return sorted(rows, key=lambda row: row["text"].casefold())


def _stages(question: Question) -> list[dict[str, str]]:
    """Stages, and states outside them, of what the latest editions of the published workflows say."""
    found: dict[str, str] = {}
    for stream in question.now.touching("workflows"):
        published = question.now.workflow(stream.removeprefix("workflow-"))
        definition = question.now.definition(published.latest.digest) if published else None
        if definition is not None:
            found |= {name: stage.title for name, stage in definition.stages.items()}
            found |= {name: state.title for name, state in definition.states.items()}
    return [{"value": name, "text": title} for name, title in found.items()]


def _fault(where: str) -> str:
    return {
        "partnership": "There is no such partnership. Try part of its short name, as in its address.",
        "subject": "There is no such school, or several fit. Give its whole name, its short name or its number.",
    }.get(where, "This cannot be looked for.")


def _address(asked: dict[str, str]) -> str:
    return f"/cycles?{urlencode(asked)}" if asked else "/cycles"
