"""Chapters three to five: a refusal with all its reasons, a waiver, and what is recorded late."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from reviewflow.cycle.commands import (
    AcceptAssignment,
    AddEvidence,
    OfferAssignment,
    TakeStep,
    WaiveRequirement,
    WithdrawAssignment,
)
from reviewflow.demo.checking import expect
from reviewflow.demo.diary import moment
from reviewflow.demo.hand import Hand
from reviewflow.demo.years import Years
from reviewflow.registry.commands import PublishCalendar
from reviewflow.registry.events import ClosedDay

REFUSED: Final = "rowan-2024-1"
WAIVED: Final = "birch-2024-1"
LATE: Final = "willow-2024-1"

_ASKED, _LEFT = date(2024, 12, 11), date(2025, 1, 9)
_TRAINING_DAY: Final = date(2025, 3, 5)
SEEN: Final = date(2025, 3, 12)
"""The second day of the visit of chapter five."""
RECORDED: Final = date(2025, 3, 28)
LONG_AFTER: Final = date(2025, 5, 6)


def refusal(hand: Hand, years: Years) -> None:
    """Somebody is asked to be champion who may not be, for three reasons at once."""
    years.begin(1)
    diary, course = years.diary, years.courses[REFUSED]
    milo: dict[str, Any] = {"cycle": hand.ids[REFUSED], "role": "peer_reviewer", "person": hand.ids["milo"]}
    diary.write(moment(_ASKED, 16), lambda: hand.give(OfferAssignment, "lena", **milo))
    diary.write(moment(_ASKED, 17), lambda: hand.give(AcceptAssignment, "milo", **milo))
    diary.write(moment(_LEFT, 16), lambda: hand.give(WithdrawAssignment, "milo", **milo))
    offered = course.when(course.find_champion)
    years.pass_until(offered)
    hand.teller.chapter(
        "A refusal, with all its reasons",
        f"The second year. In December Milo Mapleleaf joined the team that reviews Rowan; on {_LEFT} he left it, "
        f"before the visit. His training as a champion was valid until 2024-12-31. On {offered.date()} the lead wants "
        "him to run the workshop. The answer is no, it says everything that is wrong at once, and it leaves nothing "
        "in the log.",
    )
    champion = {**milo, "role": "improvement_champion"}
    hand.refused({"trained", "independent", "never-both"}, OfferAssignment, "lena", **champion)
    hand.teller.say("Somebody from Willow, trained and never on this team, may.")
    course.told = True
    years.diary.until(course.when(course.arrange_workshop))
    course.told = False


def waiver(hand: Hand, years: Years) -> None:
    """A requirement is not met, may be waived, and history says waived, never met."""
    closed = ClosedDay(on=_TRAINING_DAY, name="Training day")
    years.diary.write(moment(date(2025, 2, 3), 16), lambda: hand.give(
        PublishCalendar, "albert", calendar="training-days", owner=hand.ids["alder"], owner_kind="organisation",
        closed=(closed,),
    ))  # fmt: skip
    course = years.courses[WAIVED]
    years.pass_until(course.when(course.arrange_visit))
    hand.teller.chapter(
        "A waiver",
        "Birch is to be visited on 4 and 5 March. Alder, from where one of the reviewers comes, has published that it "
        f"is closed on {_TRAINING_DAY}. The workflow asks that no reviewer's own school is closed, and lets the lead "
        "waive it.",
    )
    step: dict[str, Any] = {"cycle": hand.ids[WAIVED], "step": "schedule_visit"}
    hand.refused({"reviewers_schools_open"}, TakeStep, "lena", values=course.visit, **step)
    hand.give(
        WaiveRequirement, "lena", told=True, cycle=hand.ids[WAIVED], of="schedule_visit",
        requirement="reviewers_schools_open", reason="Example text: the reviewer comes all the same.",
    )  # fmt: skip
    course.told = True
    years.diary.until(course.when(course.start_visit))
    course.told = False
    _check_waived(hand)


def _check_waived(hand: Hand) -> None:
    said = hand.cycle(WAIVED).last("schedule_visit")
    assert said is not None
    expect("what was waived", said.waived, ("reviewers_schools_open",))
    expect("that what was waived is not called met", "reviewers_schools_open" in said.met, want=False)
    with hand.knowing() as (known, names):
        history = hand.history(WAIVED, known, names)
        lines = [line for line in history.tell().lines if line.version == said.version]
    hand.teller.say("History says for good that it was waived, not met:")
    hand.teller.command(["reviewflow", "audit", "log", WAIVED])
    hand.teller.outcome(*(f"{line.version:>4}  {line.sentence}" for line in lines))


def late(hand: Hand, years: Years) -> None:
    """Recorded late with the day it happened; too late without authority it is refused."""
    years.pass_until(moment(RECORDED))
    hand.teller.chapter(
        "Recorded late",
        f"Willow was visited on 11 and 12 March. On {RECORDED} a reviewer finds a note of {SEEN} and adds it. It "
        "counts from the day it happened; that it was recorded later stays visible too.",
    )
    evidence: dict[str, Any] = {"cycle": hand.ids[LATE], "text": "Example text, no finding."}
    reviewer, other = years.courses[LATE].plan.team[:2]
    hand.give(AddEvidence, reviewer, told=True, on=SEEN, kind="learning_walk", about="r1", **evidence)
    years.pass_until(moment(LONG_AFTER))
    hand.teller.say(
        f"On {LONG_AFTER} another one does the same, eight weeks after the visit. More than 30 days back takes a lead "
        "or an administrator, and a reason: otherwise anybody whose training has expired could simply back-date.",
    )
    note = {"kind": "staff_interview", "about": "r2", **evidence}
    hand.refused({"too-far-back", "no-reason"}, AddEvidence, other, on=SEEN, **note)
    hand.teller.say("So the lead signs in and records it for the reviewer, and says why. Both names stay in history.")
    why = "Example text: the note lay in the wrong folder."
    hand.give(AddEvidence, other, told=True, on=SEEN, entered_by="lena", because=why, **note)
