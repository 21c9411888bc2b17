"""The shipped SPP workflow on long random walks: every day, as known at every moment, is what the plain model says."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
import yaml

from engine.plain_mending import Fact, When
from engine.plain_replay import facts_of, plain, replay
from kit.walks import FormMaker, assignable
from kit.world import WORKFLOWS, World, ready_for_visit, spp_world, visited, worked
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold
from reviewflow.cycle.setting import Setting, local_day
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Happened
from reviewflow.workflow.definition import Act

TABLE = yaml.safe_load((WORKFLOWS / "spp-peer-review.yaml").read_text())
PEOPLE = ("lena", "hanna", "rob", "wilma", "alan", "bea", "chloe", "carl")
COMMANDS = 250


class Walker:
    """Does what may be done, by whoever may, sometimes late; and keeps what was accepted as plain facts."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random = world, random
        self.facts: list[Fact] = []
        self.accepted = 0
        self.do, world.handle = world.handle, self.keep

    def now(self) -> When:
        local = local_day(self.world.clock.now(), "Europe/London")
        return local.on, local.at, False

    def recorded(self) -> Any:
        with self.world.store.snapshot() as snapshot:
            return snapshot.log(snapshot.position() - 1)[0].recorded_at

    def asked(self, by: str) -> dict[str, Any]:
        late = self.random.random() < 0.3
        on = self.now()[0] - timedelta(days=self.random.randint(0, 3)) if late else None
        person = self.world.id(by)
        asked = self.world.asked("ada")
        happened = Happened(on=on) if on else None
        asked = asked.__class__(id=asked.id, at=asked.at, by=person, entered_by=person, happened=happened)
        return {"asked": asked, "cycle": self.world.id("cycle")}

    def some_command(self) -> Any:
        random, world = self.random, self.world
        by = random.choice(PEOPLE)
        setting, options = world.engine.options(world.id("cycle"), world.id(by))
        maker, asked = FormMaker(world, setting, random), self.asked(by)
        match random.choice(
            ["step", "step", "step", "offer", "answer", "leave", "evidence", "note", "waive", "consent"]
        ):
            case "step":
                return self.some_step(setting, options, maker, asked)
            case "offer":
                role = random.choice(assignable(setting))
                return cy.OfferAssignment(**self.asked("lena"), role=role, person=world.id(random.choice(PEOPLE)))
            case "answer":
                offered = [
                    (r, p) for (r, p), past in setting.cycle.assignments.items() if past[-1].standing == "offered"
                ]
                if offered:
                    role, person = random.choice(offered)
                    name = next(n for n, i in world.names.items() if i == person)
                    return cy.AcceptAssignment(**self.asked(name), role=role, person=person)
            case "leave" if random.random() < 0.2:
                role = random.choice(assignable(setting))
                return cy.WithdrawAssignment(**self.asked("lena"), role=role, person=asked["asked"].by)
            case "evidence":
                kind, group = random.choice(list(setting.definition.evidence_kinds().items()))
                return cy.AddEvidence(**asked, kind=kind, text="seen", about=maker.about(group.about))
            case "note":
                return cy.AddNote(**asked, text="a word", beside=random.randint(1, setting.cycle.version))
            case "waive":
                more = {"of": "schedule_visit", "requirement": "team_size", "reason": "agreed"}
                return cy.WaiveRequirement(**self.asked("lena"), **more)
            case "consent":
                return cy.Consent(**self.asked("hanna"), what="evidence", withdraw=random.random() < 0.5)
        return None

    def some_step(self, setting: Setting, options: Any, maker: FormMaker, asked: Any) -> Any:
        states = setting.definition.all_states()

        def stays(step: Any) -> bool:
            return isinstance(step, Act) or step.to == "return" or not states[step.to].final

        able = [o for o in options if o.open and stays(setting.definition.step(o.step))]
        onward = [o for o in able if o.kind == "agree" or (o.kind == "transition" and o.step != "postpone")]
        chosen = onward if onward and self.random.random() < 0.6 else able
        if not chosen:
            return None
        option = self.random.choice(chosen)
        if option.kind == "agree":
            return cy.Agree(**asked, step=option.step)
        step = setting.definition.step(option.step)
        about = maker.about(step.about) if isinstance(step, Act) else None
        return cy.TakeStep(**asked, step=option.step, values=maker.form(option.step), about=about)

    def go_on(self) -> None:
        command = self.some_command()
        if command is None:
            return
        before = self.world.position()
        try:
            self.world.handle(command)
        except (Refused, BadInput):
            assert self.world.position() == before
            return
        self.world.clock.moment += timedelta(minutes=self.random.choice([0, 1, 90, 1440]))

    def keep(self, command: Any, **more: Any) -> Done:
        """Do it; if it is done, it is one more fact."""
        model, done = replay(self.facts), self.do(command, **more)
        if done.events and isinstance(command, cy.CycleCommand | cy.OpenCycles):
            self.accepted += 1
            role = done.events[0].event.role
            self.facts += facts_of(command, TABLE, model, self.now(), self.recorded(), role)
        return done

    def open_text(self, text: Any, version: int, path: str) -> str:
        return self.world.vault.open(text, f"cycle-{self.world.id('cycle')}", version, path)


def fresh(world: World) -> None:
    world.open("hazel", "lena")


@pytest.mark.parametrize(("start", "seed"), [(fresh, 1), (ready_for_visit, 2), (visited, 3), (worked, 4)])
def test_a_long_walk_is_what_the_plain_model_says_on_every_day_and_at_every_moment(start, seed):
    random = Random(seed)
    walker = Walker(spp_world(), random)
    start(walker.world)
    world, facts = walker.world, walker.facts
    for _ in range(COMMANDS):
        walker.go_on()
        with world.knowing() as known:
            assert plain(known.cycle(world.id("cycle")), walker.open_text) == replay(facts)
    assert walker.accepted > COMMANDS / 5
    assert sum(1 for one in facts if one["when"][0] < one["recorded"].date()) > 5
    with world.knowing() as known:
        records = known.cycle_records(world.id("cycle"))
    days = [date(2026, 9, 5) + timedelta(days=n) for n in range((walker.now()[0] - date(2026, 9, 5)).days + 2)]
    moments = sorted({one["recorded"] for one in facts})
    for day in days:
        assert plain(fold(records, as_of=day), walker.open_text) == replay(facts, as_of=day)
    for moment in moments:
        assert plain(fold(records, known_at=moment), walker.open_text) == replay(facts, known_at=moment)
    for _ in range(60):
        both = {"as_of": random.choice(days), "known_at": random.choice(moments)}
        with world.knowing(**both) as known:
            assert plain(known.cycle(world.id("cycle")), walker.open_text) == replay(facts, **both)
    world.close()
