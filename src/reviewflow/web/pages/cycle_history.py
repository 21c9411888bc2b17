"""The history of one cycle: every event in words, the cycle as it was on a day or as it was known, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from reviewflow.asking.audit_past import difference
from reviewflow.asking.cycle_show import history_of, shown
from reviewflow.asking.mending import mendable
from reviewflow.asking.one_cycle import OneCycle, look, scope_of
from reviewflow.asking.question import Question
from reviewflow.audit.diff import WHY
from reviewflow.audit.line import Line
from reviewflow.audit.replay import Moment
from reviewflow.errors import BadInput
from reviewflow.web.doing import told_done
from reviewflow.web.forms.earlier import day_of, day_part
from reviewflow.web.forms.entered import DATE_PARTS
from reviewflow.web.forms.wrong import Faults, placed
from reviewflow.web.pages.notes import event_number
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, site_of

routes = APIRouter()

A_PAGE: Final = 50
"""Events of one page."""
_ON: Final = "What had happened by the end of this day, as we know it now."
_KNOWN: Final = "What had been recorded here by the end of this day: what was not yet known then is left out."


class Asked(NamedTuple):
    """A moment as it was entered: a day, and a day of knowing."""

    on: dict[str, str]
    known: dict[str, str]
    names: tuple[str, str]
    day: date | None = None
    known_day: date | None = None

    def known_at(self, zone: str) -> datetime | None:
        """The last moment of the day of knowing, as the programme's people count days."""
        if self.known_day is None:
            return None
        return datetime.combine(self.known_day, time.max, ZoneInfo(zone))

    def boxes(self, faults: Mapping[str, str]) -> list[Any]:
        """The two questions."""
        on, known = self.names
        return [
            day_part(on, "As it was on", self.on, faults, _ON),
            day_part(known, "As it was known on", self.known, faults, _KNOWN),
        ]

    def query(self) -> dict[str, str]:
        """The same as the query of an address."""
        pairs = ((name, box) for name, box in zip(self.names, (self.on, self.known), strict=True))
        return {f"{name}.{part}": text for name, box in pairs for part, text in box.items() if text}


@routes.get("/cycles/{handle}/history")
def show(request: Request, handle: str, who: Here, done: int = 0) -> Response:
    """Everything that happened, as this visitor may read it; of another day or moment if asked."""
    faults: Faults = []
    asked = _asked(request, ("on", "known"), faults)
    installation = site_of(request).installation
    number = event_number(request.query_params.get("page", "")) or 1
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        past = not faults and (asked.day or asked.known_day)
        if not past:
            return _page(request, question, one, asked, faults, number, done=done)
        known_at = asked.known_at(one.zone)
    with asking(installation, who.person, as_of=asked.day, known_at=known_at) as then:
        try:
            one = look(then, handle, "cycle show")
        except BadInput:
            faults.append(("", "The review was not open then, or not known. Ask about a later day."))
        else:
            return _page(request, then, one, asked, faults, number)
    with asking(installation, who.person) as question:
        return _page(request, question, look(question, handle, "cycle show"), asked, faults, number)


def _asked(request: Request, names: tuple[str, str], faults: Faults) -> Asked:
    """What the boxes say; faults of what is no day, and of a day to come."""
    boxes = [{part: request.query_params.get(f"{name}.{part}", "").strip() for part in DATE_PARTS} for name in names]
    days: list[date | None] = []
    for name, box in zip(names, boxes, strict=True):
        try:
            days.append(day_of(box, name))
        except BadInput as error:
            days.append(None)
            faults += placed(error.faults, {"": f"{name}.day"})
    return Asked(boxes[0], boxes[1], names, *days)


def _page(
    request: Request, question: Question, one: OneCycle, asked: Asked, faults: Faults, number: int, *, done: int = 0
) -> Response:
    records, history = one.records, history_of(one)
    pages = max(-(-len(records) // A_PAGE), 1)
    number = min(max(number, 1), pages)
    told = history.tell(records[(number - 1) * A_PAGE : number * A_PAGE])
    below = told.below()
    may = frozenset[int]() if question.past else mendable(question, one)
    link = f"/cycles/{quote(one.cycle.handle)}"
    summary = shown(question, one.cycle.id) if question.past else None
    data = {
        "lines": [_thread(line, below, may) for line in below.get(None, ())],
        "untold": told.untold, "pages": pages, "number": number, "link": link,
        "next": _address(link, asked, number + 1) if number < pages else None,
        "previous": _address(link, asked, number - 1) if number > 1 else None,
        "boxes": asked.boxes(dict(faults)), "asked": asked, "past": question.past, "faults": faults,
        "sections": summary.data()["sections"] if summary else [], "hidden": summary.summary.hidden if summary else 0,
        "may_compare": question.allowed("audit diff", scope_of(one.cycle)),
        "done": told_done(question, one, done) if done else None,
    }  # fmt: skip
    return page(request, "cycle_history.html", status=422 if faults else 200, cycle=one.data(), **data)


def _address(link: str, asked: Asked, number: int) -> str:
    return f"{link}/history?{urlencode({**asked.query(), 'page': number})}"


def _thread(line: Line, below: dict[int | None, list[Line]], may: frozenset[int]) -> dict[str, Any]:
    """One event with what stands beside it, and whether it `may` be corrected."""
    replies = [_thread(each, below, may) for each in below.get(line.version, ())]
    return {"line": line, "may_mend": line.version in may, "replies": replies}


@routes.get("/cycles/{handle}/history/difference")
def differing(request: Request, handle: str, who: Here) -> Response:
    """What differs between two moments, for those who may ask about the past."""
    faults: Faults = []
    moments = [_asked(request, names, faults) for names in (("on", "known"), ("on2", "known2"))]
    with asking(site_of(request).installation, who.person) as question:
        one = look(question, handle, "cycle show")
        question.may("audit diff", scope_of(one.cycle))
        earlier, later = (Moment(each.day, each.known_at(one.zone)) for each in moments)
        found = None
        if not faults and any(each.query() for each in moments):
            found = difference(question, handle, earlier, later).data()
        return page(
            request, "cycle_difference.html", status=422 if faults else 200, cycle=one.data(), faults=faults,
            found=found,
            earlier=moments[0].boxes(dict(faults)), later=moments[1].boxes(dict(faults)), why=WHY,
            link=f"/cycles/{quote(one.cycle.handle)}/history", said=[_said(each) for each in moments],
        )  # fmt: skip


def _said(asked: Asked) -> dict[str, date | None]:
    return {"on": asked.day, "known": asked.known_day}
