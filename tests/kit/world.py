"""A small invented world around one engine: a cluster of schools, their people, and ways to say what happens.

`given`, `when`, `then`: a rule reads as a sentence. A refusal also shows that nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kit.clock import FixedClock
from reviewflow.cycle import commands as cy
from reviewflow.cycle.state import Cycle
from reviewflow.engine import Done, Engine
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Asked, Command, Happened, Unsealed
from reviewflow.knowing import Folds, Knowing
from reviewflow.registry import commands as reg
from reviewflow.store.memory import MemoryStore
from reviewflow.vault.files import EvidenceFolder
from reviewflow.vault.vault import create_vault
from reviewflow.workflow.parse import Parsed, parse

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / "workflows"
OPENED = date(2026, 9, 7)
OPERATOR = Unsealed("operator")


class NoDirectory:
    """Nobody has an address here."""

    def by_email(self, _keyed: str) -> str | None:
        return None


@dataclass
class World:
    """An engine in memory with a clock one can set."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime(2026, 9, 7, 12, tzinfo=UTC)))
    folder: Path = Path("unused")
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.vault = create_vault(None, b"k" * 32, clock=self.clock)
        self.store = MemoryStore(self.clock)
        self.engine = Engine(self.store, self.vault, self.clock, EvidenceFolder(self.folder), NoDirectory(), Folds())
        self._ids = count(1)
        self.admin = ""

    def close(self) -> None:
        self.store.close()
        self.vault.close()

    def asked(self, by: str, on: date | str | None = None, **more: Any) -> Asked:
        happened = None
        if on is not None:
            happened = Happened(on=date.fromisoformat(on) if isinstance(on, str) else on)
        more.setdefault("id", f"command-{next(self._ids)}")
        more.setdefault("entered_by", self.id(by) if by else OPERATOR)
        return Asked(at=self.clock.now(), by=self.id(by), happened=happened, **more)

    def id(self, name: str) -> str:
        return self.names.get(name, name)

    def handle(self, command: Command, **more: Any) -> Done:
        return self.engine.handle(command, **more)

    @contextmanager
    def knowing(self, **more: Any) -> Iterator[Knowing]:
        with self.engine.knowing(**more) as known:
            yield known

    def position(self) -> int:
        with self.store.snapshot() as snapshot:
            return snapshot.position()

    # -- the registry -------------------------------------------------------------------------------------------

    def new_id(self, done: Done) -> str:
        return done.events[0].stream.partition("-")[2]

    def install(self) -> None:
        first = reg.SetUpInstallation(asked=self.asked("", id="install"), admin_name="Ada Administrator")
        done = self.handle(first)
        self.names["ada"] = self.new_id(done)
        programme = reg.SetUpProgramme(
            asked=self.asked("ada"), programme_name="Invented Programme", handle="invented", time_zone="Europe/London"
        )
        self.names["programme"] = self.new_id(self.handle(programme))

    def publish(self, parsed: Parsed) -> None:
        self.handle(
            reg.PublishWorkflow(
                asked=self.asked("ada"), workflow=parsed.definition.workflow, edition=parsed.definition.edition,
                digest=parsed.digest, document=parsed.document,
            )
        )  # fmt: skip
        self.parsed = parsed

    def partnership(self, handle: str) -> str:
        formed = reg.FormPartnership(
            asked=self.asked("ada"), partnership_name=f"{handle.title()} Cluster", programme=self.id("programme"),
            handle=handle,
        )  # fmt: skip
        self.names[handle] = self.new_id(self.handle(formed))
        return self.names[handle]

    def school(self, handle: str, partnership: str = "cluster") -> str:
        made = reg.RegisterOrganisation(
            asked=self.asked("ada"), organisation_name=f"{handle.title()} Invented School", handle=handle
        )
        self.names[handle] = self.new_id(self.handle(made))
        self.handle(
            reg.BeginMembership(
                asked=self.asked("ada"), partnership=self.id(partnership), organisation=self.names[handle]
            )
        )
        return self.names[handle]

    def person(
        self, name: str, held: str = "staff", at: str = "", kind: str = "organisation", trained: tuple[str, ...] = ()
    ) -> str:
        made = reg.RegisterPerson(asked=self.asked("ada"), person_name=f"{name.title()} Madeup")
        self.names[name] = self.new_id(self.handle(made))
        if at:
            self.role(name, held, at, kind)
        for course in trained:
            self.train(name, course)
        return self.names[name]

    def role(self, name: str, held: str, at: str, kind: str = "organisation", since: date | None = None) -> None:
        self.handle(
            reg.GiveRole(
                asked=self.asked("ada"), person=self.id(name), held=held, held_in=self.id(at), held_in_kind=kind,
                since=since or date(2024, 1, 1),
            )
        )  # fmt: skip

    def train(self, name: str, course: str, completed: str = "2025-01-15", until: str | None = "2028-01-15") -> str:
        done = self.handle(
            reg.RecordTraining(
                asked=self.asked("ada"), person=self.id(name), course=course, completed=date.fromisoformat(completed),
                valid_until=date.fromisoformat(until) if until else None,
            )
        )  # fmt: skip
        return done.events[0].event.training

    # -- cycles -------------------------------------------------------------------------------------------------

    def open(
        self, school: str, by: str, year: str = "2026-27", values: dict[str, Any] | None = None, **more: Any
    ) -> Done:
        done = self.handle(
            cy.OpenCycles(
                asked=self.asked(by, **more), workflow=self.parsed.definition.workflow, programme=self.id("programme"),
                partnership=self.id("cluster"), subjects=(self.id(school),), year=year, values=values or {},
            )
        )  # fmt: skip
        self.names["cycle"] = self.new_id(done)
        return done

    def do(
        self,
        step: str,
        by: str,
        on: date | str | None = None,
        about: str | None = None,
        more: dict[str, Any] | None = None,
        **values: Any,
    ) -> Done:
        command = cy.TakeStep(
            asked=self.asked(by, on, **(more or {})), cycle=self.id("cycle"), step=step, values=values, about=about
        )
        return self.handle(command)

    def agree(self, step: str, by: str, on: date | str | None = None) -> Done:
        return self.handle(cy.Agree(asked=self.asked(by, on), cycle=self.id("cycle"), step=step))

    def offer(self, role: str, person: str, by: str, on: date | str | None = None) -> Done:
        return self.handle(
            cy.OfferAssignment(asked=self.asked(by, on), cycle=self.id("cycle"), role=role, person=self.id(person))
        )

    def accept(self, role: str, person: str, on: date | str | None = None) -> Done:
        return self.handle(
            cy.AcceptAssignment(asked=self.asked(person, on), cycle=self.id("cycle"), role=role, person=self.id(person))
        )

    def assign(self, role: str, person: str, by: str, on: date | str | None = None) -> None:
        self.offer(role, person, by, on)
        self.accept(role, person, on)

    def leave(self, role: str, person: str, by: str | None = None, on: date | str | None = None) -> Done:
        return self.handle(
            cy.WithdrawAssignment(
                asked=self.asked(by or person, on), cycle=self.id("cycle"), role=role, person=self.id(person)
            )
        )

    def evidence(
        self, kind: str, by: str, text: str = "seen", about: str | None = None, on: date | str | None = None
    ) -> Done:
        return self.handle(
            cy.AddEvidence(asked=self.asked(by, on), cycle=self.id("cycle"), kind=kind, text=text, about=about)
        )

    def waive(
        self, of: str, requirement: str, by: str, person: str | None = None, reason: str = "agreed by all"
    ) -> Done:
        return self.handle(
            cy.WaiveRequirement(
                asked=self.asked(by), cycle=self.id("cycle"), of=of, requirement=requirement, reason=reason,
                person=self.id(person) if person else None,
            )
        )  # fmt: skip

    @property
    def cycle(self) -> Cycle:
        with self.knowing() as known:
            cycle = known.cycle(self.id("cycle"))
        assert cycle is not None
        return cycle

    # -- saying what must not happen ------------------------------------------------------------------------------

    @contextmanager
    def refused(self, *codes: str) -> Iterator[list[Refused]]:
        """Everything inside is refused with exactly these codes, and nothing was written."""
        before, caught = self.position(), []
        with pytest.raises(Refused) as info:
            yield caught
        caught.append(info.value)
        assert set(info.value.codes) == set(codes), str(info.value)
        assert self.position() == before

    @contextmanager
    def bad_input(self, *places: str) -> Iterator[None]:
        """Everything inside is told these faults of input, and nothing was written."""
        before = self.position()
        with pytest.raises(BadInput) as info:
            yield
        assert {f.where for f in info.value.faults} == set(places), str(info.value)
        assert self.position() == before


