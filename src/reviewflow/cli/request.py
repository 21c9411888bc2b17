"""One request against an installation: who asks or acts, what is known, and how the answer goes out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import click

from reviewflow.audit.line import acting_for
from reviewflow.calling import Called
from reviewflow.cli.naming import Resolver
from reviewflow.cli.options import Acting, Reading
from reviewflow.cli.printing import document, say
from reviewflow.cli.settings import read_settings
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.cycle.setting import local_day
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault, Refused
from reviewflow.events import Asked, Command, Happened, Unsealed
from reviewflow.knowing import Knowing
from reviewflow.ports import Clock
from reviewflow.registry.permissions import allowed
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.wiring import Installation, open_installation

ID: Final = re.compile(r"\b[a-z2-7]{16}\b", re.ASCII)
OPERATORS_VIEW: Final = "the operator's own view: nothing is hidden; --as PERSON shows what that person may see"


@contextmanager
def opened() -> Iterator[Installation]:
    """The installation that the environment names; a clock other than the machine's is the context's object."""
    context = click.get_current_context(silent=True)
    clock: Clock | None = context.find_root().obj if context else None
    with open_installation(read_settings(), clock) as installation:
        yield installation


@dataclass(frozen=True, slots=True)
class Question:
    """A question being answered. `known` is of the day and moment asked about, `find` and `called` are of now."""

    installation: Installation
    how: Reading
    known: Knowing
    find: Resolver
    called: Called
    viewer: str | None

    def there(self, kind: str, one: str) -> Any:
        """Something as it was at the day and moment asked about; `BadInput` if it was not known then."""
        found = getattr(self.known, kind)(one)
        if found is None:
            want = f"it was not known at {self.how.known_at}; ask about a later moment"
            raise BadInput(kind, [Fault(kind, self.called.label(kind, one), want)])
        return found

    def day(self, programme: str | None = None) -> date:
        """The day asked about: as said, else today in a programme's time zone."""
        return self.how.as_of or today(self.installation, self.known, programme).on

    def names_in(self, sentence: str, seen: Callable[[str], bool]) -> str:
        """A sentence with names for ids; of people only those who may be named."""

        def name(found: re.Match[str]) -> str:
            one = found[0]
            hidden = self.find.known.person(one) is not None and not seen(one)
            return HIDDEN if hidden else self.called.named(one)

        return ID.sub(name, sentence)

    def may(self, question: str, scope: Scope = ANYWHERE) -> None:
        """Raise `Refused` unless the viewer may ask this about that; whether they may is a matter of today."""
        self.installation.engine.may_ask(self.find.known, question, self.viewer, scope)

    def allowed(self, question: str, scope: Scope) -> bool:
        """The same as an answer: for one row of many."""
        return allowed(question, self.installation.engine.standing(self.find.known, self.viewer, scope))

    def answer(self, data: Mapping[str, Any], show: Callable[[], None]) -> None:
        """The answer, as one document or as text."""
        if self.how.json:
            times = {"as_of": self.how.as_of, "known_at": self.how.known_at}
            document({"view": self.viewer or "operator", **{k: v for k, v in times.items() if v}, **data})
            return
        show()
        if self.viewer is None:
            say(f"({OPERATORS_VIEW})", err=True)


@contextmanager
def asking(how: Reading) -> Iterator[Question]:
    """Answer a question; the installation is open inside."""
    with ExitStack() as stack:
        installation = stack.enter_context(opened())
        now = stack.enter_context(installation.engine.knowing())
        called = Called(now, installation.vault)
        find = Resolver(now, called, installation.store.reading)
        known = now
        if how.as_of or how.known_at:
            known = stack.enter_context(installation.engine.knowing(as_of=how.as_of, known_at=how.known_at))
        viewer = find.person(how.viewer, "--as") if how.viewer else None
        yield Question(installation, how, known, find, called, viewer)


