"""Exporting: cycle by cycle, in one snapshot, with what is remembered of earlier cycles let go page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from reviewflow.calling import Called
from reviewflow.cli.naming import Resolver
from reviewflow.cli.one_cycle import OneCycle, look, seen
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, document, say
from reviewflow.cli.request import OPERATORS_VIEW, Question, asking
from reviewflow.exchange import Format, writer
from reviewflow.history.export import Exporting, columns, write
from reviewflow.knowing import Folds, Knowing
from reviewflow.views.cycles import list_cycles

_PAGE = 200
_KEPT = 500
"""Folded streams that are remembered within a page: its cycles, and whom they name."""


class Chosen(NamedTuple):
    """Which cycles: those named, else those that fit."""

    named: tuple[str, ...]
    filters: Mapping[str, str | None]


def exporting(file: str, form: Format, chosen: Chosen, how: Reading, *, names: bool) -> None:
    """Write the file whole, or leave nothing."""
    with asking(how) as question:
        question.may("audit export")
        cycles = events = untold = hidden = 0
        with writer(form, file, columns=columns()) as to, _progress() as advance:
            for one in _cycles(question, chosen):
                made = _exporting(one, names=names).made()
                write(to, form, made)
                cycles, events = cycles + bool(made.events), events + len(made.events)
                untold, hidden = untold + made.untold, hidden + made.hidden
                advance(one.cycle.handle)
            replaced = to.replaced
        report = {
            "file": file, "format": form, "cycles": cycles, "events": events, "untold": untold, "hidden": hidden,
            "replaced": replaced,
        }  # fmt: skip
        _tell(question, report)


def _exporting(one: OneCycle, *, names: bool) -> Exporting:
    question = one.question
    return Exporting(
        one.cycle, question.known.cycle_records(one.cycle.id), one.definition, question.called, one.seeing, one.zone,
        names, one.records if question.how.as_of else None,
    )  # fmt: skip


def _cycles(question: Question, chosen: Chosen) -> Iterator[OneCycle]:
    if chosen.named:
        for one in dict.fromkeys(question.find.cycle(typed) for typed in chosen.named):
            yield look(_afresh(question), one, "audit export")
        return
    find = question.find
    filters: dict[str, Any] = dict(chosen.filters)
    if filters["programme"]:
        filters["programme"] = find.programme(filters["programme"], "--programme")
    if filters["partnership"]:
        filters["partnership"] = find.partnership(filters["partnership"], "--partnership")
    after: str | None = None
    while True:
        with question.installation.store.reading() as connection:
            page = list_cycles(connection, **filters, after=after, limit=_PAGE)
        fresh = _afresh(question)
        # What was opened after the snapshot was taken is not in it.
        ids = [row.id for row in page if fresh.find.known.cycle(row.id) is not None]
        yield from seen(fresh, ids, "audit export")
        if len(page) < _PAGE:
            return
        after = page[-1].handle


def _afresh(question: Question) -> Question:
    """The same question on the same snapshots, with nothing remembered: an export of any length stays small."""
    now = _forgetful(question.find.known)
    known = now if question.known is question.find.known else _forgetful(question.known)
    called = Called(now, question.installation.vault)
    find = Resolver(now, called, question.installation.store.reading)
    return replace(question, known=known, find=find, called=called)


def _forgetful(known: Knowing) -> Knowing:
    folds = Folds(most=_KEPT)
    folds.definitions = known.folds.definitions
    return Knowing(known.snapshot, folds, known.email_key, known.directory, as_of=known.as_of, known_at=known.known_at)


def _tell(question: Question, report: dict[str, Any]) -> None:
    """The report; beside the histories where those go to standard output."""
    beside = report["file"] == "-"
    if question.how.json and beside:
        document({"export": report}, err=True)
        return

    def show() -> None:
        where = "standard output" if beside else report["file"]
        say(
            f"{count(report['cycles'], 'cycle')} with {count(report['events'], 'event')} written to {where}.",
            err=beside,
        )
        if report["untold"]:
            say(f"({count(report['untold'], 'event')} may not be told to you: this is no whole history)", err=beside)
        if report["hidden"]:
            say(f"({count(report['hidden'], 'event')} with parts not shown to you)", err=beside)
        if report["replaced"]:
            say(f"({count(report['replaced'], 'character')} that the format cannot hold replaced)", err=beside)
        say("The texts in it are opened: treat it as personal data.", err=True)

    if beside:
        show()
        if question.viewer is None:
            say(f"({OPERATORS_VIEW})", err=True)
    else:
        question.answer({"export": report}, show)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """How many cycles are written, on a terminal; silent in a pipe."""
    import sys

    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = (SpinnerColumn(), TextColumn("cycles"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*shown, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("cycles", total=None)
        yield lambda _: progress.advance(task)
