"""The log in words, for those who may ask for it: by person and by what it is about, on any day, as known then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking.audit_log import Wanted, recounted
from reviewflow.asking.audit_past import difference
from reviewflow.asking.question import Question
from reviewflow.audit.diff import WHY
from reviewflow.audit.replay import Moment
from reviewflow.errors import BadInput, Fault, Refused
from reviewflow.registry.scopes import ANYWHERE, WHOLE
from reviewflow.web.forms.small import Small, day_of, needed
from reviewflow.web.forms.wrong import Faults, placed
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

MOST: Final = 30
"""Records on a page."""
_LARGEST: Final = 2**62


@routes.get("/history")
def first(request: Request, who: Here) -> Response:
    """The last records. What is looked for is sent, never part of an address: it may be somebody's name."""
    return _log(request, who, Posted(()))


@routes.post("/history")
def found(request: Request, who: Here, sent: Sent) -> Response:
    """The records that were looked for."""
    return _log(request, who, sent)


@routes.get("/history/difference")
def ask_difference(request: Request, who: Here, cycle: str = "") -> Response:
    """Which review, and between which moments."""
    with asking(site_of(request).installation, who.person) as question:
        if not question.allowed("audit diff", ANYWHERE):
            return _not_for_you(request)
    return _difference_page(request, Posted((("cycle", cycle),)), [], None)


@routes.post("/history/difference")
def compare(request: Request, who: Here, sent: Sent) -> Response:
    """What differs."""
    faults: Faults = []
    data: dict[str, Any] | None = None
    try:
        earlier = Moment(day_of(sent, "one"), known_at(sent, "one_known"))
        later = Moment(day_of(sent, "two"), known_at(sent, "two_known"))
        with asking(site_of(request).installation, who.person) as question:
            if not question.allowed("audit diff", ANYWHERE):
                return _not_for_you(request)
            cycle = needed(sent, cycle="which review, as in hazel-2026-1")["cycle"]
            result = difference(question, cycle, earlier, later)
            data = {**result.data(), "subject": question.called.organisation(result.one.cycle.subject)}
    except BadInput as error:
        faults = placed(error.faults, {})
    return _difference_page(request, sent, faults, data)


def known_at(sent: Posted, name: str) -> datetime | None:
    """The end of the day that was entered, in UTC: what was known by then."""
    day = day_of(sent, name)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, microseconds=-1) if day else None


def _log(request: Request, who: Visitor, sent: Posted) -> Response:
    installation = site_of(request).installation
    faults: Faults = []
    as_of: date | None = None
    known: datetime | None = None
    wanted = Wanted(limit=MOST)
    try:
        as_of, known = day_of(sent, "as_of"), known_at(sent, "known")
        wanted = _wanted(sent)
    except BadInput as error:
        faults = placed(error.faults, {})
    with asking(installation, who.person, as_of=as_of, known_at=known) as question:
        if not question.allowed("audit log", ANYWHERE):
            return _not_for_you(request)
        whole = question.allowed("audit log", WHOLE)
        data: dict[str, Any] | None = None
        if not faults and (whole or wanted.about):
            try:
                data = _told(question, wanted)
            except BadInput as error:
                faults = placed(error.faults, {})
            except Refused:
                faults = [("about", "You may not look at the history of this. Name something of your own programme.")]
    small = Small(sent, faults)
    return page(
        request, "log.html", status=422 if faults else 200, faults=faults, data=data, whole=whole,
        filled=[(name, value) for name, value in sent.pairs if name != "after" and isinstance(value, str)],
        searched=bool(sent.pairs), filters=[
            small.text("by", "Who did it", "Their e-mail address or name."),
            small.text("about", "What it is about", "The short name of a review, the name or number of a school, a "
                       "partnership, a programme, or somebody's e-mail address."),
            small.day("as_of", "What had happened by the end of"),
            small.day("known", "What was recorded by the end of"),
            small.text("after", "From position", "The first record is at position 1."),
        ],
    )  # fmt: skip


def _wanted(sent: Posted) -> Wanted:
    begin, after = sent.text("after").strip(), None
    if begin:
        if not (begin.isascii() and begin.isdigit() and int(begin) < _LARGEST):
            raise BadInput("the form", [Fault("after", "", "a whole number")])
        after = max(int(begin) - 1, 0)
    return Wanted(sent.text("about").strip() or None, sent.text("by").strip() or None, after, MOST)


def _told(question: Question, wanted: Wanted) -> dict[str, Any]:
    """The records, and from which positions other pages begin."""
    told = recounted(question, wanted)
    lines = told.told.lines
    filtered = bool(wanted.about or wanted.by or question.past)
    first = lines[0].position if lines else 1
    return {
        "lines": lines, "untold": told.told.untold, "next": told.last + 1 if told.more and told.last else None,
        # Positions have no gaps: of the whole log the page before is as long as this one.
        "earlier": max(first - MOST, 1) if first > 1 and not filtered else None,
        "beginning": 1 if filtered and wanted.after != 0 and (wanted.after or told.more) else None,
    }  # fmt: skip


def _not_for_you(request: Request) -> Response:
    return page(request, "log_closed.html", status=403)


def _difference_page(request: Request, sent: Posted, faults: Faults, data: dict[str, Any] | None) -> Response:
    small = Small(sent, faults)
    return page(
        request, "log_difference.html", status=422 if faults else 200, faults=faults, data=data, why=WHY, asked=[
            small.text("cycle", "Which review", "Its short name, as in hazel-2026-1."),
        ],
        earlier=[
            small.day("one", "What had happened by the end of", optional=True),
            small.day("one_known", "as it was known at the end of", optional=True),
        ],
        later=[
            small.day("two", "What had happened by the end of", optional=True),
            small.day("two_known", "as it was known at the end of", optional=True),
        ],
    )  # fmt: skip