@dataclass(frozen=True, slots=True)
class Action:
    """A command being given."""

    installation: Installation
    how: Acting
    known: Knowing
    find: Resolver
    called: Called
    asked: Asked

    @property
    def who(self) -> str:
        """Who acts, and for whom."""
        behalf = self.asked.on_behalf_of
        return acting_for(self.called.person(self.asked.by), self.called.person(behalf) if behalf else None)

    def day(self, programme: str | None = None) -> date:
        """The day it happened: as said, else today in a programme's time zone."""
        return self.how.on or self.how.latest or today(self.installation, self.known, programme).on

    def do(self, command: Command) -> Done:
        """Hand it to the engine."""
        return self.installation.engine.handle(command, dry_run=self.how.dry_run)

    def also(self, number: int) -> Asked:
        """The same asking for one more command of this request; its id follows from the first one's."""
        return replace(self.asked, id=f"{self.asked.id}.{number}") if number else self.asked

    def do_all(self, commands: Sequence[Command]) -> Done:
        """Several commands as one request: tried first, so that a refusal of one stops them all."""
        if len(commands) > 1:
            refused: list[Refused] = []
            for command in commands:
                try:
                    self.installation.engine.handle(command, dry_run=True)
                except Refused as error:
                    refused.append(error)
            if refused:
                raise Refused("; ".join(r.what for r in refused), [u for r in refused for u in r.unmet])
        return self.together([self.do(command) for command in commands])

    def together(self, dones: Sequence[Done]) -> Done:
        """Several answers as one."""
        events = tuple(event for done in dones for event in done.events)
        cycles = {key: cycle for done in dones for key, cycle in done.cycles.items()}
        position = max((done.position for done in dones if done.position), default=None)
        return Done(events, cycles, position, all(done.repeated for done in dones))

    def registered(self, done: Done, kind: str, verb: str, more: Mapping[str, Any] | None = None) -> None:
        """Say that something exists now, and by which names it is known."""
        event = done.events[0].event
        name = getattr(event, "name", None) or ""
        handle = getattr(event, "handle", None)
        data = {"id": made(done), "handle": handle, "name": name or None, **(more or {})}
        called = f"{name} ({handle})" if handle else name
        self.done(done, data, f"{kind.capitalize()} {called} {verb}; its id is {made(done)}.")

    def done(self, done: Done, data: Mapping[str, Any], *lines: str) -> None:
        """Say what was done, as one document or as text."""
        if self.how.json:
            document({
                "dry_run": self.how.dry_run,
                "repeated": done.repeated,
                "changed": bool(done.events),
                "position": done.position,
                "recorded": [
                    {"position": e.position or None, "stream": e.stream, "version": e.version, "topic": e.event.topic}
                    for e in done.events
                ],
                **data,
            })  # fmt: skip
            return
        for line in (*lines, self._where(done)):
            say(line)

    def _where(self, done: Done) -> str:
        if not done.events:
            return "Nothing needed to change."
        if self.how.dry_run:
            return "Dry run: this is what would be recorded; nothing was."
        if done.repeated:
            return f"This command was given before; the first answer stands, at position {done.position}."
        first = done.events[0].position
        return (
            f"Recorded at position {first}."
            if first == done.position
            else f"Recorded at positions {first} to {done.position}."
        )


@contextmanager
def acting_on(how: Acting, *, setting_up: bool = False) -> Iterator[Action]:
    """Give a command; the installation is open inside. `setting_up`: nobody is registered yet who could act."""
    with opened() as installation, installation.engine.knowing() as known:
        called = Called(known, installation.vault)
        find = Resolver(known, called, installation.store.reading)
        operator = installation.operator(lambda typed: find.person(typed, "REVIEWFLOW_ACTOR"))
        if how.actor:
            by = find.person(how.actor, "--as")
        elif isinstance(operator, str):
            by = operator
        elif setting_up:
            by = "operator"
        else:
            raise click.UsageError("nobody is named who acts: give --as PERSON, or set REVIEWFLOW_ACTOR")
        behalf = find.person(how.behalf, "--for") if how.behalf else None
        asked = replace(_asked(installation, how, by, operator), on_behalf_of=behalf)
        action = Action(installation, how, known, find, called, asked)
        try:
            yield action
        except Refused as error:
            if how.json:
                raise
            raise _named(error, called) from error


def _named(error: Refused, called: Called) -> Refused:
    """The same refusal with names for ids; with `--json` the ids stay."""

    def name(text: str) -> str:
        return ID.sub(lambda found: called.named(found[0]), text)

    return Refused(name(error.what), [replace(one, sentence=name(one.sentence)) for one in error.unmet])


def _asked(installation: Installation, how: Acting, by: str, operator: str | Unsealed) -> Asked:
    day = how.on or how.latest
    happened = Happened(on=day, at=how.at, latest=True if how.latest else None) if day else None
    return Asked(
        id=how.command_id or secrets.token_hex(16), at=installation.clock.now(), by=by, entered_by=operator,
        happened=happened, reason=how.reason,
    )  # fmt: skip


def made(done: Done) -> str:
    """The id of what a command made: the stream of its first event."""
    return done.events[0].stream.partition("-")[2]


def today(installation: Installation, known: Knowing, programme: str | None = None) -> Happened:
    """This day and minute in a programme's time zone; UTC without one."""
    found = known.programme(programme) if programme else None
    return local_day(installation.clock.now(), found.time_zone if found else "UTC")
