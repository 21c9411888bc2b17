"""Chapters seven to nine: any past moment again, the difference of two, and where all cycles are in the end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any, Final

from reviewflow.audit.beside import Beside
from reviewflow.audit.diff import compare, compared_texts
from reviewflow.audit.replay import Moment, Replayed, replay
from reviewflow.audit.summary import state_lines, summary_texts
from reviewflow.demo import cast
from reviewflow.demo.calendar import ENDS, YEARS
from reviewflow.demo.checking import expect
from reviewflow.demo.diary import moment
from reviewflow.demo.hand import Hand
from reviewflow.demo.rounds import REGULAR, STATES
from reviewflow.demo.rules import LATE, SEEN
from reviewflow.demo.telling import rows
from reviewflow.demo.years import Years
from reviewflow.registry.commands import EndMembership
from reviewflow.views.cycles import CycleRow, list_cycles

_EARLY: Final = date(2025, 2, 20)
_KNEW: Final = datetime(2025, 3, 14, 12, tzinfo=UTC)
_ALL: Final = 21
_SECTIONS: Final = ("States", "People", "Evidence")
"""The parts of a replay that are told."""


def replays(hand: Hand, years: Years) -> None:
    """One cycle on two days, and on one of them as it was known then."""
    years.begin(2)
    leave: dict[str, Any] = {"partnership": hand.ids[cast.CLUSTER], "organisation": hand.ids["maple"]}
    years.diary.write(moment(date(2026, 7, 21), 16), lambda: hand.give(EndMembership, "lena", **leave))
    years.pass_until(moment(ENDS))
    hand.teller.chapter(
        "Any past moment again",
        f"A third year went by; it is {ENDS}. An auditor asks where {LATE} stood on two days. Replay folds the events "
        "that had happened by then. It judges nothing anew, so that no later rule changes what was so.",
    )
    for day in (_EARLY, SEEN):
        _replay(hand, Moment(as_of=day))
    hand.teller.say(
        f"And what was known of {SEEN} two days later? The notes of chapter five were not recorded yet:",
    )
    then = _replay(hand, Moment(SEEN, _KNEW), "Evidence")
    now = replay(hand.records(LATE), Moment(SEEN))
    expect("the evidence known then, and now", (_evidence(then), _evidence(now)), (2, 4))
    expect("the whole log replayed", replay(hand.records(LATE)).cycle, hand.cycle(LATE))


def differences(hand: Hand) -> None:
    """What differs between what was known then and what is known now, and which events make it so."""
    hand.teller.chapter(
        "The difference of two moments",
        f"The same day, {SEEN}, as known then and as known now. Each difference names the events that make it, and why "
        "they count on one side only.",
    )
    before, after = Moment(SEEN, _KNEW), Moment(SEEN)
    hand.teller.command(["reviewflow", "audit", "diff", LATE, *_options(before, "from-"), *_options(after)])
    with hand.knowing() as (known, names):
        definition = known.definition(hand.cycle(LATE).digest)
        compared = compare(known.cycle_records(hand.ids[LATE]), before, after, definition, names, zone=cast.ZONE)
    expect("the number of differences", len(compared.differences), 2)
    expect("why these events count now only", {one.why for one in compared.between}, {"known"})
    hand.teller.outcome(*compared_texts(compared))


def all_cycles(hand: Hand) -> None:
    """Every cycle of the three years, by school and year, and by state."""
    hand.teller.chapter(
        "All cycles",
        "Three years, seven schools, 21 cycles. What is not completed says so: one was closed incomplete, honestly; "
        "one is postponed; one school withdrew; two go on. Replaying the whole log says the same as the view that "
        "pages read.",
    )
    with hand.installation.store.reading() as connection:
        found = list_cycles(connection)
    expect("the number of cycles", len(found), _ALL)
    for one in found:
        expect(f"where {one.handle} is", one.state, STATES.get(one.handle, REGULAR))
        expect(f"the replay of {one.handle}", replay(hand.records(one.handle)).cycle, hand.cycle(one.handle))
    hand.teller.command(["reviewflow", "cycle", "list"])
    hand.teller.outcome(*_grid(hand, found), "")
    counted = Counter(hand.titles(hand.cycle(one.handle)).state(one.state) for one in found)
    hand.teller.outcome(*(f"{number:>3}  {title}" for title, number in counted.most_common()))


def _grid(hand: Hand, found: list[CycleRow]) -> list[str]:
    where = {(one.subject, one.year): hand.titles(hand.cycle(one.handle)).state(one.state) for one in found}
    lines = [[school.handle, *(where[hand.ids[school.handle], year] for year in YEARS)] for school in cast.SCHOOLS]
    return rows(("", *YEARS), lines)


def _replay(hand: Hand, at: Moment, *titles: str) -> Replayed:
    hand.teller.command(["reviewflow", "audit", "replay", LATE, *_options(at)])
    records = hand.records(LATE)
    replayed = replay(records, at)
    assert replayed.cycle is not None
    with hand.knowing() as (known, names):
        definition = known.definition(replayed.cycle.digest)
        beside = Beside(filter(at.knows, records), definition)
        summary = state_lines(replayed.cycle, definition, names, beside=beside, on=at.as_of)
    kept = [one for one in summary.sections if one.title in (titles or _SECTIONS)]
    hand.teller.outcome(f"{LATE} {at}: {replayed.accounted}", *summary_texts(summary._replace(sections=tuple(kept))))
    return replayed


def _options(at: Moment, side: str = "") -> list[str]:
    day = [f"--{side}as-of", str(at.as_of)] if at.as_of else []
    known = [f"--{side}known-at", at.known_at.strftime("%Y-%m-%dT%H:%MZ")] if at.known_at else []
    return [*day, *known]


def _evidence(replayed: Replayed) -> int:
    assert replayed.cycle is not None
    at_visit = [one for one in replayed.cycle.evidence if one.about is not None]
    return len(at_visit)
