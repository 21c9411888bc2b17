"""Anchors and deadlines: one unit, one day to count from, no two that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.workflow.definition import Due
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says

UNITS = {"school_days": 10_000, "working_days": 10_000, "days": 36_500, "weeks": 5_200, "months": 1_200, "years": 100}
"""The units, each with the largest number that still means something."""
_ORIGINS = {"origin": "from", "from_day_of": "from_day_of"}
_ALONE = ("day", "before")


def check(references: References) -> Iterator[Found]:
    """Every fault of `anchors` and `due`."""
    for name, anchor in references.definition.anchors.items():
        path: Path = ("anchors", name)
        given = [key for key in ("field", "day_of", "calendar") if getattr(anchor, key) is not None]
        if len(given) != 1:
            got = " and ".join(f"`{key}`" for key in given) or "nothing to go by"
            yield (*path, KEY), got, "want exactly one of `field`, `day_of`, `calendar`"
        if anchor.field is not None:
            yield from references.must_be_field(anchor.field, (*path, "field"), "date")
        if anchor.day_of is not None:
            yield from references.step(anchor.day_of, (*path, "day_of"))
    for name in references.steps:
        for path, due in step_dues(references, name):
            yield from _due(references, due, path)
        yield from _nesting(references, name)
    yield from _circles(references)


def step_dues(references: References, name: str) -> list[tuple[Path, Due]]:
    """The deadlines of a step, each with its path, those inside others included."""
    return [found for path, due in _outer_dues(references, name) for found in _nested(due, path)]


def _outer_dues(references: References, name: str) -> list[tuple[Path, Due]]:
    path, due = (*references.path_of(name), "due"), references.steps[name].due
    if isinstance(due, tuple):
        return [((*path, number), one) for number, one in enumerate(due)]
    return [] if due is None else [(path, due)]


def _nested(due: Due, path: Path) -> Iterator[tuple[Path, Due]]:
    yield path, due
    for key in ("limit", "otherwise", "not_before"):
        inner: Due | None = getattr(due, key)
        if inner is not None:
            yield from _nested(inner, (*path, key))


def _due(references: References, due: Due, path: Path) -> Iterator[Found]:
    units = [unit for unit in UNITS if getattr(due, unit) is not None]
    origins = [written for key, written in _ORIGINS.items() if getattr(due, key) is not None]
    alone = [key for key in _ALONE if getattr(due, key) is not None]
    at = path if isinstance(path[-1], int) else (*path, KEY)
    if alone and (len(alone) > 1 or units or origins):
        got = " and ".join(f"`{key}`" for key in (*alone, *units, *origins))
        yield at, got, f"want `{alone[0]}` by itself"
    elif not alone and len(units) != 1:
        got = " and ".join(f"`{key}`" for key in units) or "a deadline without a unit"
        yield at, got, f"want exactly one of {', '.join(UNITS)}, or `day`, or `before`"
    elif not alone and len(origins) != 1:
        got = " and ".join(f"`{key}`" for key in origins) or "a deadline that counts from nothing"
        yield at, got, "want exactly one of `from` (an anchor) and `from_day_of` (a step)"
    yield from _due_names(references, due, path)
    for unit in units:
        if abs(getattr(due, unit)) > UNITS[unit]:
            yield (*path, unit), str(getattr(due, unit)), f"want at most {UNITS[unit]:,} {unit.replace('_', ' ')}"


def _due_names(references: References, due: Due, path: Path) -> Iterator[Found]:
    """Every name in a deadline leads somewhere."""
    for key, written in (("origin", "from"), ("day", "day")):
        anchor = getattr(due, key)
        if anchor is not None and anchor not in references.definition.anchors:
            yield ((*path, written), *references.unknown("anchor", anchor, references.definition.anchors))
    if due.from_day_of is not None:
        yield from references.step(due.from_day_of, (*path, "from_day_of"))
    if due.before is not None:
        yield from references.step(due.before, (*path, "before"))
        step = references.steps.get(due.before)
        if step is not None and step.due is None:
            yield (*path, "before"), f"{says(due.before)}, which has no deadline", "want a step with `due:`"


def _nesting(references: References, name: str) -> Iterator[Found]:
    """A limit of a limit says nothing."""
    for outer_path, outer in _outer_dues(references, name):
        for path, due in _nested(outer, outer_path):
            for key in ("limit", "not_before"):
                if path != outer_path and getattr(due, key) is not None:
                    yield (*path, key, KEY), f"`{key}` inside `{path[-1]}`", "want it beside, not inside"


def _circles(references: References) -> Iterator[Found]:
    """Deadlines that come before each other in a ring have no day at all."""
    before: dict[str, list[tuple[Path, str]]] = {
        name: [(path, due.before) for path, due in step_dues(references, name) if due.before in references.steps]
        for name in references.steps
    }
    for start, links in before.items():
        for path, first in links:
            seen, waiting = {first}, [first]
            while waiting and start not in seen:
                for _, following in before[waiting.pop()]:
                    if following not in seen:
                        seen.add(following)
                        waiting.append(following)
            if start in seen:
                got = f"{says(first)}, whose own deadline comes before this one"
                yield (*path, "before"), got, "want deadlines that do not wait for each other"
