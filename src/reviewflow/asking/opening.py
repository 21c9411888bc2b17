"""Opening cycles: from what was typed to the command, with what follows from the rest worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reviewflow.asking.question import Question, today
from reviewflow.asking.step_forms import resolved
from reviewflow.asking.workflows import edition_of
from reviewflow.cycle.commands import OpenCycles
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom and in what, as typed. Without subjects: one cycle for each member of the partnership."""

    subjects: Sequence[str] = ()
    year: str = ""
    partnership: str | None = None
    programme: str | None = None
    workflow: str | None = None
    edition: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def opening(question: Question, asked: Asked, wanted: Wanted) -> OpenCycles:
    """The command. The partnership, the programme and the workflow follow from each other where they can."""
    find, known = question.find, question.known
    inside = find.partnership(wanted.partnership, find.option("partnership")) if wanted.partnership else None
    ids = [find.organisation(one, "subject") for one in wanted.subjects]
    if inside is None and ids:
        inside = _only_partnership(question, ids, _day(question, asked))
    folded = known.partnership(inside) if inside else None
    of = find.programme(wanted.programme, find.option("programme")) if wanted.programme else None
    of = of or (folded.programme if folded else find.programme_or_only(None))
    if not ids:
        if folded is None:
            want = "say for whom: a subject or several, or a partnership for all its members"
            raise BadInput("cycle open", [Fault("subjects", "nothing", want)])
        ids = folded.members_on(_day(question, asked, of))
    name = wanted.workflow or getattr(known.programme(of), "workflow", None)
    if name is None:
        also = ", or give the programme one"
        if find.command_line:
            also += ": reviewflow programme set PROGRAMME --workflow NAME"
        raise BadInput("cycle open", [Fault(find.option("workflow"), "nothing", f"say which{also}")])
    values, digest, published = dict(wanted.values), None, known.workflow(name)
    if published is not None:
        digest = edition_of(published, wanted.edition, find.option("edition")).digest
        values = resolved(find, known.definition(digest), "opens", values)
    return OpenCycles(
        asked=asked, workflow=name, programme=of, subjects=tuple(ids), partnership=inside, year=wanted.year,
        digest=digest if wanted.edition else None, values=values,
    )  # fmt: skip


def _day(question: Question, asked: Asked, programme: str | None = None) -> date:
    """The day it happened: as said, else today."""
    return asked.happened.on if asked.happened else today(question.installation, question.known, programme).on


def _only_partnership(question: Question, ids: Sequence[str], day: date) -> str | None:
    """The partnership that all subjects belong to, if there is just one; none if they belong to none."""
    shared: set[str] | None = None
    for one in dict.fromkeys(ids):
        streams = (s.removeprefix("partnership-") for s in question.known.touching(f"members:{one}"))
        folded = (question.known.partnership(s) for s in streams)
        mine = {p.id for p in folded if p is not None and p.member_on(one, day)}
        shared = mine if shared is None else shared & mine
    found = sorted(shared or ())
    if len(found) > 1:
        names = ", ".join(question.called.partnership(one) for one in found)
        where = question.find.option("partnership")
        raise BadInput("cycle open", [Fault(where, "nothing", f"say in which: they belong to {names}")])
    return found[0] if found else None