@cache
def spp() -> Parsed:
    """The shipped SPP workflow."""
    return parse((WORKFLOWS / "spp-peer-review.yaml").read_bytes(), "spp-peer-review.yaml")


SCHOOLS = ("hazel", "rowan", "willow", "alder", "birch")


def spp_world(**more: Any) -> World:
    """A cluster of five schools with heads, reviewers and champions, all trained."""
    return spp_people(World(**more))


def spp_people(world: World) -> World:
    """The same in a world that is empty yet."""
    world.install()
    world.publish(spp())
    world.partnership("cluster")
    for school in SCHOOLS:
        world.school(school)
    world.person("lena", "partnership_lead", "cluster", "partnership")
    world.person("hanna", "head", "hazel")
    for name, school in (("rob", "rowan"), ("wilma", "willow"), ("alan", "alder"), ("bea", "birch")):
        world.person(name, "staff", school, trained=("peer-reviewer",))
    for name, school in (("chloe", "birch"), ("carl", "alder")):
        world.person(name, "staff", school, trained=("peer-reviewer", "improvement-champion"))
    return world


def ready_for_visit(world: World) -> World:
    """Up to the state in which a visit can be arranged, with a team of three and its lead."""
    world.open("hazel", "lena")
    world.do("choose_focus", "hanna", focus_areas=["Pupils' writing"])
    world.do("name_school_lead", "hanna", school_lead=world.id("hanna"))
    world.do("start_self_evaluation", "hanna")
    for kind in ("self_evaluation", "evidence_list"):
        world.evidence(kind, "hanna")
    world.do("submit_self_evaluation", "hanna")
    for name in ("rob", "wilma", "alan"):
        world.assign("peer_reviewer", name, "lena")
    world.assign("lead_reviewer", "rob", "lena")
    world.do("hold_pre_review_meeting", "lena")
    return world


