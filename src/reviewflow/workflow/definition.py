"""The shape of a workflow definition: what the YAML may say, and nothing else.

A definition is data. These models check shape only; `checks.py` holds what no shape can say, and
`parse.py` gives every fault its line and column. Key order is the author's and is kept for display;
the digest does not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, StringConstraints

Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
"""A name within a definition: lower-case letters, digits, underscores."""
Title = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
Span = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{1,4}\.\.([0-9]{1,4})?$")]
"""How many: `3..4`, `1..` (no upper bound), `0..1`."""
Rule = Annotated[str, StringConstraints(strict=True, min_length=1)]
"""A CEL expression over the facts; at most 2 kB."""

FieldType = Literal[
    "text", "long_text", "int", "number", "bool", "date", "choice", "list", "rows", "person", "organisation"
]
PLAIN_TYPES = frozenset({"int", "number", "bool", "date", "choice", "person", "organisation"})
"""Types whose values are stored plain without asking; a list of such a type or of a vocabulary is plain too."""


class Part(BaseModel):
    """Any part of a definition: frozen, nothing unknown allowed, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


class Requirement(Part):
    """A named rule that must be met. Says whether a source or we decided it: exactly one of `source`, `ours`."""

    rule: Rule
    otherwise: Title = Field(alias="else")
    source: StrictStr | None = None
    ours: StrictBool = False
    waivable_by: tuple[Name, ...] = ()


class Vocabulary(Part):
    """A closed list of values, versioned by the digest; titles are shown to people."""

    values: tuple[Name, ...] = Field(min_length=1)
    titles: dict[Name, Title] = {}


class Role(Part):
    """A role of the workflow: `held_in` an organisation, partnership or programme, or `assigned` for one cycle."""

    title: Title
    held_in: Literal["subject", "partnership", "programme"] | None = None
    assigned: Span | None = None
    among: Name | None = None
    offered_by: tuple[Name, ...] = ()
    eligible: dict[Name, Requirement] = {}
    source: StrictStr | None = None
    ours: StrictBool = False


class Anchor(Part):
    """A named day that deadlines hang on: exactly one of a form's date, a step's day, a named calendar day."""

    field: StrictStr | None = None
    """`STEP.FIELD`, a date field of that step's form."""
    day_of: Name | None = None
    calendar: Name | None = None


class State(Part):
    """A state. `side` can be left by `to: return`; `clocks: stopped` hides deadlines while in it."""

    title: Title
    initial: StrictBool = False
    final: StrictBool = False
    side: StrictBool = False
    clocks: Literal["stopped"] | None = None


class Stage(Part):
    """A group of states, in order."""

    title: Title
    states: dict[Name, State] = Field(min_length=1)


class FormField(Part):
    """A field of a form. Texts are sealed unless `plain: true`."""

    label: Title | None = None
    help: StrictStr | None = None
    type: FieldType
    of: StrictStr | tuple[Name, ...] | None = None
    """For `choice`: a vocabulary or the values; for `list`: `text`, another simple type, or a vocabulary."""
    optional: StrictBool = False
    min: StrictInt | None = None
    max: StrictInt | None = None
    plain: StrictBool = False
    columns: dict[Name, FormField] = {}
    """For `rows`: simple fields. Every row also has an `id`, given by the engine if not by the person."""
    over: StrictStr | None = None
    """For `rows`: `STEP.FIELD`, rows said earlier; each row's id must be one of those, each at most once."""


class Due(Part):
    """When something should be done: an offset from a day. Exactly one unit (or `day`/`before`), one origin."""

    school_days: StrictInt | None = None
    working_days: StrictInt | None = None
    days: StrictInt | None = None
    weeks: StrictInt | None = None
    months: StrictInt | None = None
    years: StrictInt | None = None
    origin: StrictStr | None = Field(default=None, alias="from")
    """An anchor."""
    from_day_of: Name | None = None
    day: StrictStr | None = None
    """An anchor; the deadline is that very day."""
    before: Name | None = None
    """A step: due before that step's own deadline."""
    limit: Due | None = None
    otherwise: Due | None = None
    not_before: Due | None = None


class Booking(Part):
    """A step that books days: `first` and `last` are date fields of its form, `people` assigned roles it books."""

    first: Name
    last: Name
    people: tuple[Name, ...] = ()


class EvidenceGroup(Part):
    """Kinds of evidence that share who may add them, when, and about what."""

    kinds: dict[Name, Title] = Field(min_length=1)
    within: tuple[StrictStr, ...] = Field(alias="in", min_length=1)
    """States or stages in which it may be added; `any`, `active`."""
    by: tuple[StrictStr, ...] = Field(min_length=1)
    about: StrictStr | None = None
    """`STEP.FIELD`: each item names one row of it."""
    help: StrictStr | None = None
    source: StrictStr | None = None
    ours: StrictBool = False


class Step(Part):
    """What a person can do: shared by the opening, transitions and acts."""

    title: Title
    help: StrictStr | None = None
    by: tuple[StrictStr, ...] = Field(min_length=1)
    """Roles; `STEP.FIELD`, a person named in a form; `anyone`: whoever holds or was assigned any role here."""
    second: tuple[Name, ...] = Field(default=(), alias="with")
    """Roles that must also sign."""
    form: Name | None = None
    evidence: dict[Name, Span] = {}
    requires: dict[Name, Requirement] = {}
    recheck: tuple[Name, ...] = ()
    """Assigned roles whose eligibility is judged again on the day of this step."""
    books: Booking | None = None
    due: Due | tuple[Due, ...] | None = None
    source: StrictStr | None = None
    ours: StrictBool = False


