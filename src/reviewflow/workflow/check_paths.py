"""What can never happen: states nobody reaches or leaves, steps nobody can take, days that never come."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from reviewflow.workflow.check_deadlines import step_dues
from reviewflow.workflow.check_roles import holdable
from reviewflow.workflow.definition import Act, Due, Step, Transition, bounds
from reviewflow.workflow.paths import Paths
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says

_MOST_SHOWN = 12


def check(references: References) -> Iterator[Found]:
    """Every fault of this kind; states, `from` and `to` are right. Other names that lead nowhere are passed over."""
    yield from _Check(references).all()


class _Check:
    def __init__(self, references: References) -> None:
        self.references = references
        self.definition = references.definition
        self.roles = holdable(self.definition) | {"anyone"}
        self.nobody = {name: found for name, step in references.steps.items() if (found := self._nobody(step))}
        self.paths = Paths(
            self.definition, {name: t for name, t in self.definition.transitions.items() if name not in self.nobody}
        )

    def all(self) -> Iterator[Found]:
        yield from self._states()
        for name, step in self.references.steps.items():
            if name in self.nobody:
                key, missing = self.nobody[name]
                got = f"only {missing}, whom no one can ever be"
                yield (*self.references.path_of(name), key), got, "want a role that somebody can hold"
            else:
                yield from self._step(name, step)
        for group, evidence in self.definition.evidence.items():
            places = self.definition.expand(evidence.within) & self.paths.reachable
            if evidence.about and places and not self._said(evidence.about, places):
                yield ("evidence", group, "about"), *_too_early(evidence.about)

    def _can(self, who: str) -> bool:
        """Whether somebody can be this; a name that leads nowhere is another check's to report."""
        return "." in who or who in self.roles or who not in self.definition.roles

    def _nobody(self, step: Step) -> tuple[str, str] | None:
        """The key and the roles that keep everybody from taking a step; None if somebody may."""
        if not any(map(self._can, step.by)):
            return "by", " and ".join(step.by)
        missing = [role for role in step.second if not self._can(role)]
        return ("with", " and ".join(missing)) if missing else None

    def _states(self) -> Iterator[Found]:
        shown = ", ".join([state for state in self.paths.states if state in self.paths.reachable][:_MOST_SHOWN])
        for name, state in self.paths.states.items():
            stage, dot, inner = name.partition(".")
            path: Path = ("stages", stage, "states", inner, KEY) if dot else ("states", name, KEY)
            if name not in self.paths.reachable:
                yield path, "a state that can never be reached", f"want a way to it from one that can: {shown}"
            elif not state.final and not self.paths.ends(name):
                after = ", ".join(sorted(self.paths.after(name))[:_MOST_SHOWN])
                want = f"want a way on to a final state; from here only: {after}"
                yield path, "a state from which no final one can be reached", want

    def _step(self, name: str, step: Step) -> Iterator[Found]:
        path = self.references.path_of(name)
        places = self.paths.possible(step) if isinstance(step, Transition | Act) else frozenset[str]()
        if isinstance(step, Transition | Act) and not places:
            return  # its states are said to be unreachable already
        yield from self._early(name, step, places)
        for kind, span in step.evidence.items():
            if bounds(span)[0] > 0 and not places & self._added(kind):
                want = "want it to be possible to add such evidence before this step"
                yield (*path, "evidence", kind), f"{span} of {says(kind)}, which nobody can have added", want
        for at, due in step_dues(self.references, name):
            yield from self._due(due, places, at)

    def _early(self, name: str, step: Step, places: frozenset[str]) -> Iterator[Found]:
        """What a step takes from another that must have come before."""
        path = self.references.path_of(name)
        for number, who in enumerate(step.by):
            if "." in who and not self._said(who, places):
                got = f"{says(who)}, who cannot have been named by then"
                yield (*path, "by", number), got, "want a field of a step that comes before"
        for key in ("about", "beside"):
            reference = getattr(step, key, None)
            if reference and not self._said(reference, places):
                yield (*path, key), *_too_early(reference)
        for field, found in self.definition.fields(name).items():
            if found.over and not self._said(found.over, places):
                got = f"{says(found.over)}, which cannot have been said before {name}"
                yield ("forms", str(step.form), field, "over"), got, "want rows of a step that comes before"

    def _said(self, reference: str, places: frozenset[str]) -> bool:
        """Whether the step of `STEP.FIELD` can have been taken in any of these states."""
        return self._done(reference.partition(".")[0], places)

    def _done(self, step: str, places: frozenset[str]) -> bool:
        return step not in self.references.steps or not places.isdisjoint(self.paths.done(step))

    def _added(self, kind: str) -> frozenset[str]:
        """Where a cycle can be when evidence of a kind has been added."""
        return self._evidence.get(kind, self.paths.reachable)

    @cached_property
    def _evidence(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for group in self.definition.evidence.values():
            places = self.definition.expand(group.within) & self.paths.reachable
            if group.about and (about := group.about.partition(".")[0]) in self.references.steps:
                places &= self.paths.done(about)
            can = any(map(self._can, group.by))
            since = frozenset[str]().union(*(self.paths.since(state) for state in places if can))
            found.update(dict.fromkeys(group.kinds, since))
        return found

    def _due(self, due: Due, places: frozenset[str], path: Path) -> Iterator[Found]:
        """The day a deadline counts from can be known in a state where the step can be taken."""
        for key, written in (("origin", "from"), ("day", "day")):
            name = getattr(due, key)
            anchor = self.definition.anchors.get(name or "")
            step = anchor and (anchor.day_of or (anchor.field or "").partition(".")[0])
            if step and not self._done(step, places):
                want = f"want a day that is known while this can be done; `{step}` comes later or never"
                yield (*path, written), f"{says(name)}, a day that cannot be known by then", want
        if due.from_day_of and not self._done(due.from_day_of, places):
            got = f"the day of {says(due.from_day_of)}, which cannot have come by then"
            yield (*path, "from_day_of"), got, "want a step that can come before this one"


def _too_early(reference: str) -> tuple[str, str]:
    return f"{says(reference)}, which cannot have been said by then", "want a field of a step that comes before"
