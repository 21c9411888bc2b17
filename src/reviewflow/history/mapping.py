"""The shape of a mapping file: how the rows of a source become commands, and nothing else.

A mapping is data. These models check shape only; `mapping_check.py` holds what no shape can say. Texts with
`{column}` in them are templates (`templates.py`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, WithJsonSchema

from reviewflow.workflow.definition import Name

Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2000)]
"""A template, or a text as it is."""
Dashed = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
_Any = Annotated[str, StringConstraints(strict=True, max_length=2000)]


def _several(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _whole(given: Any) -> Any:
    return {"of": given} if isinstance(given, str) else given


_STRING = {"type": "string"}
Texts = Annotated[
    tuple[_Any, ...],
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [_STRING, {"type": "array", "items": _STRING, "minItems": 1}]}),
]
"""One text or several, any of which fits."""


class Part(BaseModel):
    """Any part of a mapping: frozen, nothing unknown allowed, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Cell(Part):
    """A value of a form: a template, what its texts mean, where it is cut into a list; or rows of such values."""

    of: _Any | None = None
    values: dict[str, _Any] = {}
    """Text of the source -> value of the form; what is not listed is refused."""
    empty: Text | None = None
    """What it means that there is nothing; without it, the field is left empty."""
    split: Text | None = None
    """What stands between the items of a list."""
    rows: tuple[dict[Name, Value], ...] = ()
    """For a field of rows: the columns of each; a row without any value is left out."""


Value = Annotated[Cell, BeforeValidator(_whole)]


class Identity(Part):
    """The identifier by which a subject is found again."""

    scheme: Dashed
    value: Text


class Subject(Part):
    """What a case is about. Found by its identity, else by its handle, else by its name within this mapping."""

    name: Text
    kind: Literal["school", "trust", "college", "council", "project", "document", "other"] = "other"
    identity: Identity | None = None
    handle: Text | None = None
    register_: StrictBool = Field(default=False, alias="register")
    """Whether one that is not found is registered; else its rows are refused."""


class People(Part):
    """Who is meant where a cell names a person: an id or an e-mail address; else somebody known by that label."""

    name: Text = "{}"
    """How somebody is called who is registered; `{}` is the label."""
    register_: StrictBool = Field(default=False, alias="register")
    role: Name | None = None
    """A role in the programme that whoever is registered so is given."""
    since: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = None


class Table(Part):
    """A further file, looked into for each row; read into memory."""

    file: Text
    """Its name; it lies beside the main file, or is named on the command line."""
    key: Text
    """What is looked up, from the row."""
    at: tuple[Text, ...] = ()
    """In JSON: the way to the objects, as in [cases]."""
    keyed_by: Text | None = None
    """What each of its own rows is found by; the objects of one JSON object are found by their names."""
    where: dict[str, Texts] = {}
    """Only its rows that have one of these texts in these columns."""


class Adopt(Part):
    """What becomes of a case whose first row opens nothing: it is adopted in the state before that row."""

    state: Text | None = None
    """Which state, from the row; without it the one state from which the row's step can be taken."""
    states: dict[str, _Any] = {}
    """Text of the source -> state."""


class Rule(Part):
    """What the rows that fit `where` say. One of: open, do, date_of, assign, withdraw, evidence, note, ignore."""

    where: dict[str, Texts] = {}
    open: Literal[True] | None = None
    do: Name | None = None
    date_of: Name | None = None
    assign: Name | None = None
    withdraw: Name | None = None
    evidence: Name | None = None
    note: Text | None = None
    ignore: Text | None = None
    happened: Text | None = None
    dates: tuple[Text, ...] = ()
    by: Text | None = None
    person: Text | None = None
    instead: StrictBool = False
    implies: tuple[Name, ...] = ()
    signed_by: tuple[Text, ...] = ()
    about: Text | None = None
    text: Text | None = None
    reason: Text | None = None
    set: dict[Name, Value] = {}


class Mapping(Part):
    """A whole mapping file."""

    mapping: Dashed
    workflow: Dashed
    title: Text | None = None
    about: Text | None = None
    case: Text
    key: Text | None = None
    """What tells one row of a case from another; without it, all of its cells."""
    order: Literal["file", "happened"] = "file"
    subject: Subject
    people: People = People()
    dates: tuple[Text, ...] = ("iso",)
    happened: Text | None = None
    seen: Text | None = None
    by: Text | None = None
    year: Text | None = None
    tables: dict[Name, Table] = {}
    adopt: Adopt | None = None
    rows: tuple[Rule, ...] = Field(min_length=1)
