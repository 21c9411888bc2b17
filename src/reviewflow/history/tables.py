"""Further files that a mapping looks into, read into memory: JSON objects by their names, or rows found by a key."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from reviewflow.errors import BadInput, Fault
from reviewflow.exchange.held import Held
from reviewflow.exchange.reading import open_rows
from reviewflow.exchange.values import text_of
from reviewflow.history.mapping import Table
from reviewflow.history.templates import Cells, Template, no_tables

LARGEST: Final = 200 * 1024 * 1024
"""Bytes of one further file: it is held in memory."""
NONE: Final[Mapping[str, Held]] = {}


class Tables:
    """The further files of one import, by their names in the mapping."""

    def __init__(self, wanted: Mapping[str, Table], files: Mapping[str, Path | Held]) -> None:
        """Reads them all; `BadInput` with every file that cannot be read as the mapping says."""
        faults: list[Fault] = []
        self._rows: dict[str, Mapping[str, Cells]] = {}
        for name, table in wanted.items():
            try:
                self._rows[name] = _read(table, files[name])
            except BadInput as error:
                faults += [Fault(f"{error.what}: {one.where}".rstrip(": "), one.got, one.want) for one in error.faults]
        if faults:
            raise BadInput("the further files", faults)
        self._keys = {name: Template(table.key) for name, table in wanted.items()}
        self.cells: Cells = {}
        """The row of the main file that is at hand."""

    def look(self, name: str) -> Cells:
        """What a further file says for the row at hand; nothing where it has no such row."""
        return self._rows[name].get(self._keys[name].fill(self.cells, no_tables), {})


def places(
    wanted: Mapping[str, Table], named: Mapping[str, str], main: Path | Held, beside: Mapping[str, Held] = NONE
) -> Mapping[str, Path | Held]:
    """Where each further file is: as named on the command line, else beside the main file.

    Beside one that is held in memory lie those of `beside`, by the names that they have in the mapping.
    """
    if isinstance(main, Held):
        return _held(wanted, beside)
    faults = [
        Fault("--table", name, f"no such table in the mapping; it has: {', '.join(wanted) or 'none'}")
        for name in named if name not in wanted
    ]  # fmt: skip
    found = {name: Path(named[name]) if name in named else main.parent / table.file for name, table in wanted.items()}
    faults += [
        Fault(f"table {name}", str(place), f"no such file; name it with --table {name}=FILE")
        for name, place in found.items() if not place.is_file()
    ]  # fmt: skip
    if faults:
        raise BadInput("the further files", faults)
    return found


def _held(wanted: Mapping[str, Table], beside: Mapping[str, Held]) -> dict[str, Held]:
    files = {table.file for table in wanted.values()}
    faults = [
        Fault("tables", name, f"no such file in the mapping; it has: {', '.join(sorted(files)) or 'none'}")
        for name in beside if name not in files
    ]  # fmt: skip
    faults += [
        Fault("tables", "nothing", f"send the file {table.file} too: the mapping looks into it as {name}")
        for name, table in wanted.items() if table.file not in beside
    ]  # fmt: skip
    if faults:
        raise BadInput("the further files", faults)
    return {name: beside[table.file] for name, table in wanted.items()}


def _read(table: Table, place: Path | Held) -> Mapping[str, Cells]:
    what = place.name
    size = len(place.data) if isinstance(place, Held) else place.stat().st_size
    if size > LARGEST:
        raise BadInput(what, [Fault("", f"{size:,} bytes", f"expected at most {LARGEST:,}")])
    rows = _json(table, place, what) if table.at or _is_json(place) else _from_rows(place)
    found: dict[str, Cells] = {}
    key = Template(table.keyed_by) if table.keyed_by is not None else None
    for name, cells in rows:
        if all(cells.get(column, "") in texts for column, texts in table.where.items()):
            own = key.fill(cells, no_tables) if key is not None else name
            if own is None:
                raise BadInput(what, [Fault("keyed_by", "nothing", "say in the mapping what its rows are found by")])
            if own in found:
                raise BadInput(what, [Fault(own, "more than one row", "expected one row for each key")])
            found[own] = cells
    return found


def _is_json(place: Path | Held) -> bool:
    with io.BytesIO(place.data) if isinstance(place, Held) else place.open("rb") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{\n", b"{ ", b'{"', b"["))


def _from_rows(place: Path | Held) -> Iterator[tuple[None, Cells]]:
    with open_rows(place) as rows:
        for row in rows:
            if row.faults:
                raise BadInput(place.name, row.faults)
            yield None, row.cells


def _json(table: Table, place: Path | Held, what: str) -> Iterator[tuple[str | None, Cells]]:
    try:
        data = place.data if isinstance(place, Held) else place.read_bytes()
        found: Any = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput(what, [Fault("", type(error).__name__, "expected JSON in UTF-8")]) from None
    for step in table.at:
        found = found.get(step) if isinstance(found, dict) else None
    rows: Iterable[tuple[str | None, Any]]
    if isinstance(found, dict):
        rows = found.items()
    elif isinstance(found, list):
        rows = ((None, one) for one in found)
    else:
        raise BadInput(what, [Fault(".".join(table.at), type(found).__name__, "expected objects")])
    for name, one in rows:
        if not isinstance(one, dict):
            raise BadInput(what, [Fault(name or "", type(one).__name__, "expected an object")])
        yield name, {key: text_of(value) for key, value in one.items() if value is not None}
