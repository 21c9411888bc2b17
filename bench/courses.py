"""What happens in an invented county: registrations, and whole cycles of the shipped SPP workflow, as commands.

Ids are worked out beforehand, so that hundreds of commands go into one transaction. Ten schools to a partnership,
a head, three reviewers and a champion to a school; each reviewer is on one visit a year. Forty events to a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from reviewflow.cycle import commands as cy
from reviewflow.events import Asked, Command, Happened, identify
from reviewflow.registry import commands as reg

SCHOOLS = 10
"""In a partnership."""
TEAM = ("rob", "wilma", "alan")
CHAMPION = "carl"
FOCUS = "Pupils' writing at greater length"
WORDS = "Pupils write at length and with care in the lessons seen; books show it, and pupils say the same."
COURSE = 37
"""Commands in a whole cycle; forty events come of them."""


class County(NamedTuple):
    """What all partnerships share."""

    programme: str
    administrator: str
    workflow: str = "spp-peer-review"


class Partnership(NamedTuple):
    """One partnership: everybody's ids follow from its number."""

    county: County
    number: int

    def id(self, name: str, school: int | None = None) -> str:
        """The id of the partnership itself (`""`), its lead, a school, or somebody of a school."""
        return identify(self.key(name, school))

    def key(self, name: str, school: int | None = None) -> str:
        """The id of the command that registers it."""
        return f"p{self.number}-{'' if school is None else school % SCHOOLS}-{name}"

    def handle(self, school: int, year: int) -> str:
        """Of the cycle of that school and year."""
        return f"school-{self.number}-{school}-{year}-1"


def registrations(of: Partnership, at: datetime) -> Iterator[Command]:
    """The partnership, its schools and their people."""
    county = of.county

    def asked(command_id: str) -> Asked:
        return Asked(id=command_id, at=at, by=county.administrator, entered_by=county.administrator)

    def person(name: str, school: int | None, held: str, *courses: str) -> Iterator[Command]:
        where = None if school is None else of.id("", school)
        yield reg.RegisterPerson(
            asked=asked(of.key(name, school)), person_name=f"{name.title()} Invented", organisation=where,
            email=f"{name}@school-{of.number}-{school}.example", held=held if where else None,
            since=date(2020, 1, 1) if where else None,
        )  # fmt: skip
        for course in courses:
            yield reg.RecordTraining(
                asked=asked(f"{of.key(name, school)}-{course}"), person=of.id(name, school), course=course,
                completed=date(2020, 1, 15), valid_until=date(2032, 1, 15),
            )  # fmt: skip

    yield reg.FormPartnership(
        asked=asked(of.key("")), partnership_name=f"Cluster {of.number}", programme=county.programme,
        handle=f"cluster-{of.number}",
    )  # fmt: skip
    yield from person("lena", None, "")
    yield reg.GiveRole(
        asked=asked(of.key("leads")), person=of.id("lena"), held="partnership_lead", held_in=of.id(""),
        held_in_kind="partnership", since=date(2020, 1, 1),
    )  # fmt: skip
    for school in range(SCHOOLS):
        yield reg.RegisterOrganisation(
            asked=asked(of.key("", school)), organisation_name=f"School {of.number} {school}",
            handle=f"school-{of.number}-{school}",
        )  # fmt: skip
        yield reg.BeginMembership(
            asked=asked(of.key("joins", school)), partnership=of.id(""), organisation=of.id("", school)
        )
        yield from person("hanna", school, "head")
        for name in TEAM:
            yield from person(name, school, "staff", "peer-reviewer")
        yield from person(CHAMPION, school, "staff", "peer-reviewer", "improvement-champion")


def first_day(year: int) -> date:
    """The first Monday in November."""
    return date(year, 11, 1) + timedelta(days=-date(year, 11, 1).weekday() % 7)


def clock_of(year: int) -> datetime:
    """The moment at which the cycles of a year are written down: nothing in them is older than thirty days."""
    return datetime.combine(first_day(year) + timedelta(days=29), time(18), UTC)


def cycle(of: Partnership, school: int, year: int, cut: int = COURSE) -> Iterator[Command]:
    """A cycle from opening to its completion in four weeks of November, or its first `cut` commands."""
    for number, (at, make) in enumerate(_steps(of, school, year)):
        if number == cut:
            return
        who, day, rest = at
        happened = Happened(on=first_day(year) + timedelta(days=day))
        asked = Asked(
            id=f"{of.key('', school)}-{year}-{number}", at=clock_of(year), by=who, entered_by=who, happened=happened
        )
        yield make(asked=asked, **rest)


