"""One request against an installation: who asks or acts, what is known, and how the answer goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final

import click

from reviewflow.asking.acting import asked_by, done_data, made
from reviewflow.asking.in_names import refused_in_names
from reviewflow.asking.naming import Resolver
from reviewflow.asking.question import Question, resolver, today
from reviewflow.asking.question import asking as question_of
from reviewflow.audit.line import acting_for
from reviewflow.calling import Called
from reviewflow.cli.options import Acting, Reading
from reviewflow.cli.printing import document, say
from reviewflow.cli.settings import read_settings
from reviewflow.engine import Done
from reviewflow.errors import Refused
from reviewflow.events import Asked, Command, Happened
from reviewflow.knowing import Knowing
from reviewflow.ports import Clock
from reviewflow.wiring import Installation, open_installation

OPERATORS_VIEW: Final = "the operator's own view: nothing is hidden; --as PERSON shows what that person may see"


@contextmanager
def opened() -> Iterator[Installation]:
    """The installation that the environment names; a clock other than the machine's is the context's object."""
    context = click.get_current_context(silent=True)
    clock: Clock | None = context.find_root().obj if context else None
    with open_installation(read_settings(), clock) as installation:
        yield installation


Answer = Callable[[Mapping[str, Any], Callable[[], None]], None]
"""Sends an answer out: as one document of the data, or by calling what shows it as text."""


@contextmanager
def asking(how: Reading) -> Iterator[tuple[Question, Answer]]:
    """Answer a question; the installation is open inside."""
    with (
        opened() as installation,
        question_of(installation, None, as_of=how.as_of, known_at=how.known_at, command_line=True) as question,
    ):
        viewer = question.find.person(how.viewer, "--as") if how.viewer else None
        asked = replace(question, viewer=viewer)
        yield asked, partial(_answer, how, asked)


def _answer(how: Reading, question: Question, data: Mapping[str, Any], show: Callable[[], None]) -> None:
    if how.json:
        times = {"as_of": how.as_of, "known_at": how.known_at}
        document({"view": question.viewer or "operator", **{k: v for k, v in times.items() if v}, **data})
        return
    show()
    if question.viewer is None:
        say(f"({OPERATORS_VIEW})", err=True)


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
    def question(self) -> Question:
        """What is asked before something is done, as the operator sees it."""
        return Question(self.installation, self.known, self.known, self.find, self.called, None)

    @property
    def given_before(self) -> bool:
        """Whether a command of this id is in the log: then the first answer stands."""
        return bool(self.known.snapshot.command(self.asked.id))

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
            document({**done_data(done, dry_run=self.how.dry_run), **data})
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
        find = resolver(installation, known, called, None, command_line=True)
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
        asked = asked_by(
            installation, by, door="cli", command_id=how.command_id, happened=_happened(how), reason=how.reason,
            on_behalf_of=behalf, entered_by=operator,
        )  # fmt: skip
        action = Action(installation, how, known, find, called, asked)
        try:
            yield action
        except Refused as error:
            if how.json:
                raise
            raise refused_in_names(error, called) from error


def _happened(how: Acting) -> Happened | None:
    day = how.on or how.latest
    return Happened(on=day, at=how.at, latest=True if how.latest else None) if day else None
