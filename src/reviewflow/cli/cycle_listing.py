"""Lists of cycles: from the view where it is about now and nothing is hidden, else cycle by cycle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from reviewflow.audit.naming import Titles
from reviewflow.cli.many_cycles import pages
from reviewflow.cli.one_cycle import seen
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import say, table
from reviewflow.cli.request import Question, asking
from reviewflow.registry.absences import absent_for
from reviewflow.views.cycles import CycleRow, list_cycles


class Wanted(NamedTuple):
    """Which cycles."""

    programme: str | None = None
    partnership: str | None = None
    subject: str | None = None
    workflow: str | None = None
    state: str | None = None
    year: str | None = None
    involving: str | None = None
    running: bool = False
    after: str | None = None
    limit: int = 100


def listing(wanted: Wanted, how: Reading) -> None:
    """Cycles by handle."""
    with asking(how) as question:
        question.may("cycle list")
        filters = _filters(question, wanted)
        rows = list(islice(_rows(question, wanted, filters), wanted.limit + 1))
        more = len(rows) > wanted.limit
        rows = rows[: wanted.limit]

        def show() -> None:
            header = ("handle", "subject", "year", "state", "since")
            shown = [(r["handle"], r["subject_name"], r["year"], r["state_title"], r["since"]) for r in rows]
            table(header, shown, none="no cycle fits")
            if more:
                say(f"and more: --after {rows[-1]['handle']} shows the next ones", err=True)

        question.answer({"cycles": rows, "more": more}, show)


def _filters(question: Question, wanted: Wanted) -> dict[str, Any]:
    find = question.find
    return {
        "programme": find.programme(wanted.programme, "--programme") if wanted.programme else None,
        "partnership": find.partnership(wanted.partnership, "--partnership") if wanted.partnership else None,
        "subject": find.organisation(wanted.subject, "--subject") if wanted.subject else None,
        "involving": find.person(wanted.involving, "--involving") if wanted.involving else None,
        "workflow": wanted.workflow,
        "year": wanted.year,
    }


def _rows(question: Question, wanted: Wanted, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    past = question.how.as_of is not None or question.how.known_at is not None
    if not past and question.viewer is None:
        final = False if wanted.running else None
        with question.installation.store.reading() as connection:
            found = list_cycles(
                connection, **filters, state=wanted.state, final=final, after=wanted.after, limit=wanted.limit + 1
            )
        yield from _present(question, found)
        return
    # Where a cycle was, and what of it may be shown, only the cycle itself can tell.
    for page in pages(question, {**filters, **_involved(question, filters)}, wanted.after):
        for one in seen(question, [row.id for row in page], "cycle list"):
            data = one.data()
            inside = wanted.state in (None, data["state"], str(data["state"]).rpartition(".")[0])
            if inside and not (wanted.running and data["final"]):
                yield data


def _involved(question: Question, filters: dict[str, Any]) -> dict[str, Any]:
    """A viewer is shown their own cycles, and those of whom they stand in for."""
    if filters["involving"] is not None or question.viewer is None:
        return {}
    day = question.day()
    absent = (one.id for one, _ in absent_for(question.find.known, question.viewer, day))
    return {"involving": (question.viewer, *absent), "day": day}


def _present(question: Question, found: list[CycleRow]) -> Iterator[dict[str, Any]]:
    titles: dict[str, Titles] = {}
    for row in found:
        if row.digest not in titles:
            titles[row.digest] = Titles(question.known.definition(row.digest))
        yield {
            "id": row.id,
            "handle": row.handle,
            "subject": row.subject,
            "subject_name": question.called.organisation(row.subject),
            "partnership": row.partnership,
            "programme": row.programme,
            "year": row.year,
            "number": row.number,
            "workflow": row.workflow,
            "edition": row.edition,
            "digest": row.digest,
            "state": row.state,
            "state_title": titles[row.digest].state(row.state),
            "final": row.final,
            "since": row.since,
            "opened_on": row.opened_on,
            "version": row.version,
        }
