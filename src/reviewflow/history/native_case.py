"""The rows of an export, cycle by cycle: what each says of itself, checked as far as the file alone can tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from reviewflow.cycle import events as ev
from reviewflow.errors import Fault
from reviewflow.events import topics
from reviewflow.exchange.rows import Row
from reviewflow.history.export import FORMAT
from reviewflow.history.native_document import BadDocument, Document, read_document

CYCLE, EVENT, VERSION = "case:reviewflow:cycle", "reviewflow:event", "reviewflow:version"


class Line(NamedTuple):
    """One row: its place in the file, and the event's document."""

    place: str
    document: Document


class NativeCase(NamedTuple):
    """One cycle of an export. With `faults` nothing else in it is to be taken as true."""

    cycle: str
    handle: str
    place: str
    programme: str
    partnership: str
    people: Mapping[str, str]
    organisations: Mapping[str, Mapping[str, Any]]
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...] = ()

    def step(self, document: Document) -> str | None:
        """The step whose form a document holds; for a correction, that of the event which it corrects."""
        if issubclass(topics[document["topic"]], ev.EventCorrected):
            version = document.get("corrects")
            inside = isinstance(version, int) and 0 < version <= len(self.lines)
            about = self.lines[version - 1].document if inside else {"topic": ""}  # type: ignore[operator]
            return self.step(about) if about["topic"] != document["topic"] and inside else None
        if issubclass(topics[document["topic"]], ev.CycleOpened):
            return "opens"
        step = document.get("step")
        return step if isinstance(step, str) else None


def cases(rows: Iterable[Row]) -> Iterator[NativeCase]:
    """The cycles of a file, one in memory at a time. The rows of each stand together."""
    held: list[Row] = []
    for row in rows:
        if held and (row.cells.get(CYCLE) != held[0].cells.get(CYCLE) or row.cells.get(VERSION) == "1"):
            yield _case(held)
            held = []
        held.append(row)
    if held:
        yield _case(held)


def _case(rows: list[Row]) -> NativeCase:
    first = rows[0].cells
    place = rows[0].place
    faults = [fault for row in rows for fault in row.faults]
    lines: list[Line] = []
    if not faults:
        faults += _whole(rows)
        for row in rows:
            try:
                lines.append(Line(row.place, read_document(row.cells.get(EVENT, ""))))
            except BadDocument as error:
                faults.append(Fault(f"{row.place}, {EVENT}", "", str(error)))
    people = _object(first, "people", place, faults, str)
    organisations = _object(first, "organisations", place, faults, dict)
    programme, partnership = (first.get(f"case:reviewflow:{name}", "") for name in ("programme", "partnership"))
    handle = first.get("case:concept:name", "")
    return NativeCase(
        first.get(CYCLE, ""), handle, place, programme, partnership, people, organisations, tuple(lines), tuple(faults)
    )


def _whole(rows: list[Row]) -> Iterator[Fault]:
    """The rows are all events of the cycle, in order: an export that left some out cannot be its history."""
    first = rows[0].cells
    place, form, count = rows[0].place, first.get("case:reviewflow:format"), first.get("case:reviewflow:events")
    if form != str(FORMAT):
        yield Fault(place, repr(form), f"expected the format {FORMAT}; another release of reviewflow wrote this")
        return
    for number, row in enumerate(rows, start=1):
        version = row.cells.get(VERSION)
        if version != str(number):
            want = f"expected version {number}: all events of a cycle, in order, its rows together"
            yield Fault(row.place, f"version {version}", want)
            return
    if count != str(len(rows)):
        yield Fault(rows[-1].place, f"{len(rows)} events", f"expected {count}, as the cycle says of itself")


def _object(cells: Mapping[str, str], name: str, place: str, faults: list[Fault], kind: type) -> Mapping[str, Any]:
    where = f"case:reviewflow:{name}"
    try:
        found = json.loads(cells.get(where) or "{}")
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and all(isinstance(value, kind) for value in found.values()):
        return found
    faults.append(Fault(f"{place}, {where}", "", "expected a JSON object, as reviewflow exports it"))
    return {}
