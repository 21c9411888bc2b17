"""Cycle by cycle through all that fit, in one snapshot: what is remembered of earlier ones is let go page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reviewflow.asking.one_cycle import OneCycle, seen
from reviewflow.asking.question import Question
from reviewflow.calling import Called
from reviewflow.knowing import Folds, Knowing
from reviewflow.views.cycles import CycleRow, list_cycles

_PAGE = 200
_KEPT = 500
"""Folded streams that are remembered within a page: its cycles, and whom they name."""


def each_page(question: Question, filters: Mapping[str, str | None], ask: str) -> Iterator[Iterator[OneCycle]]:
    """The cycles of which the viewer may see something, by handle; use up a page before taking the next."""
    wanted: dict[str, Any] = dict(filters)
    for kind in ("programme", "partnership"):
        if wanted.get(kind):
            wanted[kind] = getattr(question.find, kind)(wanted[kind], question.find.option(kind))
    for page in pages(question, wanted):
        fresh = afresh(question)
        # What was opened after the snapshot was taken is not in it.
        ids = [row.id for row in page if fresh.now.cycle(row.id) is not None]
        yield iter(seen(fresh, ids, ask))


def pages(question: Question, filters: Mapping[str, Any], after: str | None = None) -> Iterator[list[CycleRow]]:
    """The rows of the cycles that fit, by handle; those after the handle `after`."""
    while True:
        with question.installation.store.reading() as connection:
            page = list_cycles(connection, **filters, after=after, limit=_PAGE)
        yield page
        if len(page) < _PAGE:
            return
        after = page[-1].handle


def afresh(question: Question) -> Question:
    """The same question on the same snapshots, with nothing remembered."""
    now = _forgetful(question.now)
    known = now if question.known is question.now else _forgetful(question.known)
    called = Called(now, question.installation.vault, question.called.writing)
    return replace(question, known=known, now=now, find=question.find.over(now, called), called=called)


def _forgetful(known: Knowing) -> Knowing:
    folds = Folds(most=_KEPT)
    folds.definitions = known.folds.definitions
    return Knowing(known.snapshot, folds, known.email_key, known.directory, as_of=known.as_of, known_at=known.known_at)
