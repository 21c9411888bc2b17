"""Rechecking against a slow plain reading: every decision, under every state of knowledge there ever was."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.rechecked import rechecked
from kit.trial import trial_world
from kit.world import World
from reviewflow.cycle import events as ev
from reviewflow.errors import BadInput, Refused
from reviewflow.registry import commands as reg

BEGINS = date(2026, 9, 1)
days = st.integers(0, 20).map(lambda n: BEGINS + timedelta(days=n))
who = st.sampled_from(["rob", "wilma"])
changes = st.one_of(
    st.tuples(st.just("withdraw"), who, days, st.none()),
    st.tuples(st.just("train"), who, days, st.none() | days),
    st.tuples(st.just("join"), who, days, st.none() | days),
    st.tuples(st.just("leave"), who, days, st.none()),
)


class Facts(NamedTuple):
    """All that is known of a person at one moment: courses and times at the reviewed school, in days."""

    courses: tuple[tuple[date, date, date], ...]
    times: tuple[tuple[date, date], ...]

    def met(self, day: date) -> dict[str, bool]:
        return {
            "trained": any(a <= day <= b and day < lost for a, b, lost in self.courses),
            "other_school": not any(a <= day <= b for a, b in self.times),
        }


def told(world: World, change: tuple[str, str, date, date | None]) -> int | None:
    """Record a change; its position, None if the registry would not have it."""
    kind, name, day, until = change
    person, at = world.id(name), {"held": "staff", "held_in": world.id("hazel"), "held_in_kind": "organisation"}
    with world.knowing() as known:
        training = [one.id for one in known.person(person).training if one.withdrawn is None]
    asked: Any = world.asked("ada")
    with suppress(BadInput, Refused):
        match kind:
            case "withdraw" if training:
                command: Any = reg.WithdrawTraining(
                    asked=asked, person=person, training=training[-1], reason="a slip", on=day
                )
            case "train":
                command = reg.RecordTraining(
                    asked=asked, person=person, course="checking", completed=day, valid_until=until
                )
            case "join":
                command = reg.GiveRole(asked=asked, person=person, since=day, until=until, **at)
            case "leave":
                command = reg.EndRole(asked=asked, person=person, on=day, **at)
            case _:
                return None
        return world.handle(command).position
    return None


def facts_of(world: World, name: str, position: int) -> Facts:
    """Read from the events one by one, without any fold."""
    with world.knowing() as known:
        events = [one.event for one in known.records(f"person-{world.id(name)}") if one.position <= position]
    courses: dict[str, list[date]] = {}
    times: dict[str, list[date]] = {}
    for event in events:
        kind = type(event).__name__
        if kind == "TrainingRecorded":
            courses[event.training] = [event.completed, event.valid_until or date.max, date.max]
        elif kind == "TrainingWithdrawn":
            courses[event.training][2] = event.on
        elif kind == "RoleGiven" and event.scope == world.id("hazel"):
            times[event.grant] = [event.since, event.until or date.max]
        elif kind == "RoleEnded" and event.grant in times:
            times[event.grant][1] = event.on
    return Facts(tuple(map(tuple, courses.values())), tuple(map(tuple, times.values())))


def approved() -> World:
    """Two people were asked, accepted, and their approval signed, each on a day of its own."""
    world = trial_world()
    world.clock.set("2026-09-08")
    world.open("hazel", "lena")
    world.offer("checker", "rob", "lena")
    world.clock.set("2026-09-09")
    world.accept("checker", "rob")
    world.do("choose_focus", "hanna", points=[{"what": "Reading"}])
    world.evidence("paper", "hanna")
    world.clock.set("2026-09-11")
    world.assign("checker", "wilma", "lena")
    world.do("submit", "hanna")
    world.clock.set("2026-09-13")
    world.do("approve", "rob", score=5)
    world.clock.set("2026-09-15")
    world.agree("approve", "hanna")
    world.clock.set("2026-10-01")
    return world


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(changes, min_size=1, max_size=6))
def test_every_finding_and_its_day_equal_the_plain_reading(listed):
    world = approved()
    try:
        moments = [world.position()]
        for change in listed:
            world.clock.moment += timedelta(days=1)
            position = told(world, change)
            moments += [position] if position else []
        asked = []
        with world.knowing() as known:
            for one in known.records(world.cycle.stream):
                event = one.event
                if isinstance(event, ev.AssignmentOffered | ev.AssignmentAccepted):
                    asked.append((one, [event.person]))
                elif isinstance(event, ev.TransitionTaken) and event.step == "approve":
                    asked.append((one, [world.id("rob"), world.id("wilma")]))
        names = {world.id(name): name for name in ("rob", "wilma")}
        expected = set()
        for one, people in asked:
            for person in people:
                answers = [facts_of(world, names[person], at).met(one.event.happened.on) for at in moments]
                for requirement in ("trained", "other_school"):
                    met = [answer[requirement] for answer in answers]
                    assert met[0]
                    if not met[-1]:
                        since = max(n for n, stands in enumerate(met) if stands) + 1
                        expected.add((one.version, requirement, person, moments[since]))
        found = rechecked(world).findings
        assert len(asked) == 5
        assert {(f.decision.version, f.asked.requirement, f.asked.person, f.known.position) for f in found} == expected
        assert len(found) == len(expected)
        assert not any(f.unjudged or f.corrected for f in found)
    finally:
        world.close()
