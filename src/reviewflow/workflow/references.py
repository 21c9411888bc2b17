"""Names that must lead somewhere: finding what they name, and saying so when there is no such thing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from reviewflow.workflow.definition import Definition, FormField, Step
from reviewflow.workflow.yaml_nodes import Path
from reviewflow.workflow.yaml_scalars import says

Found = tuple[Path, str, str]
"""A fault before it has a line: path, what was got, what is wanted."""

_MOST_GUESSES = 50
"""Spelling guesses are slow; a definition with more unknown names than this has other troubles."""
_MOST_SHOWN = 12


class References:
    """What a definition names, worked out once for all checks."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.states = definition.all_states()
        self.steps: dict[str, Step] = {"opens": definition.opens, **definition.steps()}
        self.kinds = definition.evidence_kinds()
        self.places = ("active", "any", *definition.stages, *self.states)
        self._guesses = 0

    def unknown(self, what: str, name: str, known: Iterable[str]) -> tuple[str, str]:
        """Got and want for a name that leads nowhere."""
        names = list(dict.fromkeys(known))
        got = f"{says(name)}, which is no {what}"
        self._guesses += 1
        if self._guesses <= _MOST_GUESSES:
            # A state may be called by its own name where its full name, with its stage, is wanted.
            inside = [full for full in names if full.endswith(f".{name}")]
            close = inside or difflib.get_close_matches(name[:100], names, n=1)
            if close:
                return got, f"did you mean `{close[0]}`?"
        shown = ", ".join(names[:_MOST_SHOWN]) + (" ..." if len(names) > _MOST_SHOWN else "")
        return got, f"want one of: {shown}" if names else f"want a {what}, but the definition has none"

    def must_be(self, what: str, name: str, known: Iterable[str], path: Path) -> Iterable[Found]:
        """A fault unless `name` is among `known`."""
        known = list(known)
        if name not in known:
            yield (path, *self.unknown(what, name, known))

    def role(self, name: str, path: Path) -> Iterable[Found]:
        """A fault unless this is a role."""
        return self.must_be("role", name, self.definition.roles, path)

    def assigned_role(self, name: str, path: Path) -> Iterable[Found]:
        """A fault unless this is a role that is assigned for one cycle."""
        role = self.definition.roles.get(name)
        if role is None:
            yield from self.role(name, path)
        elif role.assigned is None:
            yield path, f"{says(name)}, which is held and not assigned", "want a role with `assigned:`"

    def step(self, name: str, path: Path) -> Iterable[Found]:
        """A fault unless this is a step."""
        return self.must_be("step", name, self.steps, path)

    def field(self, reference: str) -> FormField | None:
        """The field that `STEP.FIELD` names, if there is one."""
        step, _, name = reference.partition(".")
        return self.definition.fields(step).get(name) if step in self.steps else None

    def must_name_people(self, reference: str, path: Path) -> Iterable[Found]:
        """A fault unless `STEP.FIELD` names a person, or a list of them."""
        found = self.field(reference)
        if found is not None and found.type == "list" and found.of == "person":
            return ()
        return self.must_be_field(reference, path, "person")

    def path_of(self, step: str) -> Path:
        """Where a step is written."""
        if step == "opens":
            return ("opens",)
        return ("transitions" if step in self.definition.transitions else "acts", step)

    def must_be_field(self, reference: str, path: Path, *types: str) -> Iterable[Found]:
        """A fault unless `STEP.FIELD` names a field, of one of these types if any are given."""
        step, dot, name = reference.partition(".")
        if not dot:
            yield path, says(reference), "want STEP.FIELD, as in schedule_visit.first_day"
        elif step not in self.steps:
            yield (path, *self.unknown("step", step, self.steps))
        elif (found := self.field(reference)) is None:
            fields = (f"{step}.{field}" for field in self.definition.fields(step))
            yield (path, *self.unknown(f"field of {step}", f"{step}.{name}", fields))
        elif types and found.type not in types:
            want = f"want a field of type {' or '.join(types)}"
            yield path, f"{says(reference)}, which is of type {found.type}", want