class Opening(Step):
    """The transition from nothing."""

    to: StrictStr


class Transition(Step):
    """A step that changes the state. `from: active` means neither final nor side; `to: return` goes back."""

    origin: StrictStr | tuple[StrictStr, ...] = Field(alias="from")
    to: StrictStr


class Act(Step):
    """A step that is recorded, may be repeated, and changes no state."""

    within: StrictStr | tuple[StrictStr, ...] = Field(alias="in")
    about: StrictStr | None = None
    beside: StrictStr | None = None
    """`STEP.FIELD` that this stands beside, never over, as a reply beside the feedback."""


class Visible(Part):
    """One permission to see; whatever no entry allows is hidden."""

    what: tuple[StrictStr, ...] = Field(min_length=1)
    """`status`, `dates`, `people`, `evidence`, `notes`, a step (its whole form), or `STEP.FIELD`."""
    to: tuple[StrictStr, ...] = Field(min_length=1)
    """Roles, and `STEP.FIELD` for whoever is named there."""
    since: Name | None = Field(default=None, alias="from")
    """A step: from when it was first taken."""
    when: tuple[Name, ...] = ()
    """Steps, one of which must have been taken."""
    consent_of: Name | None = None
    """A role whose consent must stand."""


class Definition(Part):
    """A whole workflow definition."""

    workflow: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
    title: Title
    edition: Title
    subject: Literal["organisation", "project", "document"]
    about: StrictStr | None = None
    lists: dict[Name, Vocabulary] = {}
    roles: dict[Name, Role] = Field(min_length=1)
    never_both: tuple[tuple[Name, Name], ...] = ()
    anchors: dict[Name, Anchor] = {}
    stages: dict[Name, Stage] = Field(min_length=1)
    states: dict[Name, State] = {}
    forms: dict[Name, dict[Name, FormField]] = {}
    evidence: dict[Name, EvidenceGroup] = {}
    opens: Opening
    transitions: dict[Name, Transition] = Field(min_length=1)
    acts: dict[Name, Act] = {}
    visible: tuple[Visible, ...] = ()

    @cached_property
    def _all_states(self) -> dict[str, State]:
        inside = {f"{g}.{s}": state for g, stage in self.stages.items() for s, state in stage.states.items()}
        return {**inside, **self.states}

    @cached_property
    def _steps(self) -> dict[str, Step]:
        return {**self.transitions, **self.acts}

    @cached_property
    def _expanded(self) -> dict[str | tuple[str, ...], frozenset[str]]:
        return {}

    @cached_property
    def _evidence_kinds(self) -> dict[str, EvidenceGroup]:
        return {kind: group for group in self.evidence.values() for kind in group.kinds}

    @cached_property
    def _named_places(self) -> tuple[str, ...]:
        parts: tuple[Step | EvidenceGroup, ...] = (self.opens, *self._steps.values(), *self.evidence.values())
        names = (*(who for part in parts for who in part.by), *(who for entry in self.visible for who in entry.to))
        return tuple(dict.fromkeys(who for who in names if "." in who))

    def all_states(self) -> dict[str, State]:
        """Every state by its full name: `stage.state` in stages, `state` outside them, in the author's order."""
        return self._all_states

    def steps(self) -> dict[str, Step]:
        """Every step by its name: transitions, then acts. The opening is `opens`."""
        return self._steps

    def step(self, name: str) -> Step | None:
        """A step by its name; `opens` is the opening."""
        return self.opens if name == "opens" else self.transitions.get(name) or self.acts.get(name)

    def expand(self, places: str | tuple[str, ...]) -> frozenset[str]:
        """The full state names that a `from` or `in` means: states, whole stages, `active`, `any`."""
        found = self._expanded.get(places)
        if found is None:
            found = self._expanded[places] = frozenset(self._expand((places,) if isinstance(places, str) else places))
        return found

    def _expand(self, places: tuple[str, ...]) -> Iterator[str]:
        states = self.all_states()
        for place in places:
            if place == "any":
                yield from states
            elif place == "active":
                yield from (name for name, state in states.items() if not (state.final or state.side))
            elif place in self.stages:
                yield from (f"{place}.{s}" for s in self.stages[place].states)
            else:
                yield place

    def named_places(self) -> tuple[str, ...]:
        """Every `STEP.FIELD` that gives whoever is named there a part in the cycle: in a `by`, or in `visible`."""
        return self._named_places

    def evidence_kinds(self) -> dict[str, EvidenceGroup]:
        """Each kind of evidence with its group."""
        return self._evidence_kinds

    def fields(self, step: str) -> dict[str, FormField]:
        """The form fields of a step; empty where it has no form."""
        found = self.step(step)
        return self.forms.get(found.form, {}) if found and found.form else {}

    def plain(self, field: FormField) -> bool:
        """Whether the values of a field (or column) are stored plain."""
        if field.type == "list":
            return field.plain or field.of in PLAIN_TYPES or isinstance(field.of, tuple) or field.of in self.lists
        return field.plain or field.type in PLAIN_TYPES


def bounds(span: str) -> tuple[int, int | None]:
    """`3..4` as (3, 4); `1..` as (1, None)."""
    low, _, high = span.partition("..")
    return int(low), int(high) if high else None
