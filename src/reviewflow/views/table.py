"""How the tables of views are made, and how days and moments stand in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, Index, Integer, MetaData, Table, Text
from sqlalchemy.schema import CreateIndex, CreateTable

Whole = BigInteger().with_variant(Integer, "sqlite")  # SQLite's INTEGER has 64 bits; STRICT tables know no BIGINT
Word = Text().with_variant(Text(collation="C"), "postgresql")
"""A text that is compared byte by byte: pages and prefixes depend on one order everywhere. Days stand as 2026-03-01."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")


def table(name: str, *parts: Column[Any] | Index, edition: int = 1) -> Table:
    """A table of a view; rows lie in the order of the primary key.

    `edition` is raised by a release that works the same columns out otherwise. It stands in the table as a check that
    always holds: an upgrade then sees that the rows are of another release, and names the view to be rebuilt.
    """
    check = (CheckConstraint("0 = 0", name=f"{name}_edition_{edition}"),) if edition > 1 else ()
    return Table(name, MetaData(), *parts, *check, sqlite_strict=True, sqlite_with_rowid=False)


def word(name: str, *, key: bool = False, optional: bool = False) -> Column[str]:
    """A column of text."""
    return Column(name, Word, primary_key=key, nullable=optional)


def whole(name: str, *, optional: bool = False) -> Column[int]:
    """A column of whole numbers."""
    return Column(name, Whole, nullable=optional)


def make(connection: Connection, tables: tuple[Table, ...]) -> None:
    """Make the tables with their indexes, in the transaction of the connection; refuses those that are there."""
    for each in tables:
        parts: list[CreateTable | CreateIndex] = [CreateTable(each)]
        parts += [CreateIndex(index) for index in sorted(each.indexes, key=lambda index: str(index.name))]
        for part in parts:
            connection.exec_driver_sql(str(part.compile(dialect=connection.dialect)))


def day(text: str | None) -> date | None:
    """A day out of a row."""
    return date.fromisoformat(text) if text is not None else None


def text(day: date | None) -> str | None:
    """A day as a row holds it."""
    return day.isoformat() if day is not None else None


def micros(moment: datetime) -> int:
    """An aware moment as a row holds it: microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """A moment out of a row."""
    return _EPOCH + timedelta(microseconds=micros)


def portions(ids: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Parts of a list that a statement can take as parameters."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
