"""XES as IEEE 1849-2016 has it: XML whose schema knows no namespace, attributes typed, traces one after the other.

The schema wants keys that are XML names (`concept:name`): that is the caller's matter, nothing here depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from reviewflow.exchange.characters import clean_for_xml
from reviewflow.exchange.destination import Emit
from reviewflow.exchange.values import Value, text_of
from reviewflow.exchange.xes_types import is_date, is_int

_EXTENSIONS: Final = {
    "concept": "Concept",
    "identity": "Identity",
    "lifecycle": "Lifecycle",
    "org": "Organizational",
    "time": "Time",
}
_TYPES: Final = {
    "concept:instance": "string",
    "concept:name": "string",
    "identity:id": "id",
    "lifecycle:model": "string",
    "lifecycle:state": "string",
    "lifecycle:transition": "string",
    "org:group": "string",
    "org:resource": "string",
    "org:role": "string",
}
"""What the extensions ask for, whatever the value's type."""
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSAFE: Final = re.compile(r"[^ !#-%'-;=?-~]")
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


class XesWriter:
    """A log whose every event stands in the trace of its case; a case that comes again later is a trace of its own."""

    def __init__(self, emit: Emit) -> None:
        """`emit` takes the beginning at once."""
        self.replaced = 0
        self._emit = emit
        self._case: dict[str, Value] | None = None
        emit('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849.2016" xes.features="">\n')
        for prefix, name in _EXTENSIONS.items():
            uri = f"http://www.xes-standard.org/{prefix}.xesext"
            emit(f'  <extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n')

    def write(self, case: Mapping[str, Value], event: Mapping[str, Value]) -> None:
        """One event, in the trace of the one before if its case says the same."""
        lines = []
        if self._case is None or self._case != case:
            lines.append("  <trace>\n" if self._case is None else "  </trace>\n  <trace>\n")
            lines += [f"    {self._attribute(key, value)}\n" for key, value in case.items() if value is not None]
            self._case = dict(case)
        lines.append("    <event>\n")
        lines += [f"      {self._attribute(key, value)}\n" for key, value in event.items() if value is not None]
        lines.append("    </event>\n")
        self._emit("".join(lines))

    def close(self) -> None:
        """The end of the last trace and of the log."""
        self._emit("</log>\n" if self._case is None else "  </trace>\n</log>\n")

    def _attribute(self, key: str, value: Value) -> str:
        text = text_of(value)
        kind = _TYPES.get(key) or _kind_of(key, value, text)
        if kind == "date" and _DAY.fullmatch(text):
            text += "T00:00:00"  # XML Schema has no date without a time here
        return f'<{kind} key="{self._escaped(key)}" value="{self._escaped(text)}"/>'

    def _escaped(self, text: str) -> str:
        if not _UNSAFE.search(text):
            return text
        text, count = clean_for_xml(text)
        self.replaced += count
        return text.translate(_ESCAPES)


def _kind_of(key: str, value: Value, text: str) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "int" if is_int(text) else "string"
    if isinstance(value, float):
        return "float"
    if isinstance(value, datetime | date) or (
        key == "time:timestamp" and is_date(text) and (_MOMENT.fullmatch(text) or _DAY.fullmatch(text))
    ):
        return "date"
    return "string"
