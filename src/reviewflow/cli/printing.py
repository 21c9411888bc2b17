"""How things are shown: lines, tables, one JSON document. Nothing that was entered can steer a terminal.

Readable without colour; rich draws tables and progress on a terminal only, in a pipe they are plain or absent.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from reviewflow.asking.plain import plain
from reviewflow.audit.plain_text import for_terminal

# Within a JSON text: what could steer a terminal or turn the reading direction, and lone halves of pairs.
_DANGEROUS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def say(text: str = "", *, err: bool = False) -> None:
    """One or more lines for a person."""
    click.echo(for_terminal(text, lines=True), err=err)


def document(data: Any, *, err: bool = False) -> None:
    """One JSON document."""
    text = json.dumps(data, ensure_ascii=False, indent=2, default=plain)
    # They occur inside strings only, where \uXXXX means the same.
    click.echo(_DANGEROUS.sub(lambda found: f"\\u{ord(found[0]):04x}", text), err=err)


def cell(value: Any) -> str:
    """A value as a table shows it, on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(cell(one) for one in value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").replace("+00:00", "Z")
    return " ".join(for_terminal(str(value), lines=True).split())


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], *, none: str = "none") -> None:
    """Rows under a header; `none` is said where there are no rows."""
    if not rows:
        say(none)
        return
    cells = [[cell(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        _draw(header, cells)
        return
    widths = [max(map(_width, column)) for column in zip(header, *cells, strict=True)]
    for row in (header, *cells):
        click.echo("  ".join(c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True)).rstrip())


def facts(data: Mapping[str, Any]) -> None:
    """Names and values, one a line; what is empty is left out."""
    rows = [(name.replace("_", " "), cell(value)) for name, value in data.items() if cell(value)]
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")


def _draw(header: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for title in header:
        drawn.add_column(title, overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(c) for c in row))  # Text: what was entered is never read as markup
    Console(highlight=False).print(drawn)


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say on a terminal that something takes a while; silent in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(for_terminal(what)):
        yield


def count(number: int, one: str, many: str = "") -> str:
    """`1 cycle`, `2 cycles`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
