"""JSON Lines as rows of texts: one object a line, `{"case": {…}, "event": {…}}`, as this house writes them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from math import isfinite
from typing import Any, Final

from reviewflow.errors import Fault
from reviewflow.exchange.characters import clean
from reviewflow.exchange.limits import LARGEST_CELL, LARGEST_EVENT, LARGEST_KEY, MOST_CELLS
from reviewflow.exchange.rows import Row, Rows, shown
from reviewflow.exchange.source import Source
from reviewflow.exchange.values import text_of

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_PARTS: Final = (("case", "case:"), ("event", ""))


def json_rows(source: Source, pieces: Iterator[bytes]) -> Rows:
    """The rows of a JSON Lines file."""
    return Rows("jsonl", (), _rows(source, pieces))


def _rows(source: Source, pieces: Iterator[bytes]) -> Iterator[Row]:
    number = count = 0
    source.place = lambda: f"line {count}"
    lines = _lines(source, pieces)
    while True:
        count += 1
        line = next(lines, None)
        if line is None:
            return
        if line.strip():
            number += 1
            row = _row(number, f"line {count}", _parsed(source, line), source)
            yield _whole(row) if _SURROGATE.search(line) else row


def _whole(row: Row) -> Row:
    """The row without halves of characters, which JSON can escape and no text can hold."""
    cells = {clean(key)[0]: clean(value) for key, value in row.cells.items()}
    bad = [key for key, (_, halves) in cells.items() if halves]
    faults = [Fault(row.place, f"half a character in {shown(key)}", "expected whole ones") for key in bad]
    return row._replace(cells={key: text for key, (text, _) in cells.items()}, faults=(*row.faults, *faults))


def _lines(source: Source, pieces: Iterator[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size, first = 0, True
    for piece in pieces:
        *ended, rest = piece.split(b"\n")
        for end in ended:
            line = b"".join([*held, end])
            held, size = [], 0
            yield line.removeprefix(b"\xef\xbb\xbf") if first else line
            first = False
        held.append(rest)
        size += len(rest)
        if size > LARGEST_EVENT:
            raise source.refusal(f"more than {LARGEST_EVENT:,} bytes", "expected shorter lines")
    if size:
        line = b"".join(held)
        yield line.removeprefix(b"\xef\xbb\xbf") if first else line


class _Doubled(ValueError):
    """A key that stands twice in one object; its text is the key."""


def _once(items: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(items)
    if len(made) != len(items):
        raise _Doubled(Counter(key for key, _ in items).most_common(1)[0][0])
    return made


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(number)
    return value


def _unknown(word: str) -> None:
    raise ValueError(word)


def _parsed(source: Source, line: bytes) -> Any:
    want = "expected JSON Lines: one object a line"
    try:
        return json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_float=_finite, parse_constant=_unknown)
    except UnicodeDecodeError as error:
        raise source.refusal(f"the byte 0x{line[error.start]:02x}", "expected UTF-8") from None
    except json.JSONDecodeError as error:
        raise source.refusal(f"{error.msg} at column {error.colno}", want) from None
    except _Doubled as error:
        raise source.refusal(f"the key {shown(str(error))} more than once", "expected each key once") from None
    except ValueError as error:
        raise source.refusal(f"a number out of range: {shown(str(error))}", want) from None
    except RecursionError:
        raise source.refusal("values too deep inside one another", want) from None


def _row(number: int, place: str, found: Any, source: Source) -> Row:
    cells: dict[str, str] = {}
    faults: list[Fault] = []
    parts = found if isinstance(found, dict) else {}
    for name, prefix in _PARTS:
        part = parts.get(name)
        if not isinstance(part, dict):
            got = "nothing" if part is None else "something else"
            faults.append(Fault(place, f"{got} as {shown(name)}", "expected an object"))
            continue
        texts = {prefix + key: text_of(value) for key, value in part.items() if value is not None}
        twice = texts.keys() & cells.keys()
        faults.extend(Fault(place, f"{shown(key)} also of its case", "expected each key once") for key in sorted(twice))
        cells = texts | cells
    known = {name for name, _ in _PARTS}
    faults.extend(Fault(place, f"the key {shown(key)}", "expected case and event") for key in parts if key not in known)
    if len(cells) > 2 * MOST_CELLS:
        raise source.refusal(f"{len(cells):,} values", f"expected at most {MOST_CELLS:,} each of case and event")
    if any(len(value) > LARGEST_CELL or len(key) > LARGEST_KEY for key, value in cells.items()):
        raise source.refusal("a longer value or key", f"expected at most {LARGEST_CELL:,} characters")
    return Row(number, place, cells, tuple(faults))
