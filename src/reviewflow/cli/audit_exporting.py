"""Exporting cycle by cycle into one file."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.question import Question
from reviewflow.cli.cycles_progress import progress
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import count, document, say
from reviewflow.cli.request import OPERATORS_VIEW, Answer, asking
from reviewflow.exchange import Format, writer
from reviewflow.history.export import columns, write
from reviewflow.history.exporting import ASK, Chosen, exported


def exporting(file: str, form: Format, chosen: Chosen, how: Reading, *, names: bool) -> None:
    """Write the file whole, or leave nothing."""
    with asking(how) as (question, answer):
        question.may(ASK)
        cycles = events = untold = hidden = 0
        with writer(form, file, columns=columns()) as to, progress() as advance:
            for made in exported(question, chosen, names=names):
                write(to, form, made)
                cycles, events = cycles + bool(made.events), events + len(made.events)
                untold, hidden = untold + made.untold, hidden + made.hidden
                advance()
            replaced = to.replaced
        report = {
            "file": file, "format": form, "cycles": cycles, "events": events, "untold": untold, "hidden": hidden,
            "replaced": replaced,
        }  # fmt: skip
        _tell(question, answer, report, as_json=how.json)


def _tell(question: Question, answer: Answer, report: dict[str, Any], *, as_json: bool) -> None:
    """The report; beside the histories where those go to standard output."""
    beside = report["file"] == "-"
    if as_json and beside:
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
        answer({"export": report}, show)
