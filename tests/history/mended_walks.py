"""Random histories of everything that can be in one: steps late and "by" a day, corrections, undos, handovers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from kit.trial import trial_world
from kit.walks import FormMaker
from reviewflow.cycle import commands as cy
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Asked, Happened
from reviewflow.workflow.definition import Act

PEOPLE = ("lena", "hanna", "ada", "rob", "wilma", "tim")
ODD = (
    "made up",
    "=SUM(A1)",
    "'+1",
    'a "b", c',
    "ünder “quotes” 🎉",
    "nothing\ufffe here",
    "<a & b>",
    "\u2028x",
    "@cmd",
)


class OddForms(FormMaker):
    """Texts that a format may trip over."""

    def value(self, field: Any) -> Any:
        return self.random.choice(ODD) if field.type in ("text", "long_text") else super().value(field)


class MendedWalk:
    """One cycle of the invented trial workflow; what is refused simply does not happen."""

    def __init__(self, seed: int, steps: int = 60) -> None:
        self.random, self.world = Random(seed), trial_world()
        if self.random.random() < 0.3:
            self.adopt()
        else:
            self.world.open("hazel", "lena")
        self.world.clock.moment += timedelta(days=5)
        moves: list[Callable[[], Any]] = [
            self.step, self.step, self.step, self.step, self.assign, self.assign, self.accept, self.accept, self.beside,
            self.beside, self.correct, self.correct, self.undo, self.hand_over,
        ]  # fmt: skip
        for _ in range(steps):
            with suppress(Refused, BadInput):
                self.random.choice(moves)()
            self.world.clock.moment += timedelta(days=self.random.choice([0, 0, 1, 3]), minutes=1)

    def moment(self) -> Happened | None:
        random = self.random
        if random.random() < 0.4:
            return None
        day = self.world.clock.moment.date() - timedelta(days=random.randint(0, 9))
        return Happened(on=day, latest=True if random.random() < 0.4 else None)

    def asked(self, by: str, happened: Happened | None = None) -> Asked:
        asked = self.world.asked(by, reason=self.random.choice(ODD))
        return asked if happened is None else replace(asked, happened=happened)

    def give(self, command: Any, by: str, happened: Happened | None = None, /, **more: Any) -> Any:
        if issubclass(command, cy.CycleCommand):
            more["cycle"] = self.world.id("cycle")
        return self.world.handle(command(asked=self.asked(by, happened), **more))

    def adopt(self) -> None:
        world = self.world
        done = self.give(
            cy.AdoptCycle, "ada", Happened(on=date(2026, 9, 5), latest=True), workflow="invented-trial",
            programme=world.id("programme"), partnership=world.id("cluster"), subject=world.id("hazel"),
            state=self.random.choice(["work.draft", "work.ready"]), source="a list", year="2026-27",
        )  # fmt: skip
        world.names["cycle"] = world.new_id(done)

    def step(self) -> None:
        """Whoever may, takes a step that is open; whoever comes first tries any other."""
        setting, options = self.world.engine.options(self.world.id("cycle"), None)
        leads_on = [one for one in options if one.step not in ("drop", "pause") or self.random.random() < 0.1]
        option = self.random.choice([one for one in leads_on if one.open] or options)
        maker, happened = OddForms(self.world, setting, self.random), self.moment()
        step = setting.definition.step(option.step)
        about = maker.about(step.about) if isinstance(step, Act) else None
        values = maker.form(option.step)
        for by in self.random.sample(PEOPLE, len(PEOPLE)):
            with suppress(Refused, BadInput):
                if option.kind == "agree":
                    self.give(cy.Agree, by, happened, step=option.step)
                else:
                    self.give(cy.TakeStep, by, happened, step=option.step, values=values, about=about)
                return

    def assign(self) -> None:
        role, person = self.random.choice(
            [("checker", "rob"), ("checker", "wilma"), ("chief", "rob"), ("helper", "tim")]
        )
        by = "hanna" if role == "helper" else "lena"
        self.give(cy.OfferAssignment, by, self.moment(), role=role, person=self.world.id(person))

    def accept(self) -> None:
        offered = [
            pair for pair, past in self.world.cycle.assignments.items() if past[-1].standing in ("offered", "accepted")
        ]
        if offered:
            role, person = self.random.choice(offered)
            kind = self.random.choice([cy.AcceptAssignment] * 4 + [cy.DeclineAssignment, cy.WithdrawAssignment])
            name = next(name for name, one in self.world.names.items() if one == person)
            self.give(kind, name, self.moment(), role=role, person=person, reason=self.random.choice(ODD))

    def beside(self) -> None:
        by, random = self.random.choice(PEOPLE), self.random
        match random.randint(0, 3):
            case 0:
                self.give(
                    cy.AddEvidence, "hanna", self.moment(), kind="paper", text=random.choice(ODD), file_name="p.txt"
                )
            case 1:
                self.give(cy.AddNote, by, text=random.choice(ODD), beside=random.choice([None, 1]))
            case 2:
                of, what = random.choice([("approve", "two_checkers"), ("submit", "focused")])
                self.give(cy.WaiveRequirement, "lena", of=of, requirement=what, reason=random.choice(ODD))
            case 3:
                self.give(cy.Consent, "hanna", what="choose_focus", withdraw=random.random() < 0.3)

    def correct(self) -> None:
        version = self.random.randint(1, self.world.cycle.version)
        day = self.world.clock.moment.date() - timedelta(days=self.random.randint(0, 9))
        values: dict[str, Any] = self.random.choice([{}, {"score": 7, "remark": self.random.choice([*ODD, ""])}])
        happened = self.random.choice([None, Happened(on=day), Happened(on=day, latest=True)])
        self.give(cy.CorrectEvents, "ada", corrections=(cy.Correction(version, happened, values),))

    def undo(self) -> None:
        version = self.random.randint(2, max(2, self.world.cycle.version))
        which = self.random.choice([{}, {"since": version}, {"only": version}, {"only": version}])
        self.give(cy.UndoSteps, "ada", **which)

    def hand_over(self) -> None:
        one, other = self.random.sample(["rob", "wilma", "tim"], 2)
        self.give(
            cy.HandOverRoles, "lena", person=self.world.id(one), successor=self.world.id(other),
            cycles=(self.world.id("cycle"),),
        )  # fmt: skip


@cache
def walked(seed: int) -> MendedWalk:
    """A walk that is only read after."""
    return MendedWalk(seed)
