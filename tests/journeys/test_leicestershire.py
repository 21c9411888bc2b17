"""A round of reviews in a partnership of ten schools that come from a register, with invented people.

The schools of one run are real (asked for by the marker `real_data`), those of the other invented in the same columns.
Whoever is real is only a name and a number here: nothing is said of any school, and every text says so.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.shell import Shell
from kit.clock import FixedClock
from kit.world import World, spp
from reviewflow.cycle.commands import OpenCycles
from reviewflow.demo.story import settings_in
from reviewflow.wiring import open_installation

TEXT = "text of the example, no finding"
ADA = "ada@council.example"
OPENED, FIRST_VISIT = date(2025, 9, 8), date(2025, 10, 7)
REVIEWERS, CHAMPION = (1, 2, 3), 5
"""How far round the ring of ten the reviewers and the champion come from."""

STATES = (
    "self_evaluation.drafting",
    "self_evaluation.ready",
    "review_visit.scheduled",
    "review_visit.under_way",
    "review_visit.feedback_shared",
    "improvement_workshop.scheduled",
    "improvement_workshop.action_planning",
    "follow_up.under_way",
    "completed",
)
"""The states in their order; one of the methods of `Cycle` leads to each."""
REACHED = (8, 8, 8, 7, 6, 5, 4, 2, 1, 0)
"""How far the cycle of each school comes."""
AFTER = (None, -13, -7, 0, 2, 3, 7, 9, 60)
"""Days from the visit to the day on which a state is reached; the first comes right after the opening."""


class Register(NamedTuple):
    """Files of a register, the ten schools of the partnership by number, and former or later numbers of some."""

    schools: Path
    links: Path
    rows: int
    urns: tuple[str, ...]
    also: dict[str, str]


HERE = Path(__file__).parent / "data"
INVENTED = Register(
    HERE / "register.csv",
    HERE / "links.csv",
    11,
    tuple(str(910100 + n) for n in range(1, 11)),
    {"910001": "910101", "910002": "910102", "910004": "910104", "910203": "910103"},
)


def leicestershire(real_data):
    """Ten schools that public pages name as partners once; what they do here is made up."""
    urns = "138359 141903 120142 119984 138154 141469 120352 139751 138807 119953"
    also = {
        "120145": "138359", "119941": "141903", "150436": "119984", "119965": "138154", "119940": "141469",
        "120082": "139751", "119924": "138807",
    }  # fmt: skip
    schools = real_data / "schools"
    return Register(
        schools / "pupil-premium-2019-2020_855_925_881.csv",
        schools / "links_edubasealldata20250422_855_925_881.csv",
        1194,
        tuple(urns.split()),
        also,
    )


@dataclass
class Kept(World):
    """The small world's words over a store that was made at the command line."""

    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        installation = self.stack.enter_context(open_installation(settings_in(self.folder), self.clock))
        self.engine, self.store, self.vault = installation.engine, installation.store, installation.vault
        self._ids = iter(range(1, 100_000))

    def close(self) -> None:
        self.stack.close()


