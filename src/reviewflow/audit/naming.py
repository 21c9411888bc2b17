"""How ids and sealed texts become words: the port that a door implements with the registry and the vault.

The doors show what can no longer be read as `REMOVED`, and what cannot be read without the master key as `SEALED`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from pydantic import ValidationError

from reviewflow.errors import IntegrityBroken
from reviewflow.events import Sealed, Text, Unsealed, Value
from reviewflow.workflow.definition import Definition

REMOVED: Final = "[removed]"
"""The key was destroyed: a person was forgotten."""
SEALED: Final = "[sealed]"
"""The master key is not at hand."""


class Writing(NamedTuple):
    """How a door writes what the core says in its own way."""

    dates: Callable[[str], str]
    """A sentence with days and moments in ISO 8601, as this door writes them."""
    row: Callable[[str, int], str]
    """What a row is called: by its id, or by its place among the others, counted from 1."""


AS_RECORDED: Final = Writing(str, lambda row, _number: row)
"""As programs and the command line read it."""


class Names(Protocol):
    """Names of what has an id. Never raises for an id: one that nobody knows is answered with the id itself."""

    def person(self, id: str) -> str:  # noqa: A002 - the port's word
        """A person's name; `REMOVED` or `SEALED` where it cannot be read."""

    def organisation(self, id: str) -> str:  # noqa: A002
        """An organisation's name."""

    def partnership(self, id: str) -> str:  # noqa: A002
        """A partnership's name."""

    def programme(self, id: str) -> str:  # noqa: A002
        """A programme's name."""

    def named(self, id: str) -> str:  # noqa: A002
        """The name of any of these, or of `installation`, where the event does not say which it is."""

    def held(self, person: str, grant: str) -> str | None:
        """The role that a grant of a person gave, as in `head`."""

    def course(self, person: str, training: str) -> str | None:
        """The course of a training of a person."""

    @property
    def writing(self) -> Writing:
        """How days and rows are written."""
        ...

    def open(self, text: Text, stream: str, version: int, path: str) -> str:
        """A text of an event; `REMOVED` or `SEALED` where it cannot be read."""


def as_text(value: Value, where: str) -> Text | None:
    """A cell of a form as the text it is, sealed or not; None if it is no text that may be sealed."""
    if isinstance(value, Sealed | Unsealed):
        return value
    if isinstance(value, dict):
        try:
            return Sealed.model_validate(value)
        except ValidationError as error:
            raise IntegrityBroken(0, f"{where}: not a sealed text: {error.error_count()} faults") from error
    return None


def spoken(name: str) -> str:
    """A name of a definition as people say it: `partnership_lead` is a partnership lead."""
    return name.replace("_", " ")


def quoted(title: str) -> str:
    """A title within a sentence."""
    return f"“{title}”"


def shortened(text: str, most: int = 60) -> str:
    """The first line of a text, cut where it is long."""
    line = text.partition("\n")[0]
    return text if line == text and len(text) <= most else f"{line[: most - 1].rstrip()}…"


class Titles:
    """What a definition calls its parts. A name it does not have stands for itself: a reader never fails on it."""

    def __init__(self, definition: Definition) -> None:
        """`definition` is the one of the digest that the cycle is pinned to."""
        self.definition = definition
        self._states = {name: state.title for name, state in definition.all_states().items()}
        self._kinds = {kind: group.kinds[kind] for kind, group in definition.evidence_kinds().items()}

    def state(self, name: str) -> str:
        """A state, with its stage where it stands in one."""
        title = self._states.get(name, name)
        stage = self.definition.stages.get(name.partition(".")[0]) if "." in name else None
        return f"{stage.title}: {title}" if stage else title

    def step(self, name: str) -> str:
        """A step, the opening included."""
        step = self.definition.step(name)
        return step.title if step else name

    def role(self, name: str) -> str:
        """A role; `STEP.FIELD` is the person named there."""
        role = self.definition.roles.get(name)
        if role is not None:
            return role.title
        step, dot, field = name.partition(".")
        return self.field(step, field) if dot else spoken(name)

    def field(self, step: str, field: str, column: str | None = None) -> str:
        """The label of a field of a step's form, or of a column of it."""
        found = self.definition.fields(step).get(field)
        if found is not None and column is not None:
            found = found.columns.get(column)
        label = found.label if found else None
        return label or spoken(column or field).capitalize()

    def kind(self, name: str) -> str:
        """A kind of evidence."""
        return self._kinds.get(name, name)

    def item(self, what: str) -> str:
        """What `visible` or a consent names: `status`, a step, `STEP.FIELD`."""
        step, dot, field = what.partition(".")
        if self.definition.step(step) is None:
            return spoken(what)
        return f"{quoted(self.step(step))}: {self.field(step, field)}" if dot else quoted(self.step(step))

    def requirement(self, of: str, name: str) -> str | None:
        """What a requirement of a step or a role says when it is not met."""
        step, role = self.definition.step(of), self.definition.roles.get(of)
        found = step.requires.get(name) if step else None
        if found is None and role is not None:
            found = role.eligible.get(name)
        return found.otherwise if found else None

    def choice(self, of: str | tuple[str, ...] | None, value: str) -> str:
        """A value of a vocabulary."""
        vocabulary = self.definition.lists.get(of) if isinstance(of, str) else None
        return vocabulary.titles.get(value, spoken(value)) if vocabulary else spoken(value)
