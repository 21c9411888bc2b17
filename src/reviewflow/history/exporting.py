"""Exporting cycle by cycle, as one viewer may see each, for every door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from reviewflow.asking.many_cycles import afresh, each_page
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.history.export import Exported, Exporting

ASK: Final = "audit export"


class Chosen(NamedTuple):
    """Which cycles: those named, by what was typed or by id, else those that fit."""

    named: tuple[str, ...]
    filters: Mapping[str, str | None]


def exported(question: Question, chosen: Chosen, *, names: bool) -> Iterator[Exported]:
    """Every cycle that was chosen, ready to be written; nothing of one remains when the next is asked for."""
    for one in _cycles(question, chosen):
        yield _exporting(one, names=names).made()


def _exporting(one: OneCycle, *, names: bool) -> Exporting:
    question = one.question
    return Exporting(
        one.cycle, question.known.cycle_records(one.cycle.id), one.definition, question.called, one.seeing, one.zone,
        names, one.records if question.as_of else None,
    )  # fmt: skip


def _cycles(question: Question, chosen: Chosen) -> Iterator[OneCycle]:
    if chosen.named:
        for one in dict.fromkeys(question.find.cycle(typed) for typed in chosen.named):
            yield look(afresh(question), one, ASK)
    else:
        for page in each_page(question, chosen.filters, ASK):
            yield from page
