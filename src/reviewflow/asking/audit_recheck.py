"""Judging decisions again, cycle by cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, Final, NamedTuple

from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.many_cycles import afresh, each_page
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.audit.findings import FoundLine, found_line
from reviewflow.cycle.hindsight import Shelf
from reviewflow.cycle.rechecking import Finding, recheck
from reviewflow.events import Recorded, Text
from reviewflow.ports import Forgotten
from reviewflow.workflow.definition import Definition

_ASK: Final = "audit recheck"


class Chosen(NamedTuple):
    """Which cycles: the one named, else those that fit; and from which day on."""

    named: str | None
    filters: Mapping[str, str | None]
    since: date | None


class Rechecked(NamedTuple):
    """What came of it. `hidden`: findings that may not be told to the viewer."""

    cycles: int
    decisions: int
    hidden: int
    found: list[FoundLine]

    def data(self) -> dict[str, Any]:
        """All of it as data."""
        totals = {"cycles": self.cycles, "decisions": self.decisions, "hidden": self.hidden}
        return {**totals, "findings": [line.data() for line in self.found]}

    @property
    def anything(self) -> bool:
        """Whether there is a finding, told or not."""
        return bool(self.found or self.hidden)


def _nobody_watches() -> None:
    """What is called after each cycle, where nobody wants to know."""


def rechecked(question: Question, chosen: Chosen, advance: Callable[[], None] = _nobody_watches) -> Rechecked:
    """Decisions that would not be met as now known; `advance` is called after each cycle."""
    question.may(_ASK)
    found: list[FoundLine] = []
    cycles = decisions = hidden = 0
    for page in _pages(question, chosen):
        shelf: Shelf | None = None
        for one in page:
            shelf = shelf or Shelf(_Log(one.question))
            judged = recheck(one.cycle.id, shelf, since=chosen.since, until=question.as_of)
            lines = [line for line in _lines(one, judged.findings) if line is not None]
            cycles, decisions = cycles + 1, decisions + judged.decisions
            hidden += len(judged.findings) - len(lines)
            found += lines
            advance()
    return Rechecked(cycles, decisions, hidden, found)


def _pages(question: Question, chosen: Chosen) -> Iterator[Iterator[OneCycle]]:
    if chosen.named is not None:
        yield iter([look(afresh(question), chosen.named, _ASK)])
    else:
        yield from each_page(question, chosen.filters, _ASK)


def _lines(one: OneCycle, findings: tuple[Finding, ...]) -> Iterator[FoundLine | None]:
    if not findings:
        return
    history = history_of(one)
    for finding in findings:
        yield found_line(finding, history, partial(_in_names, one, finding.decision.event.by))


def _in_names(one: OneCycle, by: str, sentence: str) -> str:
    """A sentence with the names of people whom the viewer may be told of; whoever did it knows."""
    return one.question.names_in(sentence, lambda person: one.seeing.viewer == by or one.seeing.people(person))


class _Log:
    """The log of a question, with texts that the vault opens; the day asked about narrows decisions, not knowledge."""

    def __init__(self, question: Question) -> None:
        self.known, self.vault = question.known, question.installation.vault

    def records(self, stream: str) -> list[Recorded]:
        return self.known.records(stream)

    def touching(self, set_name: str) -> list[str]:
        return self.known.touching(set_name)

    def definition(self, digest: str) -> Definition:
        return self.known.definition(digest)

    def open(self, text: Text, stream: str, version: int, path: str) -> str | None:
        try:
            return self.vault.open(text, stream, version, path)
        except Forgotten:
            return None
