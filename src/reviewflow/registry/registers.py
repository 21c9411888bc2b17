"""School registers: recognised by their header, every fault listed with row, column, value and reason.

All rows or none; `skip_bad` takes the good ones. Columns about people (head teachers, proprietors,
telephone numbers) are never read, whatever else a file has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.cells import BadCell
from reviewflow.registry.events import Identity, OrganisationKind
from reviewflow.registry.formats import FORMATS, Column, Format
from reviewflow.registry.links import LINK_COLUMNS
from reviewflow.registry.names import shown
from reviewflow.registry.reading import Table, in_row_order, plain_header, read_table


class OrganisationRow(NamedTuple):
    """An organisation as a register has it. `covers`: the details that this format speaks of."""

    row: int
    kind: OrganisationKind
    name: str
    identities: tuple[Identity, ...]
    details: dict[str, str]
    covers: tuple[str, ...]
    place: str
    source: str

    @property
    def urn(self) -> str:
        """The number under which the register knows it."""
        return next(i.value for i in self.identities if i.scheme == "urn")


class Reading(NamedTuple):
    """What a file held: the good rows, and the faults of the others."""

    format: str
    rows: tuple[OrganisationRow, ...]
    faults: tuple[Fault, ...]
    total: int


def recognise(header: Sequence[str], what: str) -> Format:
    """The format whose columns are all there; `BadInput` says what is missing for each, the closest first."""
    there = {plain_header(h) for h in header}
    missing = {f: [c for c in f.columns if plain_header(c.header) not in there] for f in FORMATS}
    for format_, lacks in missing.items():
        if not lacks:
            return format_
    if there >= {plain_header(c) for c in LINK_COLUMNS}:
        raise BadInput(what, [Fault("header", "a file of links", "expected a register; give this file as links")])
    faults = []
    for format_, lacks in sorted(missing.items(), key=lambda m: (len(m[1]) / len(m[0].columns), m[0].name)):
        names = ", ".join(shown(c.header) for c in lacks)
        want = f"for {format_.name} ({format_.title}) these columns are missing: {names}"
        faults.append(Fault("header", f"{len(header)} columns, first {shown(header[0])}", want))
    raise BadInput(what, faults)


def read_organisations(data: bytes, what: str, *, skip_bad: bool = False) -> Reading:
    """The organisations of a register. Any fault is a `BadInput` with all faults, unless `skip_bad`."""
    table = read_table(data, what)
    format_ = recognise(table.header, what)
    places = _places(table, format_, what)
    rows: list[OrganisationRow] = []
    faults = list(table.faults)
    seen: dict[str, list[int]] = defaultdict(list)
    for number, cells in table.rows:
        row, wrong = _row(format_, number, cells, places)
        faults.extend(wrong)
        urn = _value(format_.columns[0], cells[places[0]])
        if urn:
            seen[urn].append(number)
        if row:
            rows.append(row)
    twice = {urn: numbers for urn, numbers in seen.items() if len(numbers) > 1}
    for urn, numbers in twice.items():
        where = ", ".join(str(n) for n in numbers)
        # None of them is known to be the right one, so none is taken.
        faults.extend(
            Fault(f"row {n}, column {format_.columns[0].header}", urn, f"expected once; it is in rows {where}")
            for n in numbers
        )
    faults = in_row_order(faults)
    if faults and not skip_bad:
        raise BadInput(what, faults)
    good = tuple(row for row in rows if row.urn not in twice)
    return Reading(format_.name, good, tuple(faults), table.total)


def _places(table: Table, format_: Format, what: str) -> list[int]:
    plain = [plain_header(h) for h in table.header]
    wanted = [plain_header(c.header) for c in format_.columns]
    if twice := [c.header for c, name in zip(format_.columns, wanted, strict=True) if plain.count(name) > 1]:
        raise BadInput(
            what, [Fault("header", f"column {shown(h)} more than once", "expected each once") for h in twice]
        )
    return [plain.index(name) for name in wanted]


def _value(column: Column, cell: str) -> str | None:
    try:
        return column.read(cell)
    except BadCell:
        return None


def _row(
    format_: Format, number: int, cells: Sequence[str], places: Sequence[int]
) -> tuple[OrganisationRow | None, list[Fault]]:
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for column, place in zip(format_.columns, places, strict=True):
        try:
            values[column.key] = column.read(cells[place])
        except BadCell as error:
            faults.append(Fault(f"row {number}, column {column.header}", shown(cells[place]), f"expected {error.want}"))
    if faults:
        return None, faults
    details = {key: values[key] for key in format_.details if values[key]}
    row = OrganisationRow(
        number,
        "college" if details.get("type_group") == "Colleges" else "school",
        values["name"],
        tuple(Identity(scheme=scheme, value=value) for scheme, value in format_.identities(values) if value),
        details,
        format_.details,
        values.get("town") or values["la"],
        format_.name,
    )
    return row, []
