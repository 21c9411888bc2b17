"""Questions about the log and the past, and the feed of what happens."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool

from reviewflow.asking import audit_log, audit_past, audit_recheck
from reviewflow.asking.event_feed import events
from reviewflow.audit.replay import Moment
from reviewflow.errors import BadInput, Fault
from reviewflow.web.api.answering import Then, answer, asking_for, named, told, utc
from reviewflow.web.api.cycles_asked import Cycle, Filter, Limit
from reviewflow.web.api.models import audit as shapes
from reviewflow.web.api.operations import QUESTION
from reviewflow.web.visiting import site_of

routes = APIRouter(tags=["log"], responses=QUESTION)

Position = Annotated[int | None, Query(ge=0, le=2**53)]
LONGEST_WAIT: Final = 25
"""Seconds: shorter than what stands between a program and us usually waits."""
_LOOKED: Final = 0.5


@routes.get("/audit/log", response_model=shapes.Log, operation_id="auditLog", summary="The log in words")
def log(
    request: Request, then: Then, about: Filter = None, by: Filter = None, after: Position = None, limit: Limit = 100
) -> Response:
    """All about one thing, what one person did, what was recorded after a position; without `after` the last ones."""
    with asking_for(request, then) as question:
        found = audit_log.recounted(question, audit_log.Wanted(about, by, after, limit))
        return answer(request, {**found.data(), "next": found.last if found.last is not None else after})


@routes.get("/audit/replay", response_model=shapes.Replays, operation_id="replayAll", summary="Every cycle at a moment")
def all_replayed(request: Request, then: Then, position: Position = None) -> Response:
    """A row for each cycle that was open then."""
    return told(
        request, then, lambda question: audit_past.all_replayed(question, Moment(then.as_of, then.known_at, position))
    )


@routes.get(
    "/audit/replay/{cycle}", response_model=shapes.Replay, operation_id="replayCycle", summary="One at a moment"
)
def replayed(request: Request, cycle: Cycle, then: Then, position: Position = None) -> Response:
    """Worked out from its events again: the day, the knowledge of a moment, the log up to a position, or all of it."""
    moment = Moment(then.as_of, then.known_at, position)
    return told(
        request, then, lambda question: audit_past.replayed(question, named(question.find.cycle, cycle), moment).data()
    )


@routes.get("/audit/diff/{cycle}", response_model=shapes.Diff, operation_id="diffCycle", summary="Two moments compared")
def difference(
    request: Request, cycle: Cycle, then: Then, position: Position = None, earlier_as_of: date | None = None,
    earlier_known_at: AwareDatetime | None = None, earlier_position: Position = None,
) -> Response:  # fmt: skip
    """What differs between an earlier moment and a later one (without anything said: now)."""
    earlier_known: datetime | None = utc(earlier_known_at, "earlier_known_at")
    if earlier_as_of is None and earlier_known is None and earlier_position is None:
        want = "say which earlier moment: earlier_as_of, earlier_known_at or earlier_position"
        raise BadInput("audit diff", [Fault("earlier_as_of", "nothing", want)])
    earlier = Moment(earlier_as_of, earlier_known, earlier_position)
    later = Moment(then.as_of, then.known_at, position)
    with asking_for(request, then) as question:
        target = named(question.find.cycle, cycle)
        return answer(request, audit_past.difference(question, target, earlier, later).data())


@routes.get("/audit/recheck", response_model=shapes.Recheck, operation_id="recheck", summary="Decisions judged again")
def recheck(
    request: Request, then: Then, cycle: Filter = None, programme: Filter = None, partnership: Filter = None,
    since: date | None = None,
) -> Response:  # fmt: skip
    """Those that would not be met as now known. Goes through everything: ask for one cycle or one partnership."""
    if cycle is not None and (programme or partnership):
        want = "name a cycle, or say which by programme and partnership: not both"
        raise BadInput("audit recheck", [Fault("cycle", repr(cycle), want)])
    chosen = audit_recheck.Chosen(cycle, {"programme": programme, "partnership": partnership}, since)
    return told(request, then, lambda question: audit_recheck.rechecked(question, chosen).data())


@routes.get("/events", response_model=shapes.Feed, operation_id="events", summary="What happens")
async def feed(
    request: Request, after: Annotated[int, Query(ge=0, le=2**53)] = 0, limit: Limit = 100,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for something to happen.")] = 0,
) -> Response:  # fmt: skip
    """Records in words after a position, as far as you may be told. Ask on with `after` = `next`.

    Where nothing is there yet, `wait` keeps the request open until something happens; the answer may still be empty.
    """
    until = asyncio.get_running_loop().time() + wait
    while True:
        data: dict[str, Any] = await run_in_threadpool(_events, request, after, limit)
        left = until - asyncio.get_running_loop().time()
        if data["records"] or data["more"] or left <= 0 or await request.is_disconnected():
            return answer(request, data)
        await _something(request, data["next"], left)
        after = data["next"]


def _events(request: Request, after: int, limit: int) -> dict[str, Any]:
    with asking_for(request) as question:
        return events(question, after, limit)


async def _something(request: Request, after: int, seconds: float) -> None:
    """Wait until the log goes on, or as long as it may take."""
    store = site_of(request).installation.store

    def position() -> int:
        with store.snapshot() as snapshot:
            return snapshot.position()

    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        await asyncio.sleep(min(_LOOKED, seconds))
        if await run_in_threadpool(position) > after:
            return
