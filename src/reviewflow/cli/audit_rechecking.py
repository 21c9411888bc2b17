"""Judging decisions again, cycle by cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

from reviewflow.audit.findings import FoundLine, found_line, found_texts
from reviewflow.cli.cycle_showing import history_of
from reviewflow.cli.many_cycles import afresh, each_page, progress
from reviewflow.cli.one_cycle import OneCycle, look
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, say
from reviewflow.cli.request import Question, asking
from reviewflow.cycle.hindsight import Shelf
from reviewflow.cycle.rechecking import Finding, recheck
from reviewflow.events import Recorded, Text
from reviewflow.ports import Forgotten
from reviewflow.workflow.definition import Definition

_ASK = "audit recheck"


class Chosen(NamedTuple):
    """Which cycles: the one named, else those that fit; and from which day on."""

    named: str | None
    filters: Mapping[str, str | None]
    since: date | None


def rechecking(chosen: Chosen, how: Reading) -> bool:
    """Whether something was found."""
    with asking(how) as question:
        question.may(_ASK)
        found: list[FoundLine] = []
        cycles = decisions = hidden = 0
        with progress() as advance:
            for page in _pages(question, chosen):
                shelf: Shelf | None = None
                for one in page:
                    shelf = shelf or Shelf(_Log(one.question))
                    judged = recheck(one.cycle.id, shelf, since=chosen.since, until=how.as_of)
                    lines = [line for line in _lines(one, judged.findings) if line is not None]
                    cycles, decisions = cycles + 1, decisions + judged.decisions
                    hidden += len(judged.findings) - len(lines)
                    found += lines
                    advance()
        unjudged = sum(1 for line in found if not line.judged)
        totals = {"cycles": cycles, "decisions": decisions, "hidden": hidden}

        def show() -> None:
            for text in found_texts(found):
                say(text)
            judged = f"{count(decisions, 'decision')} of {count(cycles, 'cycle')} judged again"
            not_met = len({(line.cycle, line.version) for line in found if line.judged})
            told = [f"{not_met} would not be met as now known"] if not_met else []
            told += [f"{unjudged} cannot be judged any more"] if unjudged else []
            if told or not hidden:
                say(f"{judged}: {', '.join(told) or 'all stand as now known'}")
            else:
                say(judged)
            if hidden:
                say(f"({count(hidden, 'finding')} not shown to you)")

        question.answer({**totals, "findings": [line.data() for line in found]}, show)
        return bool(found or hidden)


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
