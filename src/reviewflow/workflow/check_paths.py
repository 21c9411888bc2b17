"""What can never happen: states nobody reaches or leaves, steps nobody can take, days that never come."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.workflow.check_deadlines import step_dues, step_path
from reviewflow.workflow.check_roles import holdable
from reviewflow.workflow.definition import Act, Due, Step, Transition, bounds
from reviewflow.workflow.paths import Paths
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says

_MOST_SHOWN = 12


def check(references: References) -> Iterator[Found]:
    """Every fault of this kind; the definition's names all lead somewhere."""
    definition = references.definition
    roles = holdable(definition)
    nobody = {name: who for name, step in references.steps.items() if (who := _nobody(step, roles))}
    takeable = {name: step for name, step in definition.transitions.items() if name not in nobody}
    paths = Paths(definition, takeable)
    yield from _states(paths)
    for name, step in references.steps.items():
        path = step_path(references, name)
        if name in nobody:
            key, missing = nobody[name]
            yield (*path, key), f"only {missing}, whom no one can ever be", "want a role that somebody can hold"
        else:
            yield from _step(references, paths, name, step, path)
    for group, evidence in definition.evidence.items():
        places = definition.expand(evidence.within) & paths.reachable
        if evidence.about and places and not _ever(paths, evidence.about.partition(".")[0], places):
            yield ("evidence", group, "about"), *_too_early(evidence.about)


def _nobody(step: Step, roles: frozenset[str]) -> tuple[str, str] | None:
    """The key and the roles that keep everybody from taking a step; None if somebody may."""
    if roles and not any("." in who or who == "anyone" or who in roles for who in step.by):
        return "by", " and ".join(step.by)
    missing = [role for role in step.second if role not in roles]
    return ("with", " and ".join(missing)) if missing else None


def _states(paths: Paths) -> Iterator[Found]:
    shown = ", ".join([state for state in paths.states if state in paths.reachable][:_MOST_SHOWN])
    for name, state in paths.states.items():
        stage, dot, inner = name.partition(".")
        path: Path = ("stages", stage, "states", inner, KEY) if dot else ("states", name, KEY)
        if name not in paths.reachable:
            yield path, "a state that can never be reached", f"want a way to it from one that can: {shown}"
        elif not state.final and not paths.ends(name):
            after = ", ".join(sorted(paths.after(name))[:_MOST_SHOWN])
            want = f"want a way on to a final state; from here only: {after}"
            yield path, "a state from which no final one can be reached", want


def _step(references: References, paths: Paths, name: str, step: Step, path: Path) -> Iterator[Found]:
    places = paths.possible(step) if isinstance(step, Transition | Act) else frozenset[str]()
    if isinstance(step, Transition | Act) and not places:
        return  # its states are said to be unreachable already
    opening = name == "opens"
    before = frozenset[str]() if opening else places
    yield from _people(paths, step, before, path)
    for kind, span in step.evidence.items():
        if bounds(span)[0] > 0 and not _addable(references, paths, kind, before):
            want = "want it to be possible to add such evidence before this step"
            yield (*path, "evidence", kind), f"{span} of {says(kind)}, which nobody can have added", want
    for at, due in step_dues(references, name, step):
        yield from _due(references, paths, due, before, at)
    earlier = [(("about",), step.about), (("beside",), step.beside)] if isinstance(step, Act) else []
    for at, reference in earlier:
        if reference and not _ever(paths, reference.partition(".")[0], places):
            yield (*path, *at), *_too_early(reference)
    for field, found in references.definition.fields(name).items():
        if found.over and not _ever(paths, found.over.partition(".")[0], before):
            at = ("forms", str(step.form), field, "over")
            yield at, f"{says(found.over)}, which cannot have been said before {name}", "want rows of an earlier step"


def _ever(paths: Paths, step: str, places: frozenset[str]) -> bool:
    """Whether a step can have been taken in any of these states."""
    return any(paths.happened(step, now) for now in places)


def _too_early(reference: str) -> tuple[str, str]:
    return f"{says(reference)}, which cannot have been said by then", "want a field of a step that comes before"


def _people(paths: Paths, step: Step, places: frozenset[str], path: Path) -> Iterator[Found]:
    named = [(number, who) for number, who in enumerate(step.by) if "." in who]
    for number, who in named:
        if not _ever(paths, who.partition(".")[0], places):
            yield (*path, "by", number), f"{says(who)}, who cannot have been named by then", "want a step that comes before"


def _addable(references: References, paths: Paths, kind: str, places: frozenset[str]) -> bool:
    """Whether evidence of a kind can have been added by the time a cycle is in one of these states."""
    group = references.kinds[kind]
    roles = holdable(references.definition)
    if not any("." in who or who == "anyone" or who in roles for who in group.by):
        return False
    about = group.about.partition(".")[0] if group.about else "opens"
    return any(
        paths.was_in(state, now) and paths.happened(about, now)
        for state in references.definition.expand(group.within)
        for now in places
    )


def _due(references: References, paths: Paths, due: Due, places: frozenset[str], path: Path) -> Iterator[Found]:
    """The day a deadline counts from can have come in a state where the step can be taken."""
    for key, written in (("origin", "from"), ("day", "day")):
        anchor = references.definition.anchors.get(getattr(due, key) or "")
        step = anchor and (anchor.day_of or (anchor.field or "").partition(".")[0])
        if step and not _ever(paths, step, places):
            got = f"{says(getattr(due, key))}, a day that cannot be known by then"
            yield (*path, written), got, f"want a day that is known while this can be done; `{step}` comes later or never"
    if due.from_day_of and not _ever(paths, due.from_day_of, places):
        got = f"the day of {says(due.from_day_of)}, which cannot have come by then"
        yield (*path, "from_day_of"), got, "want a step that can come before this one"
