"""Lists of cycles: from the view where it is about now and nothing is hidden, else cycle by cycle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from reviewflow.asking.many_cycles import pages
from reviewflow.asking.one_cycle import seen
from reviewflow.asking.plainly_visible import plainly_visible
from reviewflow.asking.question import Question
from reviewflow.audit.naming import Titles
from reviewflow.registry.absences import absent_for
from reviewflow.registry.events import INSTALLATION
from reviewflow.registry.scopes import Scope
from reviewflow.views.cycles import CycleRow, list_cycles


class Wanted(NamedTuple):
    """Which cycles: those that fit all of it. Things are as typed; `after` is a handle."""

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
    ended: bool = False


def cycles(question: Question, wanted: Wanted) -> dict[str, Any]:
    """Cycles by handle; `more`: there are others after the last of them."""
    question.may("cycle list")
    filters = _filters(question, wanted)
    if not _can_be(question, wanted):
        return {"cycles": [], "more": False}
    rows = list(islice(_rows(question, wanted, filters), wanted.limit + 1))
    return {"cycles": rows[: wanted.limit], "more": len(rows) > wanted.limit}


def _filters(question: Question, wanted: Wanted) -> dict[str, Any]:
    find = question.find
    return {
        "programme": find.programme(wanted.programme, find.option("programme")) if wanted.programme else None,
        "partnership": find.partnership(wanted.partnership, find.option("partnership")) if wanted.partnership else None,
        "subject": find.organisation(wanted.subject, find.option("subject")) if wanted.subject else None,
        "involving": find.person(wanted.involving, find.option("involving")) if wanted.involving else None,
        "workflow": wanted.workflow,
        "year": wanted.year,
    }


def _can_be(question: Question, wanted: Wanted) -> bool:
    """Whether a workflow has what is wanted: to find nothing takes a look at every cycle, and this takes none."""
    if wanted.state is None:
        return True
    final = {
        state.final
        for digest in _digests(question)
        for name, state in question.now.definition(digest).all_states().items()
        if wanted.state in (name, name.rpartition(".")[0])
    }
    return False in final if wanted.running else True in final if wanted.ended else bool(final)


def _digests(question: Question) -> list[str]:
    """Every edition of every workflow: whatever a cycle may follow."""
    names = (stream.removeprefix("workflow-") for stream in question.now.touching("workflows"))
    return [digest for name in names if (found := question.now.workflow(name)) for digest in found.editions]


def _rows(question: Question, wanted: Wanted, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not question.past and question.viewer is None:
        final = False if wanted.running else True if wanted.ended else None
        with question.installation.store.reading() as connection:
            found = list_cycles(
                connection, **filters, state=wanted.state, final=final, after=wanted.after, limit=wanted.limit + 1
            )
        yield from _present(question, found)
        return
    # Where a cycle was, and what of it may be shown, only the cycle itself can tell.
    known = _FromView(question, wanted)
    for page in pages(question, {**filters, **_involved(question, filters), **known.narrowed()}, wanted.after):
        for one in seen(question, [row.id for row in page if not known.left_out(row)], "cycle list"):
            data = one.data()
            inside = wanted.state in (None, data["state"], str(data["state"]).rpartition(".")[0])
            # Where the state is not shown, nothing says that it is at an end: it is listed as running.
            if inside and not (wanted.running and data["final"]) and not (wanted.ended and not data["final"]):
                yield data


class _FromView:
    """Which cycles need not be looked at, because the view knows more than enough of them.

    Being left out must tell the viewer nothing: the view's word on whether a cycle ended counts only where the
    workflow shows them the status of every such cycle.
    """

    def __init__(self, question: Question, wanted: Wanted) -> None:
        self._question, self._wanted = question, wanted
        self._plain: dict[tuple[Scope, str], bool] = {}

    def narrowed(self) -> dict[str, Any]:
        """What can be left to the database; what is left out below because it is not shown, may be left out here."""
        if self._question.past:
            return {}
        wanted = self._wanted
        running = wanted.running and self._everywhere()
        return {"state": wanted.state, "final": False if running else True if wanted.ended else None}

    def left_out(self, row: CycleRow) -> bool:
        """Whether a cycle does not belong in the list of running ones."""
        if self._question.past or not (self._wanted.running and row.final):
            return False
        scope = Scope("partnership", row.partnership) if row.partnership else Scope("programme", row.programme)
        return self._status(scope, row.digest)

    def _everywhere(self) -> bool:
        digests = _digests(self._question)
        programmes = self._question.find.all("programme")
        return all(self._status(Scope("programme", one), digest) for one in programmes for digest in digests)

    def _status(self, scope: Scope, digest: str) -> bool:
        key = scope, digest
        if key not in self._plain:
            self._plain[key] = "status" in plainly_visible(self._question, scope, [digest])
        return self._plain[key]


def _involved(question: Question, filters: dict[str, Any]) -> dict[str, Any]:
    """A viewer is shown their own cycles, and those of whom they stand in for."""
    if filters["involving"] is not None or question.viewer is None:
        return {}
    day = question.day()
    me = question.now.person(question.viewer)
    if me is not None and any(scope == INSTALLATION for _, scope in me.roles_on(day)):
        return {}  # all of them are theirs, and to ask which would take longer than to look
    absent = (one.id for one, _ in absent_for(question.now, question.viewer, day))
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