class Cycle:
    """The cycle of the school at a place of the ring, and a method for each state it comes into."""

    def __init__(self, world: Kept, place: int, cycle: str) -> None:
        self.world, self.place, self.id = world, place, cycle
        self.visit = FIRST_VISIT + timedelta(weeks=place)
        self.head = f"head {place}"
        self.team = [f"reviewer {(place + n) % len(REACHED)}" for n in REVIEWERS]
        self.champion = f"champion {(place + CHAMPION) % len(REACHED)}"

    def plan(self) -> list[tuple[date, int, Callable[[], None]]]:
        """Every step that this cycle takes, with its day."""
        steps = (
            self.draft, self.submit, self.arrange_visit, self.start_visit, self.share_feedback, self.arrange_workshop,
            self.hold_workshop, self.agree_plan, self.complete,
        )  # fmt: skip
        days = [self.visit + timedelta(days=n) if n is not None else OPENED + timedelta(days=1) for n in AFTER]
        return [(day, self.place, step) for day, step in list(zip(days, steps, strict=True))[: REACHED[self.place] + 1]]

    def do(self, step: str, by: str, **values: Any) -> None:
        self.world.names["cycle"] = self.id
        self.world.do(step, by, **values)

    def draft(self) -> None:
        self.do("choose_focus", self.head, focus_areas=["Pupils' writing"])
        self.do("name_school_lead", self.head, school_lead=self.world.id(self.head))
        self.do("start_self_evaluation", self.head)

    def submit(self) -> None:
        self.world.names["cycle"] = self.id
        for kind in ("self_evaluation", "evidence_list"):
            self.world.evidence(kind, self.head, TEXT)
        self.do("submit_self_evaluation", self.head)

    def arrange_visit(self) -> None:
        self.world.names["cycle"] = self.id
        for name in self.team:
            self.world.assign("peer_reviewer", name, "lena")
        self.world.assign("lead_reviewer", self.team[0], "lena")
        self.do("hold_pre_review_meeting", "lena")
        last = self.visit + timedelta(days=1)
        self.do(
            "schedule_visit", "lena", first_day=str(self.visit), last_day=str(last), mode="onsite",
            questions=[{"question": TEXT}],
        )  # fmt: skip
        self.world.agree("schedule_visit", self.head)

    def start_visit(self) -> None:
        self.do("start_visit", self.team[0], attended=[self.world.id(name) for name in self.team])
        self.world.evidence("none_found", self.team[1], TEXT, about="r1")

    def share_feedback(self) -> None:
        self.do("share_feedback", self.team[0], oral_on=str(self.visit), note=TEXT)

    def arrange_workshop(self) -> None:
        self.world.names["cycle"] = self.id
        self.world.assign("improvement_champion", self.champion, "lena")
        self.do("schedule_workshop", self.champion, workshop_on=str(self.visit + timedelta(days=7)), mode="onsite")

    def hold_workshop(self) -> None:
        self.do("hold_workshop", self.champion, attendees=9, attendee_roles=["teacher"], mode="onsite")

    def agree_plan(self) -> None:
        action = {"what": TEXT, "owner_role": TEXT, "measure": TEXT, "finding": TEXT, "due": "2026-07-01"}
        self.do("agree_plan", self.head, support="none", actions=[action])
        self.world.agree("agree_plan", self.champion)

    def complete(self) -> None:
        self.do("check_in", self.head, status="done", sentence=TEXT)
        self.do("review_impact", "lena", outcomes=[{"id": "r1", "outcome": "met"}], statement=TEXT)
        self.world.agree("review_impact", self.head)


@dataclass
class Round:
    """What was run: the shell it can be looked at with, and the handles of the cycles in the order of the schools."""

    shell: Shell
    register: Register
    cycles: list[Cycle]
    handles: list[str]


def found(shell: Shell, register: Register) -> dict[str, str]:
    """The register and the partnership, as an administrator types them; ids by the names of the story."""
    shell.run("init", "--admin", "Ada Madeup", "--email", ADA, "--programme", "Invented Programme")
    shell.env["REVIEWFLOW_ACTOR"] = ADA
    shell.run("workflow", "publish", "spp-peer-review")
    taken = shell.json("organisation", "import", str(register.schools), "--links", str(register.links))
    assert taken["organisations"]["rows"] == register.rows
    assert taken["organisations"]["outcomes"] == {"registered": register.rows}
    shell.run("partnership", "add", "Invented Partnership", "--handle", "ten-schools")
    shell.run("partnership", "join", "ten-schools", *register.urns)
    names = {"ada": shell.json("person", "list")["people"][0]["id"]}
    names["programme"] = shell.json("programme", "list")["programmes"][0]["id"]
    names["cluster"] = shell.json("partnership", "list")["partnerships"][0]["id"]
    for place, urn in enumerate(register.urns):
        names[f"school {place}"] = shell.json("organisation", "show", urn)["organisation"]["id"]
    return names


