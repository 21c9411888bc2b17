"""Files that come with a request: of a listed kind, bounded, in memory and never on a disk.

The bounds are those of the pages; what is larger is for the command line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from fastapi import Request
from fastapi.dependencies.models import Dependant
from starlette.formparsers import MultiPartParser

from reviewflow.errors import BadInput, Fault
from reviewflow.exchange.held import Held
from reviewflow.exchange.reading import open_rows
from reviewflow.sheets.packed import told_rows, told_size
from reviewflow.web.uploads import KINDS, MOST, ROOM, Kind, plain_text, uploaded

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of all files of one request together."""
LARGEST_EXPORT: Final = 10 * 1024 * 1024
"""The same of histories as they were exported: they say of everything who and when."""
UNPACKED: Final = 40 * 1024 * 1024
"""Bytes of a file once it is unpacked."""
MOST_ROWS: Final = 5_000
"""Rows of all files of one request: each is decided while others wait."""
MOST_LINES: Final = 4 * MOST_ROWS
"""Lines of one list: cells may have several."""
MOST_COLUMNS: Final = 500
MOST_FILES: Final = 8

SHEETS: Final = {end: KINDS[end] for end in ("xlsx", "ods", "csv")}
REGISTERS: Final = {"csv": KINDS["csv"]}
HISTORIES: Final[Mapping[str, Kind]] = {
    "csv": KINDS["csv"],
    "jsonl": Kind("application/jsonl", plain_text, "JSON Lines"),
    "json": Kind("application/json", plain_text, "JSON"),
    "xes": Kind("application/xml", lambda data: b"<" in data[:200], "XES"),
    "gz": Kind("application/gzip", lambda data: data.startswith(b"\x1f\x8b"), "gzip"),
}
"""Nothing of them is ever shown or sent out again: what they hold is told by reading them."""


async def only_known(request: Request) -> None:
    """`BadInput` for a field that the operation does not have: `dry-run` for `dry_run` would be done in earnest."""
    names = set(_fields(request.scope["route"].dependant))
    if odd := sorted(set(await request.form()) - names):
        want = f"no such field; there are: {', '.join(sorted(names))}"
        raise BadInput("the form", [Fault(name, "", want) for name in odd])


def _fields(of: Dependant) -> Iterator[str]:
    """The names of the fields of an operation, and of what it depends on."""
    yield from (one.alias for one in of.body_params)
    for one in of.dependencies:
        yield from _fields(one)


class TooMuch(Exception):  # an answer, not an error: a problem 413
    """`sentence` says what there is too much of, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def keep_in_memory() -> None:
    """What somebody sends is not written anywhere before it is sealed."""
    MultiPartParser.spool_max_size = MOST + 1024 * 1024


@contextmanager
def taken(files: Sequence[Any], kinds: Mapping[str, Kind], largest: int = LARGEST) -> Iterator[list[Held]]:
    """The files of a request, while there is room for what they become."""
    if len(files) > MOST_FILES:
        raise TooMuch(f"{len(files)} files came; at most {MOST_FILES} are taken at once. Nothing was recorded.")
    with ROOM.taken(UNPACKED):
        held = [Held(one.name, one.data) for file in files if (one := uploaded(file, kinds)) is not None]
        if len(held) < max(len(files), 1):
            raise BadInput("the file", [Fault("file", "nothing", "send a file, with a name")])
        size = sum(len(one.data) for one in held)
        if size > largest:
            raise TooMuch(_larger(f"{size:,} bytes", f"{largest:,} bytes"))
        unpacked = sum(told_size(one.data) for one in held)
        if unpacked > UNPACKED:
            raise TooMuch(_larger(f"{unpacked:,} bytes once unpacked", f"{UNPACKED:,} bytes"))
        yield held


def small(held: Held) -> None:
    """`TooMuch` for a list that would take long only to be read."""
    lines, columns = told_rows(held.data)
    if lines > MOST_LINES:
        raise TooMuch(_larger(f"{lines:,} lines", f"{MOST_ROWS:,} rows"))
    if columns > MOST_COLUMNS:
        raise TooMuch(_larger(f"{columns:,} columns", f"{MOST_COLUMNS:,} columns"))


def few(rows: int) -> None:
    """`TooMuch` for more rows than are taken at once."""
    if rows > MOST_ROWS:
        raise TooMuch(_larger(f"{rows:,} rows", f"{MOST_ROWS:,} rows"))


def few_events(held: Held) -> None:
    """The same for a file of events, read to its end first: one that breaks off is refused before anything is taken."""
    number = 0
    with open_rows(held, largest=UNPACKED) as rows:
        for number, _ in enumerate(rows, 1):
            if number > MOST_ROWS:
                raise TooMuch(_larger(f"more than {MOST_ROWS:,} rows", f"{MOST_ROWS:,} rows"))
    if number == 0:
        raise BadInput(held.name, [Fault("file", "no rows", "expected a file with events in it")])


def _larger(got: str, most: str) -> str:
    return (
        f"{got} came; at most {most} are taken in one request. Nothing was recorded. Send less at once, or bring the "
        "whole file in on the command line."
    )
