"""Steps: who takes them, what they ask for, what they stand beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewflow.workflow.definition import Act, Booking, Step, bounds
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.sources import check_requirements, check_sourced_part
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says


def check(references: References) -> Iterator[Found]:
    """Every fault of the opening, transitions, acts and evidence, `from`, `to` and `due` aside."""
    definition = references.definition
    yield from _step(references, definition.opens, ("opens",))
    for name, step in definition.transitions.items():
        yield from _step(references, step, ("transitions", name))
    for name, act in definition.acts.items():
        yield from _step(references, act, ("acts", name))
        yield from _act(references, act, ("acts", name))
    for group, evidence in definition.evidence.items():
        path: Path = ("evidence", group)
        yield from check_sourced_part(evidence, path)
        yield from _by(references, evidence.by, path)
        yield from _within(references, evidence.within, (*path, "in"))
        if evidence.about is not None:
            yield from references.must_be_field(evidence.about, (*path, "about"), "rows")


def _step(references: References, step: Step, path: Path) -> Iterator[Found]:
    definition = references.definition
    yield from check_sourced_part(step, path)
    yield from _by(references, step.by, path, opening=path == ("opens",))
    for number, role in enumerate(step.second):
        yield from references.role(role, (*path, "with", number))
        if role in step.second[:number]:
            yield (*path, "with", number), f"{says(role)} again", "want each role once"
    if step.form is not None:
        yield from references.must_be("form", step.form, definition.forms, (*path, "form"))
    for kind, span in step.evidence.items():
        if kind not in references.kinds:
            yield ((*path, "evidence", kind, KEY), *references.unknown("kind of evidence", kind, references.kinds))
        low, high = bounds(span)
        if high is not None and low > high:
            yield (*path, "evidence", kind), span, f"want the smaller number first, as in {high}..{low}"
    yield from check_requirements(references, step.requires, (*path, "requires"))
    for number, role in enumerate(step.recheck):
        yield from references.assigned_role(role, (*path, "recheck", number))
    if step.books is not None:
        yield from _booking(references, step, step.books, (*path, "books"))


def _by(references: References, by: Iterable[str], path: Path, *, opening: bool = False) -> Iterator[Found]:
    known = ["anyone", *references.definition.roles]
    for number, who in enumerate(by):
        at = (*path, "by", number)
        if "." in who:
            yield from references.must_name_people(who, at)
        elif who not in known:
            yield (at, *references.unknown("role", who, known))
        elif opening and (who == "anyone" or references.definition.roles[who].assigned is not None):
            yield at, says(who), "want a role held outside the cycle: nobody is assigned before it opens"


def _booking(references: References, step: Step, books: Booking, path: Path) -> Iterator[Found]:
    fields = references.definition.forms.get(step.form or "", {})
    for key, name in (("first", books.first), ("last", books.last)):
        dates = [field for field, found in fields.items() if found.type == "date"]
        if name not in dates:
            yield ((*path, key), *references.unknown("date field of this step's form", name, dates))
        elif fields[name].optional:
            yield (*path, key), f"{says(name)}, which is optional", "want a date that is always given"
    for number, role in enumerate(books.people):
        yield from references.assigned_role(role, (*path, "people", number))


def _act(references: References, act: Act, path: Path) -> Iterator[Found]:
    yield from _within(references, act.within, (*path, "in"))
    if act.about is not None:
        yield from references.must_be_field(act.about, (*path, "about"), "rows")
    if act.beside is not None:
        yield from references.must_be_field(act.beside, (*path, "beside"))
        if references.steps.get(act.beside.partition(".")[0]) is act:
            yield (*path, "beside"), says(act.beside), "want a field of another step; this is its own"


def _within(references: References, within: str | tuple[str, ...], path: Path) -> Iterator[Found]:
    places = (within,) if isinstance(within, str) else within
    if not places:
        yield path, "an empty list", "want a state, a stage, `active` or `any`"
    for number, place in enumerate(places):
        if place not in references.places:
            at = path if isinstance(within, str) else (*path, number)
            yield (at, *references.unknown("state or stage", place, references.places))
