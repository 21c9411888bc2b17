"""What the invented workflow must answer to a command: every code of its refusal, worked out the slow way.

It reads who, where and when from the YAML, and knows the few named rules as Python. It never asks the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from engine.plain_mending import Fact, When, before, floors, understood
from engine.plain_replay import Model, Table, chosen_from, places, replay, standing, states_of, when_of
from reviewflow.cycle import commands as cy

BACKDATING = timedelta(days=30)
MAY_BACKDATE = {"partnership_lead", "administrator"}


@dataclass
class Trainings:
    """When each person's training counts: from, until, and from when it was withdrawn."""

    of: dict[str, list[list[date | None]]] = field(default_factory=dict)

    def valid(self, person: str, day: date) -> bool:
        """Whether any of it counts on a day."""
        return any(
            since <= day <= until and (gone is None or day < gone) for since, until, gone in self.of.get(person, [])
        )


class BadInputExpected(Exception):  # told before anything is judged
    """The command names something that is not there."""


@dataclass
class Oracle:
    """Answers for one cycle: `held` are the roles that people hold all the time, `at_school` who belongs to it."""

    table: Table
    held: dict[str, set[str]]
    since: dict[str, date]
    at_school: set[str]
    trainings: Trainings
    facts: list[Fact] = field(default_factory=list)
    _replayed: dict[tuple[int, date | None], Model | None] = field(default_factory=dict)

    def replayed(self, as_of: date | None = None) -> Model | None:
        """What the facts make of the cycle; worked out once until there is another fact."""
        key = (len(self.facts), as_of)
        if key not in self._replayed:
            self._replayed = {k: model for k, model in self._replayed.items() if k[0] == len(self.facts)}
            self._replayed[key] = replay(self.facts, as_of=as_of)
        return self._replayed[key]

    def codes(self, command: Any, now: When) -> set[str]:
        """The codes of the refusal; empty if it must be accepted. Raises `BadInputExpected`."""
        asked = command.asked
        return _Judging(self, command, when_of(asked.happened, now), now).codes()


