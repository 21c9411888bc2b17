"""What is logged: one line a request and one for what happens, never what anybody typed, sent, or is called.

Of an address only its template is told (`/cycles/{cycle}`), of an error its class and its place in our code, of what
other libraries say where they said it. Their words may hold anything: a path, a value, a name.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, Final, TextIO

import structlog

from reviewflow.following.notices import Notice
from reviewflow.web.watching import Seen

_OURS: Final = f"{os.sep}reviewflow{os.sep}"
_QUIET: Final = ("uvicorn.error", "uvicorn.access", "uvicorn", "asyncio")
"""Loggers that had been given handlers of their own."""

Tell = Callable[..., None]


class Log:
    """Lines on a stream; safe for threads. A stream that nobody reads any more is no reason to stop."""

    def __init__(self, stream: TextIO | None = None, *, plain: bool | None = None) -> None:
        """On stderr without a stream; `plain`: words for people instead of JSON, as on a terminal."""
        out = stream or sys.stderr
        shown = _as_words if (out.isatty() if plain is None else plain) else _as_json
        self._logger = structlog.wrap_logger(
            structlog.WriteLogger(out),
            processors=[structlog.processors.TimeStamper("iso", utc=True, key="at"), shown],
            wrapper_class=structlog.BoundLogger,
            cache_logger_on_first_use=True,
        )

    def tell(self, event: str, **data: Any) -> None:
        """One line; `data` holds our own words, numbers and ids."""
        with suppress(OSError, ValueError):
            self._logger.msg(event, **data)

    def seen(self, one: Seen) -> None:
        """A request that was answered."""
        self.tell(
            "request", method=one.method, route=one.route, status=one.status, ms=round(one.seconds * 1000, 1),
            request=one.id,
        )  # fmt: skip

    def failed(self, error: BaseException, **data: Any) -> None:
        """Something that should not have happened: what kind, and where in our code."""
        self.tell("failed", error=type(error).__name__, place=place(error), **data)

    def notice(self, one: Notice) -> None:
        """What a follower has to say."""
        self.tell(one.event, **one.data)


def place(error: BaseException) -> str:
    """Where in our own code it came up, as in `web/app.py:31`; else the module and line of whoever raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _OURS in frame.filename]
    if ours:
        return f"{ours[-1].filename.rpartition(_OURS)[2]}:{ours[-1].lineno}"
    return f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "unknown"  # noqa: PTH119


@contextmanager
def listening_to_libraries(log: Log) -> Iterator[None]:
    """Meanwhile whatever a library logs as a warning or worse is one line here, without its words."""
    loggers = [logging.getLogger(name) for name in ("", *_QUIET)]
    before = [(one, one.handlers, one.level, one.propagate) for one in loggers]
    try:
        for one in loggers:
            one.handlers, one.propagate = [], one.name != "uvicorn.access"
            one.setLevel(logging.WARNING)
        loggers[0].handlers = [_Wordless(log)]
        yield
    finally:
        for one, handlers, level, propagate in before:
            one.handlers, one.propagate = handlers, propagate
            one.setLevel(level)


class _Wordless(logging.Handler):
    """Tells who said something, how bad it is, and which error it was about."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        more: dict[str, Any] = {}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            more = {"error": type(error).__name__, "raised": place(error)}
        where = f"{record.module}:{record.lineno}"
        self._log.tell("library", logger=record.name, level=record.levelname.lower(), place=where, **more)


def _as_json(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> str:
    return json.dumps(_in_order(line), default=str)


def _as_words(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> str:
    data = _in_order(line)
    at, event = str(data.pop("at")), str(data.pop("event"))
    return " ".join([at, event, *(f"{name}={_value(value)}" for name, value in data.items())])


def _in_order(line: Mapping[str, Any]) -> dict[str, Any]:
    """When and what first, then the rest."""
    return {"at": line["at"], "event": line["event"], **{k: v for k, v in line.items() if k not in ("at", "event")}}


def _value(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if text.isprintable() and text and not set(text) & set(' "=\\') else json.dumps(text)