def people(world: Kept) -> None:
    """A head, a reviewer and a champion at each school, all invented, and a lead."""
    world.person("lena", "partnership_lead", "cluster", "partnership")
    for place in range(len(REACHED)):
        world.person(f"head {place}", "head", f"school {place}")
        world.person(f"reviewer {place}", "staff", f"school {place}", trained=("peer-reviewer",))
        world.person(f"champion {place}", "staff", f"school {place}", trained=("improvement-champion",))


@pytest.fixture(scope="module", params=["invented", pytest.param("leicestershire", marks=pytest.mark.real_data)])
def held(request, tmp_path_factory):
    """The whole round, once for each register."""
    register = INVENTED if request.param == "invented" else leicestershire(request.getfixturevalue("real_data"))
    clock = FixedClock(datetime(2025, 9, 1, 9, tzinfo=UTC), timedelta(seconds=1))
    shell = Shell(tmp_path_factory.mktemp(request.param), clock)
    names = found(shell, register)
    world = Kept(clock=clock, folder=shell.folder, names=names)
    try:
        people(world)
        world.parsed = spp()
        clock.set(OPENED)
        done = world.handle(
            OpenCycles(
                asked=world.asked("lena"), workflow="spp-peer-review", programme=names["programme"],
                partnership=names["cluster"], subjects=tuple(names[f"school {n}"] for n in range(10)), year="2025-26",
            )
        )  # fmt: skip
        opened = [one.stream.removeprefix("cycle-") for one in done.events]
        cycles = [Cycle(world, place, one) for place, one in enumerate(opened)]
        for day, _, step in sorted((one for cycle in cycles for one in cycle.plan()), key=lambda one: one[:2]):
            clock.set(day)
            step()
        return Round(shell, register, cycles, [done.cycles[one].handle for one in opened])
    finally:
        world.close()


def test_every_cycle_is_where_the_round_left_it(held):
    listed = {one["handle"]: one["state"] for one in held.shell.json("cycle", "list")["cycles"]}
    assert listed == {handle: STATES[reached] for handle, reached in zip(held.handles, REACHED, strict=True)}
    assert list(listed.values()).count("completed") == 3


def test_every_number_that_a_school_ever_had_finds_it(held):
    for other, urn in held.register.also.items():
        first = held.shell.json("organisation", "show", urn)["organisation"]
        second = held.shell.json("organisation", "show", other)["organisation"]
        assert first["id"] == second["id"]
        assert {urn, other} <= {one["value"] for one in first["identities"] if one["scheme"] == "urn"}
    later = next(iter(held.register.also))
    cycles = held.shell.json("cycle", "list", "--subject", later)["cycles"]
    assert len(cycles) == 1


def test_no_school_reviews_itself_and_each_gives_what_it_gets(held):
    given = [name.split()[1] for cycle in held.cycles for name in cycle.team]
    assert {given.count(str(place)) for place in range(10)} == {3}
    for cycle in held.cycles:
        assert str(cycle.place) not in {name.split()[1] for name in (*cycle.team, cycle.champion)}


@pytest.mark.parametrize(("after", "state"), [(-13, 1), (-7, 2), (1, 3), (2, 4), (5, 5), (8, 6), (30, 7), (60, 8)])
def test_a_completed_cycle_is_replayed_on_each_of_its_days(held, after, state):
    cycle, handle = held.cycles[1], held.handles[1]
    on = str(cycle.visit + timedelta(days=after))
    replayed = held.shell.json("audit", "replay", handle, "--as-of", on)["replay"]
    shown = held.shell.json("cycle", "show", handle, "--as-of", on)["cycle"]
    assert shown["state"] == STATES[state]
    told = next(section["items"] for section in replayed["sections"] if section["title"] == "Cycle")
    assert shown["state_title"] in {item["value"] for item in told}


def test_every_text_says_that_it_is_no_finding(held):
    shown = held.shell.run("cycle", "show", held.handles[0]).stdout
    assert f"Feedback note: {TEXT}" in shown
    assert f"Impact: {TEXT}" in shown
