"""Many commands in one transaction: each is decided on what those before it made, and answered for itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from reviewflow.engine.answers import Answer, Done, Made, check_same, done_with, first_answer, would_be
from reviewflow.engine.making import make
from reviewflow.errors import BadInput, Refused, Unmet
from reviewflow.events import Command
from reviewflow.knowing import Knowing
from reviewflow.ports import Clock, NewKeys, Record, Staged, Vault
from reviewflow.registry.events import PersonForgotten

SINGLY = "forgetting destroys a key once it is recorded; give this command by itself, not among others"


class Batch(NamedTuple):
    """What many commands made, each told for itself; a number stands for the answer at that place."""

    told: list[Answer | Made | int]
    staged: list[Staged]
    commands: dict[str, int]
    unkept: NewKeys

    @property
    def answers(self) -> bool:
        """Whether somebody is told that something is so."""
        return any(not isinstance(told, Refused | BadInput) for told in self.told)


class Deciding(NamedTuple):
    """What the commands of a batch are decided with."""

    known: Knowing
    vault: Vault
    clock: Clock
    today: date
    seal: bool
    ours: bool
    """Whether ids that are in the log may be from an earlier try of this very batch, of which no answer came."""

    def all(self, commands: Sequence[Command]) -> Batch:
        """Every command, in their order."""
        from reviewflow.deciders import likely_handles, likely_reads

        known = self.known
        stored = known.snapshot.commands(list(dict.fromkeys(command.asked.id for command in commands)))
        new = [command for command in commands if command.asked.id not in stored]
        known.preload(dict.fromkeys(key for command in new for key in likely_reads(command)))
        known.preload(list(likely_handles(new, known)))
        batch, first = Batch([], [], {}, {}), dict[str, int]()
        for number, command in enumerate(commands):
            command_id = command.asked.id
            told: Answer | Made | int
            try:
                if command_id in stored:
                    told = first_answer(command, known, stored[command_id], repeated=not self.ours)
                elif command_id in batch.commands:
                    told = first[command_id]
                    made = batch.told[told]
                    assert isinstance(made, Made)
                    check_same(command, made.placed[0].event)
                else:
                    told = self._one(command, batch)
                    if told.staged:
                        first[command_id] = number
            except (Refused, BadInput) as error:
                told = error
            batch.told.append(told)
        return batch

    def _one(self, command: Command, batch: Batch) -> Made:
        """One of many: what it makes is known to those after it."""
        from reviewflow.deciders import decide

        known = self.known
        decided = decide(command, known, self.today)
        if PersonForgotten in [type(event) for _, event in decided]:
            raise Refused(command.name, [Unmet("only-singly", SINGLY)])
        made = make(command, decided, known, self.vault, self.clock, seal=self.seal, unkept=batch.unkept)
        known.take(made.staged, made.placed, [event for _, event in decided])
        if made.staged:
            batch.staged.extend(made.staged)
            batch.commands[command.asked.id] = len(made.staged)
        return made


def answers_of(batch: Batch, records: Sequence[Record] | None, reads: Mapping[str, int]) -> list[Answer]:
    """What each command is told, now that the records are stored; None: they are not to be."""
    answers: list[Answer] = []
    place = 0
    for told in batch.told:
        if isinstance(told, int):
            first = answers[told]
            assert isinstance(first, Done)
            answers.append(first._replace(repeated=True))
        elif not isinstance(told, Made):
            answers.append(told)
        elif records is None or not told.staged:
            answers.append(would_be(told))
        else:
            after = place + len(told.staged)
            answers.append(done_with(told.staged, records[place:after], reads))
            place = after
    return answers


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: a batch makes tens of thousands of objects and hardly a cycle among them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
