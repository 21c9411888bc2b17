"""Several statements to PostgreSQL and all their answers in one round trip, in one packet each way.

psycopg's own pipeline hands every statement to the network by itself, and the server wakes up for each: with a dozen
small ones that takes longer than what they do. This says the same in libpq's pipeline mode, through psycopg's wrapper
of libpq (`psycopg.pq`) and its conversion of values (`psycopg.adapt`). A statement is prepared when it is first sent,
and stays so.

https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple, NoReturn

import psycopg
from psycopg import Connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

Sent = tuple[str, Sequence[Any] | None]
"""A statement, with %s for each value, and its values."""
Rows = list[tuple[Any, ...]]
Waiting = Generator[Wait, Ready | int, list[PGresult]]
"""What a connection of psycopg waits for without holding up other threads."""

_Key = tuple[str, tuple[int, ...]]
"""A statement and the types of its values."""
_MARK = re.compile("%([%s])")


_MOST = 500
"""Statements that stay prepared; what comes behind them is prepared each time."""


class _Packed(NamedTuple):
    """A statement that can be sent, its values with their formats, and whether it has marks for values."""

    key: _Key
    values: Sequence[Any] | None
    formats: Sequence[Format] | None
    marked: bool = True


class Answer(NamedTuple):
    """The rows of a statement; how many it found or changed."""

    rows: Rows
    changed: int


class Part(NamedTuple):
    """What became of the statements before one synchronisation; after an error the rest of them are passed over."""

    answers: list[Answer]
    error: psycopg.Error | None


class Trips:
    """Round trips over one connection, for one thread at a time."""

    def __init__(self, connection: Connection[Any]) -> None:
        """Nothing is sent yet."""
        self._libpq, self._values = connection.pgconn, Transformer.from_context(connection.adapters)
        self._prepared: dict[_Key, bytes] = {}
        self._numbers = count()
        self._coming: list[list[tuple[_Key, bytes] | None]] = []

    def pack(self, *parts: Sequence[Sent]) -> list[list[_Packed]]:
        """The values as the server takes them; what cannot be sent is found out before anything is."""
        return [[self._pack(text, given) for text, given in part] for part in parts]

    def _pack(self, text: str, given: Sequence[Any] | None) -> _Packed:
        if not given:
            return _Packed((text, ()), None, None, marked=given is not None)
        values = self._values
        dumped = values.dump_sequence(given, [PyFormat.AUTO] * len(given))
        return _Packed((text, values.types or ()), dumped, values.formats)

    def send(self, packed: Sequence[Sequence[_Packed]]) -> Waiting:
        """Hand it to libpq; what comes back is to be waited for. Each part is synchronised by itself.

        That is: what is sent outside a transaction is committed at the end of its part.
        """
        self._libpq.enter_pipeline_mode()
        self._coming = [self._send(part) for part in packed]
        return _exchange(self._libpq, len(packed))

    def _send(self, part: Sequence[_Packed]) -> list[tuple[_Key, bytes] | None]:
        """For each answer that will come: what is prepared with it, or None."""
        libpq, coming = self._libpq, list[tuple[_Key, bytes] | None]()
        new: dict[_Key, bytes] = {}
        for key, values, formats, marked in part:
            name = self._prepared.get(key) or new.get(key)
            if name is None:
                name = b""
                if len(self._prepared) + len(new) < _MOST:
                    new[key] = name = b"rf%d" % next(self._numbers)
                libpq.send_prepare(name, _numbered(key[0]) if marked else key[0].encode(), key[1])
                coming.append((key, name))
            libpq.send_query_prepared(name, values, formats)
            coming.append(None)
        libpq.pipeline_sync()
        return coming

    def read(self, results: Sequence[PGresult]) -> list[Part]:
        """What was waited for, part by part."""
        self._libpq.exit_pipeline_mode()
        told, parts = iter(results), []
        for coming in self._coming:
            answers, error = list[Answer](), None
            for prepared in coming:
                result = next(told)
                if result.status == ExecStatus.TUPLES_OK:
                    self._values.set_pgresult(result)
                    rows = self._values.load_rows(0, result.ntuples, tuple)
                    answers.append(Answer(rows, len(rows)))
                elif result.status != ExecStatus.COMMAND_OK:
                    if error is None:
                        error = error_from_result(result, self._values.encoding)
                elif prepared is None:
                    answers.append(Answer([], result.command_tuples or 0))
                elif prepared[1]:
                    self._prepared[prepared[0]] = prepared[1]
            next(told)  # the synchronisation
            parts.append(Part(answers, error))
        return parts


def drained(libpq: PGconn) -> Waiting:
    """Wait for the answers to what was sent in the plain way; what a broken connection says is said by the next."""
    with suppress(psycopg.OperationalError):
        yield from _flushed(libpq)
        while True:
            while libpq.is_busy():
                if (yield Wait.R):
                    libpq.consume_input()
            if libpq.get_result() is None:
                break
    return []


def _exchange(libpq: PGconn, parts: int) -> Waiting:
    """Every result in its order, those of the synchronisations too."""
    results: list[PGresult] = []
    try:
        yield from _flushed(libpq)
        ended = False
        while parts:
            while libpq.is_busy():
                if (yield Wait.R):
                    libpq.consume_input()
            result = libpq.get_result()
            if result is not None:
                results.append(result)
                parts -= result.status == ExecStatus.PIPELINE_SYNC
            elif ended:
                _lost()
            ended = result is None  # so ends what a statement answers; twice, and nothing more will come
    except psycopg.OperationalError:
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result) from None  # the server's last word
        raise
    return results


def _lost() -> NoReturn:
    raise psycopg.OperationalError("the connection is lost")


def _flushed(libpq: PGconn) -> Generator[Wait, Ready | int, None]:
    while libpq.flush():
        if (yield Wait.RW) & Ready.R:
            libpq.consume_input()


def _numbered(text: str) -> bytes:
    """With $1, $2, ... for each %s, and % for %%."""
    numbers = count(1)
    return _MARK.sub(lambda mark: "%" if mark[1] == "%" else f"${next(numbers)}", text).encode()
