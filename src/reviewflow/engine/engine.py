"""Handling a command: read, fold, decide, seal, append; again if something moved. And what could be done."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from reviewflow.cycle.setting import Setting, setting_at
from reviewflow.engine.again import PATIENCE, Again, Rest
from reviewflow.engine.answers import Answer, Done, done_with, first_answer, settled_cycles, would_be
from reviewflow.engine.batches import Deciding, answers_of, uncollected
from reviewflow.engine.making import make
from reviewflow.errors import BadInput, Fault, StoreUnreachable, StreamMoved
from reviewflow.events import Command, Happened
from reviewflow.knowing import Directory, Folds, Knowing
from reviewflow.ports import Append, Clock, CommandRepeated, EventStore, Files, Record, Vault
from reviewflow.registry import permissions
from reviewflow.registry.events import PersonForgotten
from reviewflow.registry.scopes import ANYWHERE, Scope, roles_for

if TYPE_CHECKING:
    # Loaded when first needed: a question does not wait for the code that decides and judges.
    from reviewflow.cycle.commands import AddEvidence
    from reviewflow.cycle.options import Option

_AGAIN = (CommandRepeated, StreamMoved, StoreUnreachable)
"""What may pass if a command is tried again."""


class Engine:
    """Handles commands and tells options, over a store, a vault and a clock."""

    def __init__(
        self, store: EventStore, vault: Vault, clock: Clock, files: Files, directory: Directory, folds: Folds, *,
        rest: Rest = time.sleep, patience: float = PATIENCE,
    ) -> None:  # fmt: skip
        """Everything it needs is a port; `folds` is shared with the synchronous views.

        `patience`: seconds to wait for a store that was lost in the middle of a command; `rest` waits.
        """
        self.store, self.vault, self.clock, self.files = store, vault, clock, files
        self.directory, self.folds = directory, folds
        self._rest, self._patience = rest, patience

    @contextmanager
    def knowing(
        self, *, as_of: date | None = None, known_at: datetime | None = None, about: Command | None = None
    ) -> Iterator[Knowing]:
        """What is known, in one snapshot; of another day or moment if asked; to decide on a command."""
        likely = (about.asked.id, self.folds.asked_before(about.cause)) if about else ()
        with self.store.snapshot(*likely) as snapshot:
            yield Knowing(snapshot, self.folds, self._email_key, self.directory, as_of=as_of, known_at=known_at)

    def handle(self, command: Command, *, dry_run: bool = False) -> Done:
        """Do what a command asks, or raise `Refused`, `BadInput`, `StreamMoved`; all of it or nothing.

        A store that is lost meanwhile is waited for; `ConnectionLost` if it does not come back in time.
        """
        again = Again(self._rest, self._patience)
        while True:
            made = None
            try:
                with self.knowing(about=command) as known:
                    first = known.snapshot.command(command.asked.id)
                    if first:
                        done = first_answer(command, known, first, repeated=not again.sent)
                        known.snapshot.settle()
                        break
                    from reviewflow.deciders import decide

                    known.preload(self.folds.asked_before(command.cause))
                    decided = decide(command, known, self._today())
                    self.folds.remember(command.cause, known.reads)
                    made = make(command, decided, known, self.vault, self.clock, seal=not dry_run)
                    if not (dry_run or made.staged):
                        known.snapshot.settle()  # it is said to be so already
                if dry_run or not made.staged:
                    return would_be(made)
                records = self.store.append(Append(made.staged, command.asked.id, known.reads, life=known.life))
            except _AGAIN as error:
                again.after(error, appending=made is not None and bool(made.staged))
                continue
            done = done_with(made.staged, records, known.reads)
            done = done._replace(cycles={cycle.id: known.keep(cycle) for cycle in done.cycles.values()})
            break
        for one in done.events:
            if isinstance(one.event, PersonForgotten):
                self.vault.forget(one.stream)
        return done

    def handle_all(self, commands: Sequence[Command], *, dry_run: bool = False) -> list[Answer]:
        """Do many commands in one transaction: each decided on what those before it made, and answered for itself.

        A refused one changes nothing and the others go on. One whose id is in the log, or came earlier among these,
        gets the first answer. Raises `StreamMoved` if what was read moves at each try; then nothing was written.
        """
        with uncollected():
            again = Again(self._rest, self._patience)
            while True:
                batch, records = None, list[Record]()
                try:
                    with self.knowing() as known:
                        seal = not dry_run
                        deciding = Deciding(known, self.vault, self.clock, self._today(), seal, again.sent)
                        batch = deciding.all(commands)
                        if not (dry_run or batch.staged) and batch.answers:
                            known.snapshot.settle()
                    if dry_run or not batch.staged:
                        return answers_of(batch, None, known.reads)
                    if not self.vault.keep(batch.unkept):
                        raise StreamMoved
                    records = self.store.append(
                        Append(batch.staged, None, known.reads, batch.commands, life=known.life)
                    )
                except _AGAIN as error:
                    again.after(error, appending=batch is not None and bool(batch.staged))
                    continue
                for cycle in settled_cycles(batch.staged, records, known.reads).values():
                    known.keep(cycle)
                return answers_of(batch, records, known.reads)

    def add_evidence(self, command: AddEvidence, data: bytes, *, dry_run: bool = False) -> Done:
        """Add evidence with a file: judged first, then the bytes are sealed and stored, then the event."""
        if not self._was_given(command):
            trial = self.handle(dataclasses.replace(command, file_digest="0" * 64, file_size=len(data)), dry_run=True)
            if dry_run:
                return trial
            digest = self.files.put(self.vault.seal_file(data, f"cycle-{command.cycle}"))
            command = dataclasses.replace(command, file_digest=digest, file_size=len(data))
        return self.handle(command)

    def options(
        self, cycle_id: str, actor: str | None, on: date | None = None, behalf: str | None = None
    ) -> tuple[Setting, list[Option]]:
        """Every step of a cycle for a person (None: whoever may) on a day, with every requirement judged.

        `behalf`: the absent person in whose role they would act.
        """
        with self.knowing() as known:
            from reviewflow.cycle.options import options

            setting = self.setting(known, cycle_id, on)
            return setting, options(setting, actor, behalf)

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
            if left:
                known.snapshot.settle()  # a key does not come back
        for stream in left:
            self.vault.forget(stream)
        return len(left)

    def _was_given(self, command: Command) -> bool:
        """Whether the command's id is in the log."""
        again = Again(self._rest, self._patience)
        while True:
            try:
                with self.knowing() as known:
                    return bool(known.snapshot.command(command.asked.id))
            except StoreUnreachable as error:
                again.after(error, appending=False)

    def _today(self) -> date:
        return self.clock.now().date()

    def _email_key(self, email: str) -> str:
        return self.vault.lookup("email", email)
