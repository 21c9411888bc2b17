"""Taking cycles over: each as a command of its own, several in one transaction, each answered for itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from reviewflow.cycle.taking_over import TakeOver, Told
from reviewflow.engine import Engine
from reviewflow.errors import BadInput, Refused, Unmet
from reviewflow.events import Asked, identify
from reviewflow.history.export_document import document_of
from reviewflow.history.native_case import NativeCase
from reviewflow.history.native_document import event_of, same_event
from reviewflow.history.native_places import Here, Located, Locating
from reviewflow.knowing import Knowing


class Outcome(NamedTuple):
    """What became of one cycle."""

    cycle: str
    handle: str
    place: str
    outcome: Literal["taken-over", "unchanged", "refused"]
    events: int
    people: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    reasons: tuple[Unmet, ...] = ()


class Taking:
    """Takes cycles over for whoever asked."""

    def __init__(self, engine: Engine, asked: Asked, here: Here, *, dry_run: bool) -> None:
        """The id of each command is made from that of `asked` and from the cycle's own."""
        self.engine, self.asked, self.here, self.dry_run = engine, asked, here, dry_run

    def done(self, batch: Sequence[NativeCase]) -> Iterator[Outcome]:
        """What became of each cycle, in their order; no two of them are the same."""
        with self.engine.knowing() as known:
            prepared = [self._prepared(case, known) for case in batch]
        commands = [one for one in prepared if isinstance(one, TakeOver)]
        answers = iter(self.engine.handle_all(commands, dry_run=self.dry_run) if commands else ())
        for case, one in zip(batch, prepared, strict=True):
            if isinstance(one, Outcome):
                yield one
                continue
            answer = next(answers)
            if isinstance(answer, Refused):
                yield _refused(case, answer.unmet)
            elif isinstance(answer, BadInput):
                yield _refused(case, (Unmet("bad-value", f"{case.place}: {fault}") for fault in answer.faults))
            else:
                made = {record.stream for record in answer.events}
                yield _outcome(case, "taken-over")._replace(
                    people=frozenset(id_ for id_ in one.people if f"person-{id_}" in made),
                    organisations=frozenset(o.id for o in one.organisations if f"organisation-{o.id}" in made),
                )

    def _prepared(self, case: NativeCase, known: Knowing) -> TakeOver | Outcome:
        """The command for a cycle that is not here yet, or what became of it already."""
        if case.faults:
            return _refused(case, (Unmet("bad-row", str(fault)) for fault in case.faults))
        locating = Locating(case, known, self.here)
        located = locating.located()
        if located is None:
            return _refused(case, locating.unmet)
        if known.cycle(case.cycle) is not None:
            differing = self._differing(case, located, known)
            return _refused(case, [differing]) if differing else _outcome(case, "unchanged")
        return self._command(case, located)

    def _differing(self, case: NativeCase, located: Located, known: Knowing) -> Unmet | None:
        """The first event that a cycle which is here already has otherwise."""
        records = known.cycle_records(case.cycle)
        for version, (line, there) in enumerate(zip(case.lines, located.documents, strict=True), start=1):
            if version > len(records):
                sentence = f"this cycle is here with {len(records)} events; event {version} of the file is another"
            elif not same_event(there, document_of(records[version - 1], self.engine.vault.open)):
                sentence = f"this cycle is here already, and its event {version} is another"
            else:
                continue
            return Unmet("exists-otherwise", f"{line.place}: {sentence}")
        return None

    def _command(self, case: NativeCase, located: Located) -> TakeOver | Outcome:
        told: list[Told] = []
        faults: list[Unmet] = []
        for line, document in zip(case.lines, located.documents, strict=True):
            event, wrong = event_of(document, located.definition, case.step(document))
            faults += [Unmet("bad-event", f"{line.place}: {fault}") for fault in wrong]
            if event is not None:
                told.append(Told(line.place, event))
        if faults:
            return _refused(case, faults)
        return TakeOver(
            asked=dataclasses.replace(self.asked, id=f"{self.asked.id}.{identify(case.cycle)}"), cycle=case.cycle,
            events=tuple(told), people=located.people, organisations=located.organisations,
        )  # fmt: skip


def _refused(case: NativeCase, unmet: Iterable[Unmet]) -> Outcome:
    return _outcome(case, "refused")._replace(reasons=tuple(unmet))


def _outcome(case: NativeCase, outcome: Literal["taken-over", "unchanged", "refused"]) -> Outcome:
    return Outcome(case.cycle, case.handle, case.place, outcome, len(case.lines))