def opening_id(of: Partnership, school: int, year: int) -> str:
    """The id of that cycle."""
    return identify(f"{of.key('', school)}-{year}-0")


def _steps(of: Partnership, school: int, year: int) -> Iterator[tuple[tuple[str, int, dict[str, Any]], Any]]:
    cycle_id = opening_id(of, school, year)
    lena, hanna, carl = of.id("lena"), of.id("hanna", school), of.id(CHAMPION, school + 4)
    # The visits of a partnership start on days of their own, and every reviewer is asked once a year.
    team = [of.id(name, school + away) for away, name in enumerate(TEAM, 1)]
    lead = team[0]

    def iso(day: int) -> str:
        return (first_day(year) + timedelta(days=day)).isoformat()

    def do(step: str, who: str, day: int, about: str | None = None, **values: Any) -> Any:
        return (who, day, {"cycle": cycle_id, "step": step, "values": values, "about": about}), cy.TakeStep

    def agree(step: str, who: str, day: int) -> Any:
        return (who, day, {"cycle": cycle_id, "step": step}), cy.Agree

    def seen(kind: str, who: str, day: int, about: str | None = None) -> Any:
        return (who, day, {"cycle": cycle_id, "kind": kind, "text": WORDS, "about": about}), cy.AddEvidence

    def assign(role: str, who: str, day: int) -> Iterator[Any]:
        yield (lena, day, {"cycle": cycle_id, "role": role, "person": who}), cy.OfferAssignment
        yield (who, day, {"cycle": cycle_id, "role": role, "person": who}), cy.AcceptAssignment

    opened = {
        "workflow": of.county.workflow, "programme": of.county.programme, "partnership": of.id(""),
        "subjects": (of.id("", school),), "year": str(year),
    }  # fmt: skip
    yield (lena, 0, opened), cy.OpenCycles
    yield do("plan_visit", lena, 0, planned_day=iso(14))
    yield do("choose_focus", hanna, 1, focus_areas=[FOCUS])
    yield do("name_school_lead", hanna, 1, school_lead=hanna)
    yield do("start_self_evaluation", hanna, 1)
    yield seen("self_evaluation", hanna, 4)
    yield seen("evidence_list", hanna, 4)
    yield do("submit_self_evaluation", hanna, 7)
    for one in team:
        yield from assign("peer_reviewer", one, 8)
    yield from assign("lead_reviewer", lead, 8)
    yield do("hold_pre_review_meeting", lena, 9)
    question = {"question": "To what extent do pupils write at length?"}
    yield do("schedule_visit", lena, 9, first_day=iso(14), last_day=iso(15), mode="onsite", questions=[question])
    yield agree("schedule_visit", hanna, 9)
    yield do("start_visit", lead, 14, attended=team)
    for kind, one in zip(("work_scrutiny", "pupil_voice"), team[1:], strict=True):
        yield seen(kind, one, 14, "r1")
    yield do("share_feedback", lead, 15, oral_on=iso(15), note=WORDS * 3)
    yield do("respond_to_feedback", hanna, 16, kind="confirmed")
    yield from assign("improvement_champion", carl, 16)
    yield do("schedule_workshop", carl, 16, workshop_on=iso(20), mode="onsite")
    yield do("hold_workshop", carl, 20, attendees=14, attendee_roles=["teacher", "middle_leader"], mode="onsite")
    yield seen("workshop_record", carl, 21)
    action = {"what": "Write daily", "owner_role": "English lead", "measure": "Length", "finding": "Short texts"}
    yield do("agree_plan", hanna, 22, support="none", actions=[{**action, "due": f"{year + 1}-02-01"}] * 2)
    yield agree("agree_plan", carl, 22)
    for number, row in enumerate(("r1", "r2")):
        yield do("report_progress", hanna, 23 + number, row, status="on_track", sentence="Half have begun with it.")
    yield do("check_in", carl, 25, status="on_track", sentence="Going as planned.")
    yield do("check_in", hanna, 26, status="on_track", sentence="Going as planned.")
    outcomes = [{"id": row, "outcome": "met"} for row in ("r1", "r2")]
    yield do("review_impact", lena, 27, outcomes=outcomes, statement=WORDS)
    yield agree("review_impact", hanna, 28)
