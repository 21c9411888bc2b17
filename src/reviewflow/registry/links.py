"""The file of links between establishments: who came after whom, and when. Only reading; `succession` judges."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.cells import URN, BadCell, parse_day, text
from reviewflow.registry.names import shown
from reviewflow.registry.reading import in_row_order, plain_header, read_table

LINK_COLUMNS: Final = ("URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate")

TieKind = Literal["plain", "merger", "amalgamation", "split"]

LINK_TYPES: Final[dict[str, tuple[TieKind, bool]]] = {
    "Successor": ("plain", True),
    "Predecessor": ("plain", False),
    "Successor - merged": ("merger", True),
    "Predecessor - merged": ("merger", False),
    "Successor - amalgamated": ("amalgamation", True),
    "Predecessor - amalgamated": ("amalgamation", False),
    "Result of Amalgamation": ("amalgamation", True),
    "Successor - Split School": ("split", True),
    "Predecessor - Split School": ("split", False),
}
"""Link type -> what it says, and whether LinkURN comes after URN (else before). Other types say nothing of the kind."""


class LinkRow(NamedTuple):
    """A row of the file; `on` None where the register does not say when."""

    row: int
    urn: str
    link_urn: str
    link_type: str
    on: date | None = None

    @property
    def ends(self) -> tuple[str, str]:
        """(predecessor, successor); only for a known type."""
        return (self.urn, self.link_urn) if LINK_TYPES[self.link_type][1] else (self.link_urn, self.urn)


class LinkReading(NamedTuple):
    """What a file held: the good rows, and the faults of the others."""

    rows: tuple[LinkRow, ...]
    faults: tuple[Fault, ...]
    total: int


def read_links(data: bytes, what: str, *, skip_bad: bool = False) -> LinkReading:
    """The links of a file. Any fault is a `BadInput` with all faults, unless `skip_bad`."""
    table = read_table(data, what)
    plain = [plain_header(h) for h in table.header]
    if missing := [c for c in LINK_COLUMNS if plain_header(c) not in plain]:
        got = f"{len(plain)} columns, first {shown(table.header[0])}"
        raise BadInput(what, [Fault("header", got, f"for links these columns are missing: {', '.join(missing)}")])
    places = [plain.index(plain_header(c)) for c in LINK_COLUMNS]
    rows: list[LinkRow] = []
    faults = list(table.faults)
    for number, cells in table.rows:
        urn, link_urn, _name, link_type, on = (cells[place] for place in places)
        wrong: list[Fault] = []
        for column, cell, read in (
            ("URN", urn, URN),
            ("LinkURN", link_urn, URN),
            ("LinkType", link_type, text),
            ("LinkEstablishedDate", on, parse_day),
        ):
            try:
                read(cell)
            except BadCell as error:
                wrong.append(Fault(f"row {number}, column {column}", shown(cell), f"expected {error.want}"))
        faults.extend(wrong)
        if not wrong:
            rows.append(LinkRow(number, urn.strip(), link_urn.strip(), text(link_type), parse_day(on)))
    faults = in_row_order(faults)
    if faults and not skip_bad:
        raise BadInput(what, faults)
    return LinkReading(tuple(rows), tuple(faults), table.total)
