"""The engine against a slow and plain model, on random walks through an invented workflow.

After each command the engine's cycle equals the model. What must be refused is refused with the codes that a
plain reading of the workflow gives, and changes nothing. Replay of any day as known at any moment equals the model
worked out again from the list of accepted facts alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.drawn import (
    EXAMPLES,
    FINAL,
    FORMS,
    ROLES,
    STEPS,
    TABLE,
    WAIVABLE,
    ids,
    leads_on,
    menders,
    moments,
    mostly,
    people,
    reasons,
    times,
    words,
)
from engine.plain_mended import Mending
from engine.plain_mending import Fact, When, understood
from engine.plain_oracle import BadInputExpected, Oracle, Trainings, _Judging
from engine.plain_replay import facts_of, plain, replay, when_of
from kit.standing_in import delegate
from kit.trial import PEOPLE, trial_world
from reviewflow.cycle import commands as cy
from reviewflow.cycle.fold import fold
from reviewflow.cycle.setting import local_day
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Happened
from reviewflow.registry import commands as reg

MATURE = 25
"""Commands after which a walk may end the cycle."""
OF_A_STAND_IN = {"trained", "other_school", "not_a_checker", "never-both", "own-proposal", "signed-already"}
"""Why somebody may not do for another what that one could do."""


class Walk(RuleBasedStateMachine):
    """One cycle, from its opening on."""

    def __init__(self) -> None:
        super().__init__()
        self.world = trial_world()
        for absent in ("lena", "hanna"):
            delegate(self.world, absent, "olga", until="2027-09-07")
        self.world.open("hazel", "lena")
        opened = self.last_record()
        opening = cy.OpenCycles(
            asked=self.world.asked("lena"), workflow="invented-trial", programme="", subjects=(), year="2026"
        )
        person = self.world.id
        training = {person(who): [[date(2025, 1, 15), date(2028, 1, 15), None]] for who in ("rob", "wilma", "tim")}
        self.oracle = Oracle(
            TABLE,
            held={
                person("lena"): {"partnership_lead"}, person("hanna"): {"head"}, person("ada"): {"administrator"},
            },
            since={
                "partnership_lead": date(2024, 1, 1), "head": date(2024, 1, 1), "administrator": date(2026, 9, 7),
            },
            at_school={person("hanna")},
            trainings=Trainings(training),
        )  # fmt: skip
        self.facts = self.oracle.facts
        self.facts += facts_of(opening, TABLE, None, self.now(), opened)
        self.accepted: list[tuple[Any, int]] = []
        self.world.clock.moment += timedelta(days=7)  # so that there is a past to record late

    def teardown(self) -> None:
        self.look_back_everywhere()
        self.world.close()

    # -- what happens -------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 30, 600, 1440, 1440, 4320]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.moment += timedelta(minutes=minutes)

    @rule(data=st.data(), by=people, name=st.sampled_from(sorted(set(STEPS) - FINAL)), moment=moments, reason=reasons)
    def anyone_tries_a_step(self, data: Any, by: str, name: str, moment: Any, reason: str | None) -> None:
        self.try_step(data, by, name, moment, reason)

    @precondition(lambda self: len(self.accepted) >= MATURE)
    @rule(data=st.data(), by=people, name=st.sampled_from(sorted(FINAL)), moment=moments)
    def anyone_tries_to_end_it(self, data: Any, by: str, name: str, moment: Any) -> None:
        self.try_step(data, by, name, moment, None)

    @rule(data=st.data(), times=st.integers(1, 3))
    def it_goes_on(self, data: Any, times: int) -> None:
        """So that walks go deep: of all that the oracle allows just now, something."""
        for _ in range(times):
            possible = [command for command in self.candidates() if not self.expected(command)]
            assume(possible)
            best = max(map(leads_on, possible)) if data.draw(st.integers(0, 2), label="onward") else 0
            command = data.draw(st.sampled_from([one for one in possible if leads_on(one) >= best]))
            if data.draw(st.integers(0, 3), label="by") == 0:
                asked = self.asked_by(command.asked.by, (data.draw(st.integers(0, 3)), None, True))
                command = dataclasses.replace(command, asked=asked)
            self.ask(command)
            self.world.clock.moment += timedelta(minutes=data.draw(st.sampled_from([0, 1, 1440])))

    @rule(data=st.data())
    def it_goes_on_and_on(self, data: Any) -> None:
        self.it_goes_on(data, 6)

    @rule(data=st.data(), by=people, moment=moments)
    def someone_signs(self, data: Any, by: str, moment: Any) -> None:
        name = data.draw(st.sampled_from([*sorted(self.model["proposals"]) * 3, "approve", "meet"]))
        self.ask(cy.Agree(**self.asked(by, moment), step=name))

    @rule(by=people, role=st.sampled_from(ROLES), person=people, moment=moments)
    def someone_is_asked(self, by: str, role: str, person: str, moment: Any) -> None:
        self.ask(cy.OfferAssignment(**self.asked(by, moment), role=role, person=self.world.id(person)))

    @precondition(lambda self: self.offers())
    @rule(data=st.data(), says=st.sampled_from([cy.AcceptAssignment] * 4 + [cy.DeclineAssignment]), moment=moments)
    def who_was_asked_answers(self, data: Any, says: Any, moment: Any) -> None:
        role, person = data.draw(st.sampled_from(self.offers()))
        self.ask(says(asked=self.asked_by(person, moment), cycle=self.cycle, role=role, person=person))

    @rule(by=people, says=st.sampled_from([cy.AcceptAssignment, cy.DeclineAssignment, cy.WithdrawAssignment]),
          role=st.sampled_from(ROLES), person=people, moment=moments)  # fmt: skip
    def someone_answers_or_leaves(self, by: str, says: Any, role: str, person: str, moment: Any) -> None:
        self.ask(says(**self.asked(by, moment), role=role, person=self.world.id(person)))

    @precondition(lambda self: self.model["assigned"])
    @rule(data=st.data(), moment=moments)
    def someone_leaves(self, data: Any, moment: Any) -> None:
        role, person = data.draw(st.sampled_from(sorted(self.model["assigned"])))
        self.ask(cy.WithdrawAssignment(asked=self.asked_by(person, moment), cycle=self.cycle, role=role, person=person))

    @rule(data=st.data(), by=people, kind=st.sampled_from(["paper", "finding"]), text=words, moment=moments)
    def evidence_is_added(self, data: Any, by: str, kind: str, text: str, moment: Any) -> None:
        about = data.draw(ids) if kind == "finding" else None
        self.ask(cy.AddEvidence(**self.asked(by, moment), kind=kind, text=text, about=about))

    @rule(by=people, text=words, beside=st.none() | st.integers(0, 12), moment=moments)
    def a_note_is_written(self, by: str, text: str, beside: int | None, moment: Any) -> None:
        self.ask(cy.AddNote(**self.asked(by, moment), text=text, beside=beside))

    @rule(by=people, what=st.sampled_from(WAIVABLE), person=people, reason=words, moment=moments)
    def a_requirement_is_waived(self, by: str, what: tuple[str, str], person: str, reason: str, moment: Any) -> None:
        whom = self.world.id(person) if what[0] in ROLES else None
        asked = self.asked(by, moment)
        self.ask(cy.WaiveRequirement(**asked, of=what[0], requirement=what[1], reason=reason, person=whom))

    @rule(by=st.sampled_from(["hanna", "hanna", "lena"]), what=st.sampled_from(["approve", "choose_focus"]),
          withdraw=st.booleans(), moment=moments)  # fmt: skip
    def consent_is_given_or_ended(self, by: str, what: str, withdraw: bool, moment: Any) -> None:  # noqa: FBT001
        self.ask(cy.Consent(**self.asked(by, moment), what=what, withdraw=withdraw))

    @rule(who=st.sampled_from(["rob", "wilma", "tim", "olga"]), days=st.integers(0, 3), back=st.booleans())
    def training_is_withdrawn_or_recorded(self, who: str, days: int, back: bool) -> None:  # noqa: FBT001
        person = self.world.id(who)
        day = self.now()[0] - timedelta(days=days)
        kept = self.oracle.trainings.of.setdefault(person, [])
        if back:
            until = day + timedelta(days=5)
            assume([day, until, None] not in kept)
            self.world.train(who, "checking", completed=day.isoformat(), until=until.isoformat())
            kept.append([day, until, None])
            return
        with self.world.knowing() as known:
            found = [t for t in known.person(person).training if t.withdrawn is None]
        assume(found)
        asked = self.world.asked("ada")
        self.world.handle(
            reg.WithdrawTraining(asked=asked, person=person, training=found[0].id, reason="a slip", on=day)
        )
        next(t for t in kept if t[:2] == [found[0].completed, found[0].valid_until] and t[2] is None)[2] = day

    @rule(data=st.data(), absent=st.sampled_from(["lena", "hanna"]), ago=st.none() | st.integers(0, 3))
    def someone_acts_for_another(self, data: Any, absent: str, ago: int | None) -> None:
        """What the absent may do just now, or could have done a few days ago, by and in the name of both."""
        moment = None if ago is None else (ago, None, True)
        of_theirs = [one for one in self.candidates((absent,)) if not isinstance(one, cy.AcceptAssignment)]
        dated = [dataclasses.replace(one, asked=self.asked_by(one.asked.by, moment)) for one in of_theirs]
        possible = [one for one in dated if not self.expected(one)]
        assume(possible)
        theirs = data.draw(st.sampled_from(possible))
        me, position = self.world.id("olga"), self.world.position()
        asked = dataclasses.replace(theirs.asked, by=me, entered_by=me, on_behalf_of=theirs.asked.by)
        command = dataclasses.replace(theirs, asked=asked)
        refused = self.answer(command)
        assert refused <= OF_A_STAND_IN, (refused, command)
        written = self.world.position() - position
        assert bool(written) is not bool(refused)
        if written:
            self.accepted.append((command, self.world.position()))
            self.keep(command, written)

    # -- what is mended -------------------------------------------------------------------------------------------

    @rule(data=st.data(), by=menders, reason=mostly)
    def several_events_are_moved_together(self, data: Any, by: str, reason: str | None) -> None:
        told = understood(self.facts)
        first = data.draw(st.integers(0, len(told) - 1), label="from")
        last = data.draw(st.integers(first, min(first + 5, len(told) - 1)), label="to")
        days = data.draw(st.integers(-3, 3).filter(bool), label="by days")
        latest = True if data.draw(st.integers(0, 3), label="by") == 0 else None
        made = tuple(
            cy.Correction(one["version"], Happened(on=one["when"][0] + timedelta(days=days), latest=latest))
            for one in told[first : last + 1]
        )
        self.mend(cy.CorrectEvents(**self.asked(by, None, reason), corrections=made))

    @rule(data=st.data(), by=menders, reason=mostly, number=st.integers(1, 3))
    def events_are_corrected(self, data: Any, by: str, reason: str | None, number: int) -> None:
        told = understood(self.facts)
        some = data.draw(st.lists(st.sampled_from([one["version"] for one in told]), min_size=1, max_size=number))
        if data.draw(st.integers(0, 9), label="stranger") == 0:
            some.append(data.draw(st.integers(1, self.model["version"] + 1)))
        made = tuple(self.some_correction(data, told, version) for version in some)
        self.mend(cy.CorrectEvents(**self.asked(by, None, reason), corrections=made))

    def some_correction(self, data: Any, told: list[Fact], version: int) -> cy.Correction:
        one = next((one for one in told if one["version"] == version), {})
        step = STEPS.get(one.get("step"), {})
        form = step.get("form") if one.get("kind") in ("moved", "acted", "proposed") else None
        if form and data.draw(st.booleans(), label="a field"):
            values = dict(data.draw(FORMS[form]))
            if form == "score" and data.draw(st.booleans(), label="emptied"):
                values = {"remark": ""}
            return cy.Correction(version, None, values)
        days = st.integers(-3, 3).map(lambda off: (self.now()[0] - one.get("when", self.now())[0]).days + off)
        moment = data.draw(st.tuples(days, times, st.booleans()) | st.tuples(st.integers(-1, 45), times, st.booleans()))
        return cy.Correction(version, self.some_day(moment))

    @rule(data=st.data(), by=menders, reason=mostly)
    def something_is_undone(self, data: Any, by: str, reason: str | None) -> None:
        version = st.integers(max(1, self.model["version"] - 6), self.model["version"])
        which = data.draw(
            st.just({}) | st.fixed_dictionaries({"only": version}) | st.fixed_dictionaries({"since": version})
        )
        self.mend(cy.UndoSteps(**self.asked(by, None, reason), **which))

    def mend(self, command: Any) -> None:
        """The engine mends what the slow model says can be mended, and nothing else."""
        try:
            expected, more = Mending(self.oracle, command, self.now()).answer()
        except BadInputExpected:
            expected, more = {"bad input"}, []
        position = self.world.position()
        assert self.answer(command) == expected, command
        if expected:
            assert self.world.position() == position
            return
        assert self.world.position() == position + len(more)
        for one in more:
            self.facts.append(one | {"recorded": self.last_record()})
        if more:
            self.accepted.append((command, self.world.position()))

    @precondition(lambda self: self.model["assigned"])
    @rule(data=st.data(), by=st.sampled_from(["lena", "lena", "ada", "hanna"]), successor=people)
    def roles_are_handed_over(self, data: Any, by: str, successor: str) -> None:
        """Whether a handover is allowed is judged elsewhere; here, that it means what it says on every day."""
        person = data.draw(st.sampled_from(sorted({who for _, who in self.model["assigned"]})))
        asked = self.asked_by(self.world.id(by), None, "moved away")
        command = cy.HandOverRoles(asked=asked, person=person, successor=self.world.id(successor), cycles=(self.cycle,))
        position, model = self.world.position(), self.model
        if self.answer(command):
            assert self.world.position() == position
            return
        has = [(role, past[-1][0]) for (role, who), past in model["assigned"].items() if who == person]
        handed = [(role, now) for role, now in has if now in ("offered", "accepted")]
        with self.world.knowing() as known:
            order = [one.event.assigned for one in known.cycle_records(self.cycle)[model["version"] :]]
        assert sorted(order) == sorted(role for role, _ in handed)
        for number, role in enumerate(order, start=1):
            self.facts.append({
                "kind": "handed", "role": role, "person": person, "successor": self.world.id(successor),
                "standing": dict(handed)[role], "by": self.world.id(by), "when": self.now(),
                "version": model["version"] + number, "recorded": self.last_record(),
            })  # fmt: skip

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def a_command_comes_again(self, data: Any) -> None:
        command, position = data.draw(st.sampled_from(self.accepted))
        before = self.world.position()
        done = self.world.handle(command)
        assert done.repeated
        assert done.position == position
        assert self.world.position() == before

    @rule(ago=st.integers(-1, 60), known=st.integers(0, 200), exactly=st.sampled_from([-1, 0, 1]))
    def someone_looks_back(self, ago: int, known: int, exactly: int) -> None:
        """As of any day, known at any moment: also a microsecond before and after something was recorded."""
        recorded = sorted({one["recorded"] for one in self.facts})
        known_at = recorded[known % len(recorded)] + timedelta(microseconds=exactly)
        as_of = self.now()[0] - timedelta(days=ago)
        for kind in ({"as_of": as_of}, {"known_at": known_at}, {"as_of": as_of, "known_at": known_at}):
            with self.world.knowing(**kind) as known_then:
                found = known_then.cycle(self.cycle)
            assert plain(found, self.open_text) == replay(self.facts, **kind)

    # -- what always holds --------------------------------------------------------------------------------------

    @invariant()
    def the_cycle_equals_the_model(self) -> None:
        with self.world.knowing() as known:
            kept, records = known.cycle(self.cycle), known.cycle_records(self.cycle)
        assert plain(kept, self.open_text) == self.model
        assert fold(records) == kept
        assert [r.version for r in records] == list(range(1, len(records) + 1))

    def look_back_everywhere(self) -> None:
        """Every day of the cycle, and every moment at which something was recorded."""
        with self.world.knowing() as known:
            records = known.cycle_records(self.cycle)
        first = min(one["when"][0] for one in (*self.facts, *understood(self.facts)))
        days = [first + timedelta(days=n) for n in range(-1, (self.now()[0] - first).days + 2)]
        for day in days:
            assert plain(fold(records, as_of=day), self.open_text) == replay(self.facts, as_of=day)
        for moment in sorted({one["recorded"] for one in self.facts}):
            assert plain(fold(records, known_at=moment), self.open_text) == replay(self.facts, known_at=moment)

    # -- asking -------------------------------------------------------------------------------------------------

    @property
    def model(self) -> Any:
        return self.oracle.replayed()

    @property
    def cycle(self) -> str:
        return self.world.id("cycle")

    def now(self) -> When:
        local = local_day(self.world.clock.now(), "Europe/London")
        return local.on, local.at, False

    def offers(self) -> list[tuple[str, str]]:
        return sorted(key for key, past in self.model["assigned"].items() if past[-1][0] == "offered")

    def asked(self, by: str, moment: Any, reason: str | None = None) -> dict[str, Any]:
        return {"asked": self.asked_by(self.world.id(by), moment, reason), "cycle": self.cycle}

    def asked_by(self, person: str, moment: Any, reason: str | None = None) -> Any:
        happened = None
        if moment is not None:
            happened = self.some_day(moment)
        asked = self.world.asked("ada", reason=reason)
        return asked.__class__(id=asked.id, at=asked.at, by=person, entered_by=person, happened=happened, reason=reason)

    def some_day(self, moment: Any) -> Happened:
        days, at, by = moment
        return Happened(on=self.now()[0] - timedelta(days=days), at=at, latest=True if by else None)

    def candidates(self, whose: Iterable[str] = PEOPLE) -> Iterator[Any]:
        """Commands of every kind that lead on, by everyone; most are not allowed just now."""
        for by in whose:
            for name in sorted(set(STEPS) - FINAL):
                about = (self.rows() or ["r1"])[0] if STEPS[name].get("about") else None
                values = EXAMPLES.get(STEPS[name].get("form"), {})
                yield cy.TakeStep(**self.asked(by, None), step=name, values=values, about=about)
            for name in sorted(self.model["proposals"]):
                yield cy.Agree(**self.asked(by, None), step=name)
            for role in ROLES:
                for person in ("rob", "wilma", "tim"):
                    yield cy.OfferAssignment(**self.asked(by, None), role=role, person=self.world.id(person))
            yield cy.AddEvidence(**self.asked(by, None), kind="paper", text="a paper")
        for role, person in self.offers():
            yield cy.AcceptAssignment(asked=self.asked_by(person, None), cycle=self.cycle, role=role, person=person)

    def rows(self) -> list[str]:
        said = self.model["said"].get("choose_focus")
        return [row["id"] for row in said[-1][3]["points"]] if said else []

    def try_step(self, data: Any, by: str, name: str, moment: Any, reason: str | None) -> None:
        values = data.draw(FORMS.get(STEPS[name].get("form"), st.just({})))
        about = data.draw(ids) if STEPS[name].get("about") else None
        self.ask(cy.TakeStep(**self.asked(by, moment, reason), step=name, values=values, about=about))

    def expected(self, command: Any) -> set[str] | None:
        try:
            return self.oracle.codes(command, self.now())
        except BadInputExpected:
            return {"bad input"}

    def ask(self, command: Any) -> None:
        """The engine answers what the oracle says, the trial run too; what is refused changes nothing."""
        expected, position = self.expected(command), self.world.position()
        rehearsed = self.answer(command, dry_run=True)
        assert self.world.position() == position
        answer = self.answer(command)
        assert answer == rehearsed == expected, (answer, rehearsed, expected, command)
        if expected:
            assert self.world.position() == position
            return
        written = self.world.position() - position
        if written:
            self.accepted.append((command, self.world.position()))
            self.keep(command, written)

    def answer(self, command: Any, *, dry_run: bool = False) -> set[str]:
        try:
            self.world.handle(command, dry_run=dry_run)
        except Refused as refused:
            return set(refused.codes)
        except BadInput:
            return {"bad input"}
        return set()

    def keep(self, command: Any, written: int) -> None:
        model, now = self.model, self.now()
        role = None
        if isinstance(command, cy.Agree):
            whose = command.asked.on_behalf_of or command.asked.by
            theirs = dataclasses.replace(command, asked=dataclasses.replace(command.asked, by=whose))
            role = _Judging(self.oracle, theirs, when_of(command.asked.happened, now), now).signs_as(command.step)
        made = facts_of(command, TABLE, model, now, self.last_record(), role)
        self.facts += made
        assert written == len(made)

    def last_record(self) -> datetime:
        with self.world.store.snapshot() as snapshot:
            return snapshot.log(snapshot.position() - 1)[0].recorded_at

    def open_text(self, text: Any, version: int, path: str) -> str:
        return self.world.vault.open(text, f"cycle-{self.cycle}", version, path)


TestWalk = Walk.TestCase
TestWalk.settings = settings(stateful_step_count=50, max_examples=max(10, settings().max_examples // 3))
