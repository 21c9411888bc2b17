"""Random histories that the registry and the cycles allow, as Hypothesis draws them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from reviewflow.cycle import events as ev
from reviewflow.errors import ImpossibleHistory
from reviewflow.registry import events as reg
from views.viewed import DAY, Log

IDS = ("a", "b", "c")
KINDS = (
    "programme", "rename_programme", "school", "change_school", "succeed", "partnership", "join", "leave", "person",
    "change_person", "role", "end_role", "forget", "publish", "open", "start", "finish", "pause", "resume", "look",
    "propose", "offer", "accept", "decline", "withdraw", "note", "waive", "consent", "move", "evidence", "train",
)  # fmt: skip

steps = st.tuples(st.sampled_from(KINDS), st.sampled_from(IDS), st.sampled_from(IDS), st.integers(0, 9), st.booleans())
histories = st.lists(steps, max_size=60)


class History:
    """Stages what can follow and passes over what cannot; some events share an append."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.given: dict[str, list[str]] = {}
        self.members: set[tuple[str, str]] = set()
        self.joined: set[tuple[str, str]] = set()
        self.gone: set[str] = set()

    def play(self, history: list[tuple[str, str, str, int, bool]]) -> None:
        for kind, one, other, n, together in history:
            getattr(self, kind)(one, other, n)
            if not together and self.log.staged:
                self.log.commit()
        if self.log.staged:
            self.log.commit()

    def known(self, stream: str) -> bool:
        return stream in self.log.versions

    def alive(self, person: str) -> bool:
        return self.known(f"person-{person}") and person not in self.gone

    def cycle(self, id_: str, *states: str) -> Any:
        cycle = self.log.cycles.get(f"cycle-{id_}")
        return cycle if cycle is not None and (not states or cycle.state in states) else None

    def say(self, stream: str, kind: Any, n: int = 0, /, **fields: Any) -> None:
        with suppress(ImpossibleHistory):  # the fold of the cycle knows best what cannot follow
            self.log.stage(stream, kind, DAY + timedelta(days=n), **fields)

    def first(self, stream: str, kind: Any, /, **fields: Any) -> None:
        if not self.known(stream):
            self.say(stream, kind, **fields)

    def programme(self, one: str, _: str, n: int) -> None:
        self.first(f"programme-{one}", reg.ProgrammeSetUp, name=f"P{n}", handle=one, time_zone="Europe/London")

    def rename_programme(self, one: str, _: str, n: int) -> None:
        if self.known(f"programme-{one}"):
            self.say(f"programme-{one}", reg.ProgrammeChanged, name=f"P{n}" if n % 2 else None, workflow=f"w{n}")

    def identities(self, one: str, n: int) -> tuple[reg.Identity, ...]:
        since = date(2020, 1, 1 + n) if n % 3 else None
        return tuple(reg.Identity(scheme="urn", value=f"{one}{k}", since=since) for k in range(n % 3))

    def school(self, one: str, _: str, n: int) -> None:
        details = {"status": f"s{n}"} if n % 2 else {}
        self.first(
            f"organisation-{one}", reg.OrganisationRegistered, kind="school", name=f"School {n}", handle=one,
            identities=self.identities(one, n), details=details, source="entered",
        )  # fmt: skip

    def change_school(self, one: str, _: str, n: int) -> None:
        if self.known(f"organisation-{one}"):
            self.say(
                f"organisation-{one}", reg.OrganisationChanged, name=f"School {n}" if n % 2 else None,
                details={"status": f"s{n}"} if n % 4 == 0 else {}, removed=("status",) if n % 4 == 1 else (),
                identities=self.identities(one, n), source="entered",
            )  # fmt: skip

    def succeed(self, one: str, other: str, n: int) -> None:
        if one != other and self.known(f"organisation-{one}") and self.known(f"organisation-{other}"):
            how = {"kind": "merger", "predecessors": (one,), "successors": (other,)}
            self.say(f"organisation-{one}", reg.OrganisationSucceeded, n, stands="predecessor", **how)
            self.say(f"organisation-{other}", reg.OrganisationSucceeded, n, stands="successor", **how)

    def partnership(self, one: str, other: str, n: int) -> None:
        self.first(f"partnership-{one}", reg.PartnershipFormed, name=f"P{n}", handle=one, programme=other)

    def join(self, one: str, other: str, n: int) -> None:
        if self.known(f"partnership-{one}") and (one, other) not in self.joined:
            self.joined.add((one, other))
            if n % 3:
                self.members.add((one, other))
            until = None if n % 3 else DAY + timedelta(days=30)
            self.say(f"partnership-{one}", reg.MembershipBegan, organisation=other, until=until)

    def leave(self, one: str, other: str, n: int) -> None:
        if (one, other) in self.members:
            self.members.remove((one, other))
            self.say(f"partnership-{one}", reg.MembershipEnded, n, organisation=other)

    def person(self, one: str, _: str, n: int) -> None:
        seal = self.log.seal
        email = seal(f"{one}{n}@example.org") if n % 2 else None
        self.first(f"person-{one}", reg.PersonRegistered, person_name=seal(f"{one} Madeup"), email=email)

    def change_person(self, one: str, _: str, n: int) -> None:
        if self.alive(one):
            seal = self.log.seal
            name = seal(f"{one} Othername") if n % 3 != 1 else None
            email = seal(f"new{n}@example.org") if n % 3 != 2 else None
            self.say(f"person-{one}", reg.PersonChanged, person_name=name, email=email)

    def role(self, one: str, other: str, n: int) -> None:
        if self.alive(one):
            grant = f"{one}-{self.log.versions[f'person-{one}']}"
            self.given.setdefault(one, []).append(grant)
            kind = ("organisation", "partnership", "programme")[n % 3]
            held = ("head", "partnership_lead", "administrator")[n % 3]
            until = None if n % 2 else DAY + timedelta(days=n)
            self.say(
                f"person-{one}", reg.RoleGiven, grant=grant, held=held, scope=other, scope_kind=kind, since=DAY,
                until=until,
            )  # fmt: skip
            self.given[one][-1] = f"{grant} {other}"

    def end_role(self, one: str, _: str, n: int) -> None:
        if self.alive(one) and self.given.get(one):
            grant, scope = self.given[one].pop().split()
            self.say(f"person-{one}", reg.RoleEnded, grant=grant, scope=scope, on=DAY + timedelta(days=n))

    def forget(self, one: str, _: str, n: int) -> None:
        if n < 3 and self.alive(one):
            self.gone.add(one)
            self.say(f"person-{one}", reg.PersonForgotten, n, reason="request")

    def train(self, one: str, _: str, n: int) -> None:
        if self.alive(one):
            self.say(f"person-{one}", reg.TrainingRecorded, training=f"t{n}", course="visit", completed=DAY)

    def publish(self, one: str, _: str, n: int) -> None:
        document = {"title": f"W{n}"} if n % 2 else {}
        self.say(
            f"workflow-{one}",
            reg.WorkflowPublished,
            n,
            workflow=one,
            edition=str(n),
            digest=f"d{n % 3}",
            document=document,
        )

    def open(self, one: str, other: str, n: int) -> None:
        partnership = other if n % 2 else None
        values = {"leader": one} if n % 3 else {}
        opening = self.log.opening(other, programme=one, partnership=partnership, handle=f"{one}-{n}", values=values)
        self.first(f"cycle-{one}", ev.CycleOpened, **opening)

    def move_to(self, one: str, step: str, to: str, *states: str, returns_to: str | None = None) -> None:
        cycle = self.cycle(one, *states)
        if cycle is not None:
            on = (cycle.since.on - DAY).days
            self.say(
                f"cycle-{one}", ev.TransitionTaken, on, step=step, origin=cycle.state, to=to or cycle.returns_to,
                returns_to=returns_to and cycle.state,
                proposal=cycle.proposals[step].version if step in cycle.proposals else None,
            )  # fmt: skip

    def start(self, one: str, _: str, _n: int) -> None:
        self.move_to(one, "start", "work.reviewing", "work.drafting")

    def finish(self, one: str, _: str, _n: int) -> None:
        self.move_to(one, "finish", "done", "work.reviewing")

    def pause(self, one: str, _: str, _n: int) -> None:
        self.move_to(one, "pause", "paused", "work.drafting", "work.reviewing", returns_to="here")

    def resume(self, one: str, _: str, _n: int) -> None:
        self.move_to(one, "resume", "", "paused")

    def beside(self, one: str, kind: Any, n: int, /, **fields: Any) -> None:
        if self.cycle(one) is not None:
            self.say(f"cycle-{one}", kind, n, **fields)

    def look(self, one: str, _: str, n: int) -> None:
        self.beside(one, ev.ActRecorded, n, step="look")

    def propose(self, one: str, _: str, n: int) -> None:
        if self.cycle(one, "work.reviewing") is not None:
            self.beside(one, ev.AgreementGiven, n, step="finish")

    def offer(self, one: str, other: str, n: int) -> None:
        self.beside(one, ev.AssignmentOffered, n, assigned="reviewer", person=other)

    def accept(self, one: str, other: str, n: int) -> None:
        self.beside(one, ev.AssignmentAccepted, n, assigned="reviewer", person=other)

    def decline(self, one: str, other: str, n: int) -> None:
        self.beside(one, ev.AssignmentDeclined, n, assigned="reviewer", person=other)

    def withdraw(self, one: str, other: str, n: int) -> None:
        self.beside(one, ev.AssignmentWithdrawn, n, assigned="reviewer", person=other)

    def note(self, one: str, _: str, n: int) -> None:
        self.beside(one, ev.NoteAdded, n, text=self.log.seal("a note"))

    def waive(self, one: str, _: str, n: int) -> None:
        self.beside(one, ev.RequirementWaived, n, of="start", requirement="team", reason=self.log.seal("agreed"))

    def consent(self, one: str, _: str, n: int) -> None:
        self.beside(one, ev.ConsentGiven if n % 2 else ev.ConsentWithdrawn, n, what="dates", consent_of="head")

    def move(self, one: str, _: str, n: int) -> None:
        self.beside(one, ev.DeadlineMoved, n, step="start", due=DAY, reason=self.log.seal("illness"))

    def evidence(self, one: str, _: str, n: int) -> None:
        self.beside(one, ev.EvidenceAdded, n, kind="paper", text=self.log.seal("seen"))
