"""The engine: read, fold, decide, seal, append; again if something moved. Knows ports, no adapter."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from reviewflow.cycle import fold as cycles
from reviewflow.cycle.setting import Setting, setting_at
from reviewflow.cycle.state import Cycle
from reviewflow.errors import BadInput, Fault, Refused, StreamMoved, Unmet
from reviewflow.events import Command, Event, Happened, Recorded, encode
from reviewflow.knowing import Directory, Folds, Knowing, recorded
from reviewflow.ports import Append, Clock, CommandRepeated, EventStore, Files, NewKeys, Record, Staged, Vault
from reviewflow.registry import permissions
from reviewflow.registry.events import PersonForgotten
from reviewflow.registry.scopes import ANYWHERE, Scope, roles_for

if TYPE_CHECKING:
    # Loaded when first needed: a question does not wait for the code that decides and judges.
    from reviewflow.cycle.commands import AddEvidence
    from reviewflow.cycle.options import Option

TRIES = 4
"""The first, and three more if what was read has moved."""

SINGLY = "forgetting destroys a key once it is recorded; give this command by itself, not among others"


class Done(NamedTuple):
    """The answer to a command: its events with their places, and the cycles they belong to, right after them.

    `position` is the last one written, None for a dry run or when nothing needed to change.
    """

    events: tuple[Recorded, ...]
    cycles: Mapping[str, Cycle]
    position: int | None
    repeated: bool = False


Answer = Done | Refused | BadInput
"""What one of many commands is told."""


class _Settled(Mapping[str, Cycle]):
    """The cycles of an answer, with the place in the log that their events were given; worked out when asked for."""

    def __init__(self, after: Mapping[str, tuple[Cycle, Record]], reads: Mapping[str, int]) -> None:
        """Each by its stream, with the last record of it; `reads`: the versions stored before."""
        self._after, self._reads = after, reads

    def __getitem__(self, cycle_id: str) -> Cycle:
        stream = f"cycle-{cycle_id}"
        cycle, record = self._after[stream]
        return cycles.settle(cycle, self._reads[stream], record.position, record.recorded_at)

    def __iter__(self) -> Iterator[str]:
        return (stream.removeprefix("cycle-") for stream in self._after)

    def __len__(self) -> int:
        return len(self._after)


class _Made(NamedTuple):
    """What a command made: the same events ready for the store, and as a fold takes them; the cycles after them."""

    command: Command
    staged: list[Staged]
    placed: list[Recorded]
    after: dict[str, Cycle]


class _Batch(NamedTuple):
    """What many commands made, each told for itself; a number stands for the answer at that place."""

    told: list[Answer | _Made | int]
    staged: list[Staged]
    commands: dict[str, int]
    unkept: NewKeys


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
                decided = self._decide(command, known, self._today())
                self.folds.remember(command.cause, known.reads)
                made = self._make(command, decided, known, seal=not dry_run)
            if dry_run or not made.staged:
                return _would_be(made)
            try:
                records = self.store.append(Append(made.staged, command.asked.id, known.reads))
            except CommandRepeated:
                continue
            except StreamMoved:
                if attempt == TRIES:
                    raise
                continue
            done = _done(made.staged, records, known.reads)
            for one in done.events:
                if isinstance(one.event, PersonForgotten):
                    self.vault.forget(one.stream)
            return done._replace(cycles={cycle.id: self._keep(cycle) for cycle in done.cycles.values()})
        raise StreamMoved

    def handle_all(self, commands: Sequence[Command], *, dry_run: bool = False) -> list[Answer]:
        """Do many commands in one transaction: each decided on what those before it made, and answered for itself.

        A refused one changes nothing and the others go on. One whose id is in the log, or came earlier among these,
        gets the first answer. Raises `StreamMoved` if what was read moves at each try; then nothing was written.
        """
        with _uncollected():
            return self._handle_all(commands, dry_run=dry_run)

    def _handle_all(self, commands: Sequence[Command], *, dry_run: bool) -> list[Answer]:
        for attempt in range(1, TRIES + 1):
            with self.knowing() as known:
                batch = self._decide_all(commands, known, seal=not dry_run)
            if dry_run or not batch.staged:
                return self._answers(batch, None, known.reads)
            try:
                if self.vault.keep(batch.unkept):
                    records = self.store.append(Append(batch.staged, None, known.reads, batch.commands))
                    return self._answers(batch, records, known.reads)
            except CommandRepeated:
                continue
            except StreamMoved:
                if attempt == TRIES:
                    raise
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
        for stream in left:
            self.vault.forget(stream)
        return len(left)

    def _today(self) -> date:
        return self.clock.now().date()

    def _email_key(self, email: str) -> str:
        return self.vault.lookup("email", email)

    def _decide(self, command: Command, known: Knowing, today: date) -> list[tuple[str, Event]]:
        from reviewflow.deciders import decide

        return decide(command, known, today)

    def _make(
        self, command: Command, decided: list[tuple[str, Event]], known: Knowing, *,
        seal: bool, unkept: NewKeys | None = None,
    ) -> _Made:  # fmt: skip
        """Seal what was decided and give it its place; all of it, or it raises and nothing is made."""
        if len(decided) > 1:
            known.preload([stream for stream, _ in decided])
        versions: dict[str, int] = {}
        made, moment = _Made(command, [], [], {}), self.clock.now()
        for stream, event in decided:
            version = versions[stream] = (versions[stream] if stream in versions else known.head(stream)) + 1
            sealed = self.vault.seal(event, stream, version, unkept) if seal else event
            place = Recorded(0, moment, stream, version, sealed)
            state = None
            if stream.startswith("cycle-"):
                cycle_id = stream.removeprefix("cycle-")
                before = made.after.get(cycle_id) or known.cycle(cycle_id)
                state = made.after[cycle_id] = known.evolve(before, place, made.placed)
            body = encode(sealed) if seal else b""
            made.staged.append(Staged(stream, version, event.topic, body, sealed, event.touches(), state))
            made.placed.append(place)
        return made

    def _decide_all(self, commands: Sequence[Command], known: Knowing, *, seal: bool) -> _Batch:
        from reviewflow.deciders import likely_handles, likely_reads

        stored = known.snapshot.commands(list(dict.fromkeys(command.asked.id for command in commands)))
        new = [command for command in commands if command.asked.id not in stored]
        known.preload(dict.fromkeys(key for command in new for key in likely_reads(command)))
        known.preload(list(likely_handles(new, known)))
        batch, first, today = _Batch([], [], {}, {}), dict[str, int](), self._today()
        for number, command in enumerate(commands):
            command_id = command.asked.id
            told: Answer | _Made | int
            try:
                if command_id in stored:
                    told = self._answer(command, known, stored[command_id])
                elif command_id in batch.commands:
                    told = first[command_id]
                    made = batch.told[told]
                    assert isinstance(made, _Made)
                    _check_same(command, made.placed[0].event)
                else:
                    told = self._decide_one(command, known, batch, today, seal=seal)
                    if told.staged:
                        first[command_id] = number
            except (Refused, BadInput) as error:
                told = error
            batch.told.append(told)
        return batch

    def _decide_one(self, command: Command, known: Knowing, batch: _Batch, today: date, *, seal: bool) -> _Made:
        """One of many: what it makes is known to those after it."""
        decided = self._decide(command, known, today)
        if PersonForgotten in [type(event) for _, event in decided]:
            raise Refused(command.name, [Unmet("only-singly", SINGLY)])
        made = self._make(command, decided, known, seal=seal, unkept=batch.unkept)
        known.take(made.staged, made.placed, [event for _, event in decided])
        if made.staged:
            batch.staged.extend(made.staged)
            batch.commands[command.asked.id] = len(made.staged)
        return made

    def _answers(self, batch: _Batch, records: list[Record] | None, reads: Mapping[str, int]) -> list[Answer]:
        """What each command is told, now that the records are stored; None: they are not to be."""
        answers: list[Answer] = []
        place = 0
        for told in batch.told:
            if isinstance(told, int):
                first = answers[told]
                assert isinstance(first, Done)
                answers.append(first._replace(repeated=True))
            elif not isinstance(told, _Made):
                answers.append(told)
            elif records is None or not told.staged:
                answers.append(_would_be(told))
            else:
                after = place + len(told.staged)
                answers.append(_done(told.staged, records[place:after], reads))
                place = after
        if records is not None:
            for cycle in _settled(batch.staged, records, reads).values():
                self._keep(cycle)
        return answers

    def _keep(self, cycle: Cycle) -> Cycle:
        """Keep the fold of a cycle, so that the next command need not read it again."""
        self.folds.put(cycle.stream, cycle.version, cycle)
        return cycle

    def _answer(self, command: Command, known: Knowing, first: list[Record]) -> Done:
        """The answer to a command id that was used before: the first answer, if it is the same command."""
        placed = tuple(recorded(record) for record in first)
        _check_same(command, placed[0].event)
        found = {}
        for stream in dict.fromkeys(p.stream for p in placed if p.stream.startswith("cycle-")):
            last = max(p.version for p in placed if p.stream == stream)
            folded = cycles.fold(r for r in known.stored(stream) if r.version <= last)
            if folded is not None:
                found[stream.removeprefix("cycle-")] = folded
        return Done(placed, found, placed[-1].position, repeated=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: a batch makes tens of thousands of objects and hardly a cycle among them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _done(staged: list[Staged], records: list[Record], reads: Mapping[str, int]) -> Done:
    """The answer that stored events make; `reads`: the versions that their streams had before."""
    both = zip(staged, records, strict=True)
    placed = tuple([Recorded(r.position, r.recorded_at, r.stream, r.version, s.event) for s, r in both])
    return Done(placed, _settled(staged, records, reads), placed[-1].position)


def _settled(staged: list[Staged], records: list[Record], reads: Mapping[str, int]) -> _Settled:
    both = zip(staged, records, strict=True)
    return _Settled({s.stream: (s.after, r) for s, r in both if s.after is not None}, reads)


def _would_be(made: _Made) -> Done:
    """The answer of a dry run, or to a command that needed to change nothing."""
    at = made.command.asked.at
    return Done(tuple(one._replace(recorded_at=at) for one in made.placed), made.after, None)


def _check_same(command: Command, first: Event) -> None:
    """Refuse a command whose id was used before by somebody else or for something else; `first` is what that made."""
    from reviewflow.deciders import made_by_itself

    if first.by != command.asked.by and not made_by_itself(command):
        raise Refused(command.name, [Unmet("command-id-taken", "this command id was used by somebody else")])
    if first.cause != command.cause:
        sentence = f"this command id was used for another command: {first.cause}; this one is: {command.cause}"
        raise Refused(command.name, [Unmet("command-id-taken", sentence)])