VISIT: dict[str, Any] = {
    "first_day": "2026-11-10", "last_day": "2026-11-11", "mode": "onsite",
    "questions": [{"question": "To what extent do pupils write at length?"}],
}  # fmt: skip


def visited(world: World) -> World:
    """Up to shared feedback, on 12 November 2026."""
    ready_for_visit(world)
    world.do("schedule_visit", "lena", **VISIT)
    world.agree("schedule_visit", "hanna")
    world.clock.set("2026-11-10")
    world.do("start_visit", "rob", attended=[world.id("rob"), world.id("wilma"), world.id("alan")])
    world.evidence("work_scrutiny", "wilma", about="r1")
    world.clock.set("2026-11-12")
    world.do("share_feedback", "rob", oral_on="2026-11-11", note="Pupils write more than they did.")
    return world


def worked(world: World) -> World:
    """Up to the recorded workshop, on 20 November 2026."""
    visited(world)
    world.assign("improvement_champion", "chloe", "lena")
    world.do("schedule_workshop", "chloe", workshop_on="2026-11-20", mode="onsite")
    world.clock.set("2026-11-20")
    world.do("hold_workshop", "chloe", attendees=14, attendee_roles=["teacher", "middle_leader"], mode="onsite")
    return world


def acting(world: World) -> World:
    """Up to an agreed action plan, on the same day."""
    worked(world)
    action = {"what": "Write daily", "owner_role": "English lead", "measure": "Length", "finding": "Short texts"}
    world.do("agree_plan", "hanna", support="none", actions=[{**action, "due": "2027-02-01"}])
    world.agree("agree_plan", "chloe")
    return world
