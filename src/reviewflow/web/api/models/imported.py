"""What becomes of files that are brought in."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from reviewflow.web.api.models.done import Done
from reviewflow.web.api.models.problem import FaultFound, UnmetRequirement
from reviewflow.web.api.models.shape import Shape


class FieldChanged(Shape):
    """One field of a row that changes something."""

    field: str
    from_: Any = Field(alias="from")
    to: Any


class PeopleRow(Shape):
    """What becomes of one row."""

    sheet: str
    row: int
    outcome: str = Field(examples=["new", "changed", "refused"])
    what: str
    why: str | None
    changes: list[FieldChanged]


class PeopleImported(Done):
    """What became of each row, or would in a dry run; rows that change nothing are only counted."""

    sheets: list[dict[str, Any]]
    rows: int
    outcomes: dict[str, int] = Field(examples=[{"new": 12, "changed": 1, "same": 0, "refused": 0}])
    noted: list[PeopleRow]
    notes: list[str]
    taken: bool = Field(description="False only in a dry run: as it is, nothing of the file would be recorded.")
    faults: list[FaultFound] = Field(description="What stands against it, each with its cell.")
    unmet: list[UnmetRequirement] = Field(description="What stands against it otherwise.")


class RegisterChange(FieldChanged):
    """A field of an organisation that changes."""

    row: int
    organisation: str


class RegisterRow(Shape):
    """A row of which more is to be told than a count."""

    row: int
    outcome: str
    what: str
    reason: str | None


class OrganisationsImported(Done):
    """What became of the rows, or would in a dry run."""

    format: str
    rows: int
    outcomes: dict[str, int]
    skipped: int
    changed_fields: dict[str, int]
    changes: list[RegisterChange]
    noted: list[RegisterRow]
    faults: list[dict[str, str]] = Field(description="Of each row that was left out, with its place.")
    taken: bool = Field(description="False only in a dry run: with these faults it is taken only with `skip_bad`.")


class RefusedRow(Shape):
    """A row that did not become events."""

    place: str = Field(examples=["line 12"])
    case: str
    reason: str = Field(examples=["wrong-state"])
    sentence: str


class HistoryImported(Shape):
    """What became of the rows, or would in a dry run."""

    mapping: str
    workflow: str
    format: str
    dry_run: bool
    cases: int
    rows: int
    accepted: int
    unchanged: int
    already: int
    ignored: int
    refused: int
    events: int
    events_by_topic: dict[str, int]
    ignored_because: dict[str, int]
    refused_because: dict[str, Any]
    stopped: str | None
    refused_rows: list[RefusedRow]


class ExportImported(Shape):
    """What became of each review."""

    dry_run: bool
    events: int
    cycles: int
    taken_over: int
    unchanged: int
    events_taken_over: int
    people: int
    organisations: int
    refused: int
    reasons: dict[str, int]
    refusals: list[dict[str, Any]]


class Mappings(Shape):
    """Mappings to begin from."""

    shipped: list[str]
    example: str = Field(description="A whole one, with what each part means.")


class MappingChecked(Shape):
    """Whether a mapping fits; what it is called only if it does."""

    sound: bool
    faults: list[FaultFound]
    mapping: str = ""
    workflow: str = ""
    rules: int = 0
