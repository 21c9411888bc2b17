"""What was found by looking at a database, and how its answers are read."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

TRIGGER = re.compile(r"^\s*CREATE\s+(?:OR REPLACE\s+)?TRIGGER\s+(\w+)", re.IGNORECASE | re.MULTILINE)
"""Finds the names of triggers in statements that make them."""

Verdict = Literal["ok", "warning", "fault"]


class Found(NamedTuple):
    """One thing that was looked at: what it is, how it is, and what it should be."""

    name: str
    verdict: Verdict
    found: str
    want: str = ""


def rows(connection: Connection, question: str, *values: Any) -> list[Any]:
    """The rows that the driver answers with."""
    return list(connection.exec_driver_sql(question, tuple(values)))


def plain(text: str) -> str:
    """A statement without white space and letter case, to be compared."""
    return "".join(text.split()).casefold()
