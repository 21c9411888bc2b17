"""The engine: read, fold, decide, seal, append; again if something moved. Knows ports, no adapter."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from reviewflow.cycle import fold as cycles
from reviewflow.cycle.setting import Setting, setting_at
from reviewflow.cycle.state import Cycle
from reviewflow.errors import BadInput, Fault, Refused, StreamMoved, Unmet
from reviewflow.events import Command, Event, Happened, Recorded, encode
from reviewflow.knowing import Directory, Folds, Knowing, recorded
from reviewflow.ports import Append, Clock, CommandRepeated, EventStore, Files, Record, Staged, Vault
from reviewflow.registry import permissions
from reviewflow.registry.events import PersonForgotten
from reviewflow.registry.scopes import ANYWHERE, Scope, roles_for

if TYPE_CHECKING:
    # Loaded when first needed: a question does not wait for the code that decides and judges.
    from reviewflow.cycle.commands import AddEvidence
    from reviewflow.cycle.options import Option

TRIES = 4
"""The first, and three more if what was read has moved."""


class Done(NamedTuple):
    """The answer to a command: its events with their places, and the cycles they belong to, right after them.

    `position` is the last one written, None for a dry run or when nothing needed to change.
    """

    events: tuple[Recorded, ...]
    cycles: dict[str, Cycle]
    position: int | None
    repeated: bool = False


class Engine:
    """Handles commands and tells options, over a store, a vault and a clock."""

    def __init__(
        self, store: EventStore, vault: Vault, clock: Clock, files: Files, directory: Directory, folds: Folds
    ) -> None:
        """Everything it needs is a port; `folds` is shared with the synchronous views."""
        self.store, self.vault, self.clock, self.files = store, vault, clock, files
        self.directory, self.folds = directory, folds

    @contextmanager
    def knowing(self, *, as_of: date | None = None, known_at: datetime | None = None) -> Iterator[Knowing]:
        """What is known, in one snapshot; of another day or moment if asked."""
        with self.store.snapshot() as snapshot:
            yield Knowing(snapshot, self.folds, self._email_key, self.directory, as_of=as_of, known_at=known_at)

    def handle(self, command: Command, *, dry_run: bool = False) -> Done:
        """Do what a command asks, or raise `Refused`, `BadInput`, `StreamMoved`; all of it or nothing."""
        for attempt in range(1, TRIES + 1):
            with self.knowing() as known:
                first = known.snapshot.command(command.asked.id)
                if first:
                    return self._answer(command, known, first)
                known.preload(self.folds.asked_before(command.cause))
                decided = self._decide(command, known)
                self.folds.remember(command.cause, known.reads)
                staged, after = self._stage(decided, known, seal=not dry_run)
            if dry_run or not staged:
                events = tuple(
                    Recorded(0, command.asked.at, s.stream, s.version, event)
                    for s, (_, event) in zip(staged, decided, strict=True)
                )
                return Done(events, after, None)
            try:
                records = self.store.append(Append(staged, command.asked.id, known.reads))
            except CommandRepeated:
                continue
            except StreamMoved:
                if attempt == TRIES:
                    raise
                continue
            return self._done(staged, records)
        raise StreamMoved

    def add_evidence(self, command: AddEvidence, data: bytes, *, dry_run: bool = False) -> Done:
        """Add evidence with a file: judged first, then the bytes are sealed and stored, then the event."""
        with self.knowing() as known:
            repeated = known.snapshot.command(command.asked.id)
        if not repeated:
            trial = self.handle(dataclasses.replace(command, file_digest="0" * 64, file_size=len(data)), dry_run=True)
            if dry_run:
                return trial
            digest = self.files.put(self.vault.seal_file(data, f"cycle-{command.cycle}"))
            command = dataclasses.replace(command, file_digest=digest, file_size=len(data))
        return self.handle(command)

    def options(self, cycle_id: str, actor: str | None, on: date | None = None) -> tuple[Setting, list[Option]]:
        """Every step of a cycle for a person (None: whoever may) on a day, with every requirement judged."""
        with self.knowing() as known:
            from reviewflow.cycle.options import options

            setting = self.setting(known, cycle_id, on)
            return setting, options(setting, actor)

    def setting(self, known: Knowing, cycle_id: str, on: date | None = None) -> Setting:
        """Where a cycle stands: today, or on a day."""
        cycle = known.cycle(cycle_id)
        if cycle is None:
            raise BadInput("cycle", [Fault("cycle", repr(cycle_id), "no such cycle; see: cycle list")])
        return setting_at(cycle, known, self.clock.now(), Happened(on=on) if on else None)

    def may_ask(self, known: Knowing, question: str, viewer: str | None, scope: Scope = ANYWHERE) -> None:
        """Raise `Refused` unless the permission table lets this person ask; None is the operator."""
        permissions.check(question, self.standing(known, viewer, scope))

    def standing(self, known: Knowing, viewer: str | None, scope: Scope = ANYWHERE) -> set[str]:
        """The standing roles that matter for what a question is about, today; None is the operator."""
        if viewer is None:
            return {permissions.OPERATOR}
        return roles_for(known.person(viewer), scope, known, self._today())

    def finish_forgetting(self) -> int:
        """Destroy the keys of people whose forgetting was recorded but cut short; how many there were."""
        with self.knowing() as known:
            left = [s for s in known.touching("forgotten") if not self.vault.forgotten(s)]
        for stream in left:
            self.vault.forget(stream)
        return len(left)

    def _today(self) -> date:
        return self.clock.now().date()

    def _email_key(self, email: str) -> str:
        return self.vault.lookup("email", email)

    def _decide(self, command: Command, known: Knowing) -> list[tuple[str, Event]]:
        from reviewflow.deciders import decide

        return decide(command, known, self._today())

    def _stage(
        self, decided: list[tuple[str, Event]], known: Knowing, *, seal: bool
    ) -> tuple[list[Staged], dict[str, Cycle]]:
        known.preload({stream for stream, _ in decided})
        versions = {stream: known.head(stream) for stream, _ in decided}
        after: dict[str, Cycle] = {}
        staged = []
        for stream, event in decided:
            version = versions[stream] = versions[stream] + 1
            sealed = self.vault.seal(event, stream, version) if seal else event
            state = None
            if stream.startswith("cycle-"):
                cycle_id = stream.removeprefix("cycle-")
                before = after.get(cycle_id) or known.cycle(cycle_id)
                place = Recorded(0, self.clock.now(), stream, version, sealed)
                state = after[cycle_id] = cycles.evolve(before, place)
            body = encode(sealed) if seal else b""
            staged.append(Staged(stream, version, event.topic, body, sealed, event.touches(), state))
        return staged, after

    def _done(self, staged: list[Staged], records: list[Record]) -> Done:
        placed = tuple(
            Recorded(r.position, r.recorded_at, r.stream, r.version, s.event)
            for r, s in zip(records, staged, strict=True)
        )
        for one in placed:
            self._keep(one)
            if isinstance(one.event, PersonForgotten):
                self.vault.forget(one.stream)
        return Done(placed, self._cycles_of(placed), placed[-1].position)

    def _keep(self, one: Recorded) -> None:
        """Bring the kept fold of a cycle forward, so that the next command need not read it again."""
        if not one.stream.startswith("cycle-"):
            return
        version, folded = self.folds.get(one.stream)
        if version == one.version - 1:
            self.folds.put(one.stream, one.version, cycles.evolve(folded, one))

    def _cycles_of(self, placed: tuple[Recorded, ...]) -> dict[str, Cycle]:
        found = {}
        for stream in dict.fromkeys(one.stream for one in placed if one.stream.startswith("cycle-")):
            version, folded = self.folds.get(stream)
            if folded is not None and version:
                found[stream.removeprefix("cycle-")] = folded
        return found

    def _answer(self, command: Command, known: Knowing, first: list[Record]) -> Done:
        """The answer to a command id that was used before: the first answer, if it is the same command."""
        placed = tuple(recorded(record) for record in first)
        one = placed[0].event
        from reviewflow.deciders import made_by_itself

        if one.by != command.asked.by and not made_by_itself(command):
            raise Refused(command.name, [Unmet("command-id-taken", "this command id was used by somebody else")])
        if one.cause != command.cause:
            sentence = f"this command id was used for another command: {one.cause}; this one is: {command.cause}"
            raise Refused(command.name, [Unmet("command-id-taken", sentence)])
        found = {}
        for stream in dict.fromkeys(p.stream for p in placed if p.stream.startswith("cycle-")):
            last = max(p.version for p in placed if p.stream == stream)
            folded = cycles.fold(r for r in known.records(stream) if r.version <= last)
            if folded is not None:
                found[stream.removeprefix("cycle-")] = folded
        return Done(placed, found, placed[-1].position, repeated=True)
