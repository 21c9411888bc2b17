"""The same commands, one by one in one installation and in batches in its twin: answers, log, states and views agree.

Walks through the small invented workflow and the registry: scripts that go deep, and anyone trying anything. Each
round has one moment; in the twin the round is cut into batches at random.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.checking import REMOVED, check_everything, whole
from kit.stored import StoredWorld
from kit.trial import PEOPLE, trial, trial_people
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Happened, Recorded, identify
from reviewflow.knowing import recorded
from reviewflow.registry import commands as reg

POINTS = {"points": [{"id": "a", "what": "Reading"}]}
SCRIPT: list[tuple[Any, ...]] = [
    ("step", "choose_focus", "hanna", POINTS), ("evidence", "hanna", "paper"), ("offer", "lena", "checker", "rob"),
    ("accept", "checker", "rob"), ("offer", "lena", "checker", "wilma"), ("accept", "checker", "wilma"),
    ("step", "submit", "hanna", {}), ("step", "pause", "lena", {}), ("step", "resume", "lena", {}),
    ("step", "meet", "rob", {}), ("agree", "meet", "lena"), ("step", "approve", "rob", {"score": 5, "remark": "Good"}),
    ("agree", "approve", "hanna"), ("step", "send_back", "wilma", {"reason": "Once more"}),
    ("step", "submit", "hanna", {}), ("offer", "lena", "chief", "rob"), ("accept", "chief", "rob"),
    ("step", "approve", "wilma", {"score": 3}), ("agree", "approve", "hanna"), ("step", "meet", "hanna", {}),
    ("agree", "meet", "lena"), ("step", "finish", "lena", {}), ("agree", "finish", "hanna"), ("agree", "finish", "rob"),
]  # fmt: skip
"""From a cycle's opening to its end."""