class _Judging:
    """One command, judged at one moment: with the cycle as now known, and as it was on that day."""

    def __init__(self, oracle: Oracle, command: Any, when: When, now: When) -> None:
        self.oracle, self.table, self.command = oracle, oracle.table, command
        self.by, self.when, self.now_is = command.asked.by, when, now
        model = oracle.replayed()
        assert model is not None
        self.model: Model = model
        moves = getattr(command, "step", None) in oracle.table["transitions"]
        last_day = max(one["when"][0] for one in understood(oracle.facts))
        self.then: Model | None = model
        if when[0] < last_day:
            self.then = replay(oracle.facts, as_of=when[0], until=when if moves else None)

    def codes(self) -> set[str]:
        match self.command:
            case cy.TakeStep(step=name):
                return self.timely() | self.step(name, self.command.values)
            case cy.Agree(step=name):
                return self.agree(name)
            case cy.OfferAssignment():
                return self.offer()
            case cy.AcceptAssignment():
                return self.answer() | self.candidate(accepting=True)
            case cy.DeclineAssignment():
                return self.answer()
            case cy.WithdrawAssignment():
                return self.withdraw()
            case cy.AddEvidence():
                return self.evidence()
            case cy.AddNote():
                return self.note()
            case cy.WaiveRequirement():
                return self.waive()
            case cy.Consent():
                return self.consent()
        raise AssertionError(self.command)

    # -- who and when -------------------------------------------------------------------------------------------

    def timely(self) -> set[str]:
        if before(self.now_is, self.when):
            return {"in-the-future"}
        found = set()
        opened = self.model["stays"][0][1]
        if not opened[2] and before(self.when, opened):
            found.add("before-opening")
        if self.when[0] < self.now_is[0] - BACKDATING:
            if not self.oracle.held.get(self.by, set()) & MAY_BACKDATE:
                found.add("too-far-back")
            if not self.command.asked.reason:
                found.add("no-reason")
        return found

    def roles(self, person: str) -> list[str]:
        found = []
        for role, says in self.table["roles"].items():
            if says.get("held_in"):
                if role in self.oracle.held.get(person, set()) and self.oracle.since[role] <= self.when[0]:
                    found.append(role)
            elif self.then and standing(self.then, role, person) == "accepted":
                found.append(role)
        return found

    def may(self, who: Iterable[str]) -> bool:
        roles = self.roles(self.by)
        return any(role in roles or (role == "anyone" and roles) for role in who)

    def assigned(self, model: Model | None, role: str) -> list[str]:
        return (
            [p for (r, p), past in model["assigned"].items() if r == role and past[-1][0] == "accepted"]
            if model
            else []
        )

    def ever(self, role: str) -> set[str]:
        return {
            p for (r, p), past in self.model["assigned"].items() if r == role and any(a[0] == "accepted" for a in past)
        }

    def ended(self) -> bool:
        return bool(states_of(self.table)[self.model["state"]].get("final"))

    def was_in(self) -> set[str]:
        if self.when == self.now_is:
            return {self.model["state"]}
        found, earliest = set(), None
        for state, entered, left in self.model["stays"]:
            earliest = earliest if entered[2] else entered
            begun = earliest is None or not before(self.when, earliest)
            if begun and (self.when[2] or left is None or not before(left, self.when)):
                found.add(state)
        return found

    def rows(self) -> list[str]:
        said = self.then["said"].get("choose_focus") if self.then else None
        return [row["id"] for row in said[-1][3]["points"]] if said else []

    def must_be_about(self, place: str | None) -> None:
        about = self.command.about
        if (place is None) != (about is None) or (about is not None and about not in self.rows()):
            raise BadInputExpected

    def floors(self) -> dict[Any, When]:
        """The moments that what comes next cannot be before."""
        return floors(understood(self.oracle.facts))

    # -- steps --------------------------------------------------------------------------------------------------

    def step(self, name: str, values: Any, *, signing: bool = False) -> set[str]:
        step = self.table["transitions"].get(name) or self.table["acts"][name]
        if not signing:
            self.must_be_about(step.get("about"))
        found = set()
        if "from" in step:
            if self.model["state"] not in places(self.table, step["from"]):
                found.add("wrong-state")
            earliest = self.floors().get(("course",))
            if earliest and before(self.when, earliest):
                found.add("before-last-step")
        elif not self.was_in() & places(self.table, step["in"]):
            found.add("wrong-state")
        if not self.may(step["with"] if signing else step["by"]):
            found.add("not-permitted")
        for kind, span in step.get("evidence", {}).items():
            there = sum(1 for item in self.then["evidence"] if item[0] == kind) if self.then else 0
            if there < int(span.partition("..")[0]):
                found.add(f"evidence:{kind}")
        for role in step.get("recheck", []):
            for person in self.assigned(self.then, role):
                found |= self.eligible(role, person)
        return found | self.rules(name, step, values)

    def rules(self, name: str, step: Any, values: Any) -> set[str]:
        then = self.then
        met: dict[str, Callable[[], bool]] = {
            "focused": lambda: bool(then and then["said"].get("choose_focus")),
            "high_enough": lambda: int(values["score"]) >= 3,
            "two_checkers": lambda: len(self.assigned(then, "checker")) == 2,
            "met_twice": lambda: bool(then) and len(then["said"].get("meet", [])) >= 2,
        }
        return {rule for rule in step.get("requires", {}) if not met[rule]() and not self.waived(name, rule, None)}

    def waived(self, of: str, rule: str, person: str | None) -> bool:
        if self.then is None:
            return False
        takings = self.then["said"].get(of)
        used = takings[-1][0] if takings else 0
        return any(
            (w_of, w_rule) == (of, rule) and w_person in (None, person) and version > used
            for w_of, w_rule, w_person, version in self.then["waivers"]
        )

    def agree(self, name: str) -> set[str]:
        proposal = self.model["proposals"].get(name)
        if proposal is None:
            return {"nothing-proposed"}
        found = self.timely() | self.step(name, proposal["values"], signing=True)
        if not proposal["when"][2] and before(self.when, proposal["when"]):
            found.add("before-proposal")
        if self.by in (proposal["by"], proposal["behalf"]):
            found.add("own-proposal")
        if any(who == self.by and role not in self.roles(who) for role, who in proposal["signed"].items()):
            found.add("signed-already")
        return found if found or self.signs_as(name) else {"signed-already"}

    def signs_as(self, name: str) -> str | None:
        """The role in which they sign: the first that is still missing."""
        step = self.table["transitions"].get(name) or self.table["acts"][name]
        signed = self.model["proposals"][name]["signed"]
        return next((role for role in step["with"] if role not in signed and role in self.roles(self.by)), None)

    # -- people -------------------------------------------------------------------------------------------------

    def offer(self) -> set[str]:
        now = standing(self.model, self.command.role, self.command.person)
        if not self.may(self.table["roles"][self.command.role]["offered_by"]):
            return self.about_person() | {"not-permitted"}  # and nothing of the candidate
        found = self.about_person() | self.candidate(accepting=False)
        return found | ({"asked-already"} if now in ("offered", "accepted") else set())

    def answer(self) -> set[str]:
        found = self.about_person()
        if self.by != self.command.person:
            found.add("not-permitted")
        if standing(self.model, self.command.role, self.command.person) != "offered":
            found.add("not-offered")
        return found

    def withdraw(self) -> set[str]:
        role, person = self.command.role, self.command.person
        found = self.about_person()
        if self.by != person and not self.may(self.table["roles"][role]["offered_by"]):
            found.add("not-permitted")
        if standing(self.model, role, person) not in ("offered", "accepted"):
            found.add("not-assigned")
        for ends in chosen_from(self.table, self.model, role, person):
            found |= self.after_last(ends)
        return found

    def about_person(self) -> set[str]:
        found = self.timely() | self.after_last(self.command.role)
        return found | ({"wrong-state"} if self.ended() else set())

    def after_last(self, role: str) -> set[str]:
        earliest = self.floors().get(("assigned", role, self.command.person))
        return {"before-last-step"} if earliest and before(self.when, earliest) else set()

    def candidate(self, *, accepting: bool) -> set[str]:
        role, person = self.command.role, self.command.person
        says = self.table["roles"][role]
        found = self.eligible(role, person)
        among = says.get("among")
        if among and not all(person in self.assigned(model, among) for model in (self.model, self.then)):
            found.add("not-among")
        for pair in self.table["never_both"]:
            for other in pair if role in pair else []:
                if other != role and (person in self.ever(other) or standing(self.model, other, person) == "offered"):
                    found.add("never-both")
        most = says["assigned"].partition("..")[2]
        taking = ("accepted",) if accepting else ("accepted", "offered")
        taken = {p for (r, p), past in self.model["assigned"].items() if r == role and past[-1][0] in taking}
        return found | ({"role-full"} if most and len(taken - {person}) >= int(most) else set())

    def eligible(self, role: str, person: str) -> set[str]:
        met = {
            "trained": lambda: self.oracle.trainings.valid(person, self.when[0]),
            "other_school": lambda: person not in self.oracle.at_school,
            "not_a_checker": lambda: person not in self.ever("checker"),
        }
        rules = self.table["roles"][role].get("eligible", {})
        return {rule for rule in rules if not met[rule]() and not self.waived(role, rule, person)}

    # -- beside the steps ---------------------------------------------------------------------------------------

    def evidence(self) -> set[str]:
        group = next(g for g in self.table["evidence"].values() if self.command.kind in g["kinds"])
        self.must_be_about(group.get("about"))
        found = self.timely()
        if not self.was_in() & places(self.table, group["in"]):
            found.add("wrong-state")
        return found | (set() if self.may(group["by"]) else {"not-permitted"})

    def note(self) -> set[str]:
        beside = self.command.beside
        if beside is not None and not 1 <= beside <= self.model["version"]:
            raise BadInputExpected
        return self.timely() | (set() if self.may(["anyone"]) else {"not-permitted"})

    def waive(self) -> set[str]:
        of = self.table["roles"].get(self.command.of)
        step = self.table["transitions"].get(self.command.of)
        if (of is None) != (self.command.person is None):
            raise BadInputExpected
        who = (of["eligible"] if of else step["requires"])[self.command.requirement].get("waivable_by", [])
        found = self.timely()
        if not who:
            found.add("not-waivable")
        elif not self.may(who):
            found.add("not-permitted")
        return found | ({"wrong-state"} if self.ended() else set())

    def consent(self) -> set[str]:
        found = self.timely()
        if not self.may(["head"]):
            found.add("not-permitted")
        earliest = self.floors().get(("consent", self.command.what))
        if earliest and before(self.when, earliest):
            found.add("before-last-step")
        return found
