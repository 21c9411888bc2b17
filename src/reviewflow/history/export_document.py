"""An event as a document that leaves this store: its sealed texts opened, or marked where they cannot be read.

THE FORM OF A DOCUMENT IS A FORMAT: what was exported once must come in again. It is the event's stored JSON with
its topic, and in place of each sealed text the text itself, `{"removed": true}` where its key was destroyed, or
`{"hidden": true}` for what the reader may not see or the master key is not at hand for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any, Final

from reviewflow.events import Recorded, Sealed, encode
from reviewflow.ports import Forgotten

OpenText = Callable[[Sealed, str, int, str], str]
"""Opens a text by stream, version and path; `Forgotten` if it cannot be read."""

REMOVED: Final = {"removed": True}
HIDDEN: Final = {"hidden": True}
_SEALED: Final = frozenset(Sealed.model_fields)
# JSON escapes other control characters itself; XML and spreadsheets cannot hold these.
_UNFIT: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def document_of(
    recorded: Recorded, open_text: OpenText, *, readable: bool = True, hidden: Collection[str] = ()
) -> dict[str, Any]:
    """The document of an event. `hidden`: paths (`text`, `values.note`) not shown; `readable`: a key is at hand."""
    opening = _Opening(recorded, open_text, HIDDEN if not readable else REMOVED, hidden)
    return {"topic": recorded.event.topic, **opening.members(json.loads(encode(recorded.event)), "")}


def as_json(document: Any) -> str:
    """A document on one line, with nothing in it that a format could not carry."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class _Opening:
    def __init__(
        self, recorded: Recorded, open_text: OpenText, unreadable: dict[str, bool], hidden: Collection[str]
    ) -> None:
        self.stream, self.version = recorded.stream, recorded.version
        self.open_text, self.unreadable, self.hidden = open_text, unreadable, hidden

    def members(self, found: dict[str, Any], path: str) -> dict[str, Any]:
        return {name: self.value(value, f"{path}.{name}" if path else name) for name, value in found.items()}

    def value(self, value: Any, path: str) -> Any:
        if path in self.hidden:
            return HIDDEN
        if isinstance(value, dict):
            return self.text(value, path) if value.keys() == _SEALED else self.members(value, path)
        if isinstance(value, list):
            return [self.value(item, f"{path}.{_label(item, n)}") for n, item in enumerate(value)]
        return value

    def text(self, value: dict[str, Any], path: str) -> Any:
        try:
            return self.open_text(Sealed.model_validate(value), self.stream, self.version, path)
        except Forgotten:
            return self.unreadable


def _label(item: Any, index: int) -> str:
    """How the vault calls an item of a list: a row by its id."""
    name = item.get("id") if isinstance(item, dict) else None
    return name if isinstance(name, str) else str(index)