people, cycles = st.sampled_from(PEOPLE), st.integers(0, 3)
roles = st.sampled_from(["checker", "chief", "helper"])
mails = st.sampled_from(["one@example.org", " ONE@example.org", "two@example.org"])
tried = st.one_of(
    st.tuples(st.just("step"), st.sampled_from(["submit", "approve", "mend", "reopen", "meet", "drop", "look_at"]),
              people, st.just({"score": 4, "reason": "so"})),
    st.tuples(st.just("step"), st.sampled_from(["choose_focus", "pause", "resume"]), people,
              st.sampled_from([POINTS, {}])),
    st.tuples(st.just("agree"), st.sampled_from(["approve", "meet", "finish"]), people),
    st.tuples(st.just("offer"), people, roles, people), st.tuples(st.just("accept"), roles, people),
    st.tuples(st.just("leave"), roles, people), st.tuples(st.just("evidence"), people, st.just("paper")),
    st.tuples(st.just("note"), people, st.sampled_from(["a word", "half \ud800"])),
    st.tuples(st.just("waive"), people), st.tuples(st.just("consent"), people, st.booleans()),
)  # fmt: skip
ops = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(["hazel", "rowan"]), st.sampled_from(["lena", "ada", "olga"]),
              st.sampled_from(["2026-27", "2027"])),
    st.tuples(st.just("on"), cycles, st.integers(1, 6)),
    st.tuples(st.just("on"), cycles, st.integers(1, 6)),
    st.tuples(st.just("try"), cycles, tried, st.sampled_from([None, None, 0, 2, 40])),
    st.tuples(st.just("again"), st.integers(0, 30), st.sampled_from(["same", "same", "person", "target"])),
    st.tuples(st.just("person"), mails), st.tuples(st.just("mail"), people, mails),
    st.tuples(st.just("school"), st.sampled_from(["elm", "oak"])), st.tuples(st.just("role"), people),
    st.tuples(st.just("train"), people), st.tuples(st.just("publish")),
)  # fmt: skip
rounds = st.lists(st.tuples(st.lists(ops, min_size=1, max_size=8), st.lists(st.integers(1, 9))), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """An installation with the trial's people, copied for every walk."""
    world = trial_people(StoredWorld(folder=tmp_path_factory.mktemp("template")))
    world.close()
    return world


class Walk:
    """Two copies of one installation, and the commands they were given."""

    def __init__(self, template: StoredWorld, folder: Path) -> None:
        self.single, self.twin = (self.copy(template, folder / name) for name in ("single", "twin"))
        # It goes on at each look: what a decision took for the moment of recording is never the one in the log.
        self.twin.clock.tick = timedelta(milliseconds=1)
        self.commands: list[Any] = []
        self.opened: list[str] = []
        self.reached: dict[str, int] = {}

    def copy(self, template: StoredWorld, folder: Path) -> StoredWorld:
        shutil.copytree(template.folder, folder)
        world = StoredWorld(folder=folder, names=dict(template.names))
        world.parsed = trial()
        return world

    def close(self) -> None:
        self.single.close()
        self.twin.close()

    def asked(self, by: str, ago: int | None = None) -> Any:
        world, day = self.single, None
        if ago is not None:
            day = Happened(on=world.clock.today - timedelta(days=ago))
        reason = "it lay in a drawer" if ago else None
        asked = world.asked(by, id=f"walk-{len(self.commands)}", reason=reason)
        return replace(asked, happened=day)

    def meant(self, op: tuple[Any, ...]) -> list[Any]:
        """The commands of a round's step."""
        world, first = self.single, len(self.commands)
        match op:
            case "open", school, by, year:
                self.opened.append(identify(f"walk-{first}"))
                return [self.opening(school, by, year)]
            case "on", number, times:
                return self.go_on(number, times)
            case "try", number, what, ago:
                return [self.said(self.cycle(number), what, ago)]
            case "again", number, how:
                return self.again(number, how)
            case "person", email:
                return [reg.RegisterPerson(asked=self.asked("ada"), person_name="Pia Madeup", email=email)]
            case "mail", who, email:
                return [reg.ChangePerson(asked=self.asked("ada"), person=world.id(who), email=email)]
            case "school", handle:
                return [reg.RegisterOrganisation(asked=self.asked("ada"), organisation_name="A School", handle=handle)]
            case "role", who:
                held = {"held": "helper", "held_in": world.id("rowan"), "held_in_kind": "organisation"}
                return [reg.GiveRole(asked=self.asked("lena"), person=world.id(who), **held)]
            case "train", who:
                done = {"course": "checking", "completed": date(2026, 1, 1)}
                return [reg.RecordTraining(asked=self.asked("ada"), person=world.id(who), **done)]
        document = {**trial().document, "title": f"Trial {first}"}
        more = {"workflow": "invented-trial", "edition": "1", "digest": trial().digest, "document": document}
        return [reg.PublishWorkflow(asked=self.asked("ada"), **more)]

    def opening(self, school: str, by: str, year: str) -> Any:
        return cy.OpenCycles(
            asked=self.asked(by), workflow="invented-trial", programme=self.single.id("programme"),
            partnership=self.single.id("cluster"), subjects=(self.single.id(school),), year=year,
        )  # fmt: skip

    def cycle(self, number: int) -> str:
        return self.opened[number % len(self.opened)] if self.opened else "none yet"

    def go_on(self, number: int, times: int) -> list[Any]:
        cycle = self.cycle(number)
        found = []
        for _ in range(times):
            place = self.reached[cycle] = self.reached.get(cycle, -1) + 1
            if place < len(SCRIPT):
                found.append(self.said(cycle, SCRIPT[place], None))
                self.commands.append(found[-1])
        del self.commands[len(self.commands) - len(found) :]
        return found

    def said(self, cycle: str, what: tuple[Any, ...], ago: int | None) -> Any:
        person = self.single.id
        match what:
            case "step", name, by, values:
                fields = trial().definition.fields(name)
                values = {k: v for k, v in values.items() if k in fields}
                about = "a" if name == "look_at" else None
                return cy.TakeStep(asked=self.asked(by, ago), cycle=cycle, step=name, values=values, about=about)
            case "agree", name, by:
                return cy.Agree(asked=self.asked(by, ago), cycle=cycle, step=name)
            case "offer", by, role, whom:
                return cy.OfferAssignment(asked=self.asked(by, ago), cycle=cycle, role=role, person=person(whom))
            case "accept", role, who:
                return cy.AcceptAssignment(asked=self.asked(who, ago), cycle=cycle, role=role, person=person(who))
            case "leave", role, who:
                return cy.WithdrawAssignment(asked=self.asked(who, ago), cycle=cycle, role=role, person=person(who))
            case "evidence", by, kind:
                return cy.AddEvidence(asked=self.asked(by, ago), cycle=cycle, kind=kind, text="seen")
            case "note", by, text:
                return cy.AddNote(asked=self.asked(by, ago), cycle=cycle, text=text)
            case "waive", by:
                return cy.WaiveRequirement(
                    asked=self.asked(by, ago), cycle=cycle, of="approve", requirement="two_checkers", reason="agreed"
                )
        _, by, withdraw = what
        return cy.Consent(asked=self.asked(by, ago), cycle=cycle, what="choose_focus", withdraw=withdraw)

    def again(self, number: int, how: str) -> list[Any]:
        if not self.commands:
            return []
        first = self.commands[number % len(self.commands)]
        match how:
            case "person":
                return [replace(first, asked=replace(first.asked, by=self.single.id("tim")))]
            case "target":
                other = self.said(self.cycle(0), ("note", "lena", "other"), None)
                return [replace(other, asked=replace(other.asked, id=first.asked.id))]
        return [first]

    def round(self, steps: list[tuple[Any, ...]], sizes: list[int]) -> None:
        """One moment: a command at a time here, in batches there."""
        commands, one_by_one = [], []
        for op in steps:
            for command in self.meant(op):
                self.commands.append(command)
                commands.append(command)
                one_by_one.append(self.alone(command))
        together, rest = [], list(commands)
        for size in (*sizes, len(rest)):
            part, rest = rest[:size], rest[size:]
            if part:
                together += self.twin.engine.handle_all(part)
        for command, one, other in zip(commands, one_by_one, together, strict=True):
            self.alike(command, one, other)

    def alone(self, command: Any) -> Any:
        try:
            return self.single.handle(command)
        except (Refused, BadInput) as error:
            return error

    def alike(self, command: Any, one: Any, other: Any) -> None:
        assert type(one) is type(other), (command, one, other)
        if not isinstance(one, Done):
            assert str(one) == str(other)
            return
        assert (one.position, one.repeated) == (other.position, other.repeated)
        assert self.told(self.single, one) == self.told(self.twin, other)
        for world, done in ((self.single, one), (self.twin, other)):
            assert done.cycles == self.refolded(world, done)

    def told(self, world: StoredWorld, done: Done) -> list[Any]:
        return [(e.position, e.stream, e.version, self.opened_event(world, e)) for e in done.events]

    def opened_event(self, world: StoredWorld, e: Recorded) -> dict[str, Any]:
        return world.vault.open_event(e.event, e.stream, e.version, REMOVED).model_dump(mode="python")

    def refolded(self, world: StoredWorld, done: Done) -> dict[str, Any]:
        """The cycles of an answer, from the log alone."""
        last = {e.stream: e.version for e in done.events if e.stream.startswith("cycle-")}
        with world.store.snapshot() as snapshot:
            return {
                stream.removeprefix("cycle-"): fold(
                    recorded(r) for r in snapshot.stream(stream) if r.version <= version
                )
                for stream, version in last.items()
            }

    def finish(self) -> None:
        logs, views = [], []
        for world in (self.single, self.twin):
            check_everything(world)
            with world.store.snapshot() as snapshot:
                events = [(r, recorded(r)) for r in whole(snapshot)]
            logs.append([(r.topic, r.command_id, r.ordinal, *self.told(world, Done((e,), {}, 0))) for r, e in events])
            views.append(self.rows(world))
        assert logs[0] == logs[1]
        assert views[0] == views[1]

    def rows(self, world: StoredWorld) -> dict[str, list[Any]]:
        """Every row of every view; what is sealed is left out."""
        with world.store.reading() as connection:
            return {
                table.name: sorted(
                    [
                        str({k: v for k, v in row._mapping.items() if (table.name, k) not in SEALED})
                        for row in connection.execute(table.select())
                    ]
                )
                for view in world.installation.views.synchronous
                for table in view.tables
            }


SEALED = {("people", "name"), ("people", "email")}


@settings(max_examples=25)
@given(walk=rounds)
def test_in_batches_or_one_by_one_is_the_same(template, walk):
    with TemporaryDirectory() as folder:
        both = Walk(template, Path(folder))
        try:
            for steps, sizes in walk:
                both.round(steps, sizes)
                both.single.clock.moment += timedelta(hours=7)
                both.twin.clock.moment = both.single.clock.moment
            both.finish()
        finally:
            both.close()


def test_a_whole_cycle_in_one_batch(template, tmp_path):
    """The script alone: so that it is known that walks can come to the end."""
    both = Walk(template, tmp_path)
    both.round([("open", "hazel", "lena", "2026-27"), ("on", 0, len(SCRIPT)), ("on", 0, 1)], [])
    with both.twin.knowing() as known:
        assert known.cycle(both.opened[0]).state == "done"
    both.finish()
    both.close()
