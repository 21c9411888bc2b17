"""Errors become problems: the core knows no HTTP status, this is where they are given. Never a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from reviewflow.errors import (
    BadDefinition,
    BadInput,
    Fault,
    Refused,
    ReviewflowError,
    StoreUnreachable,
    StreamMoved,
    Unmet,
)
from reviewflow.web.api.problems import problem

WAIT: Final = "5"
"""Seconds after which a store may be asked again."""
_NO: Final = frozenset({"not-permitted", "not-visible"})
_MOST_SHOWN: Final = 200
_STEP: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_HTTP: Final = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 422: "wrong-input"}


class Unknown(Exception):
    """What the address names is not there."""

    def __init__(self, error: BadInput) -> None:
        super().__init__(error)
        self.error = error


def answer_trouble(api: FastAPI) -> None:
    """Let the API answer every error with a problem."""
    api.add_exception_handler(Unknown, _unknown)
    api.add_exception_handler(ReviewflowError, _ours)
    api.add_exception_handler(RequestValidationError, _shape)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _unforeseen)


def _unknown(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unknown)
    return problem(request, "not-found", str(error.error), faults=faults_data(error.error.faults, None))


def _ours(request: Request, error: Exception) -> Response:
    match error:
        case Refused() if "command-id-taken" in error.codes:
            return problem(request, "key-used")
        case Refused():
            kind = "not-permitted" if _NO.intersection(error.codes) else "not-met"
            return problem(request, kind, _refused(error), unmet=[unmet_data(one) for one in error.unmet])
        case BadInput():
            body = getattr(request.state, "body", None)
            return problem(request, "wrong-input", str(error), faults=faults_data(error.faults, body))
        case BadDefinition():
            faults = [
                {
                    "where": f.path,
                    "got": f.got,
                    "want": f.want,
                    "line": f.line,
                    "column": f.column,
                    "pointer": "/document",
                }
                for f in error.faults
            ]
            return problem(request, "wrong-input", str(error), faults=faults)
        case StreamMoved():
            return problem(request, "moved")
        case StoreUnreachable():
            return problem(request, "not-available", headers={"retry-after": WAIT})
        case _:
            return problem(request, "broken")


def _refused(error: Refused) -> str:
    return f"{error.what}: " + "; ".join(one.sentence for one in error.unmet)


def unmet_data(one: Unmet) -> dict[str, Any]:
    """One unmet requirement."""
    return {
        "code": one.code, "sentence": one.sentence, "who": list(one.who), "by_when": one.by_when,
        "waivable_by": list(one.waivable_by), "source": one.source,
    }  # fmt: skip


def faults_data(faults: Iterable[Fault], body: Any) -> list[dict[str, Any]]:
    """Every fault, with a JSON pointer (RFC 6901) where it is about a part of the body."""
    return [
        {"where": one.where, "got": one.got, "want": one.want, "pointer": pointer(one.where, body)} for one in faults
    ]


def pointer(where: str, body: Any) -> str | None:
    """The part of a body that a place means, as in `questions.1.question`; None if there is none.

    Places count rows from 1, pointers from 0. A field that was not given has a pointer too, if what it belongs to was.
    """
    steps = [int(found[1]) if found[1] else found[2] for found in _STEP.finditer(where)]
    for begin in (["values"], []):
        if steps and (found := _walk([*begin, *steps], body)) is not None:
            return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in found)
    return None


def _walk(steps: list[Any], body: Any) -> list[str] | None:
    here, path = body, []
    for n, step in enumerate(steps):
        if isinstance(here, Mapping):
            path.append(str(step))
            if step not in here:  # a field of a form that was not given; of the body itself all members are there
                return path if n == len(steps) - 1 and n else None
            here = here[step]
        elif isinstance(here, list) and str(step).isdecimal() and 0 < int(step) <= len(here):
            path.append(str(int(step) - 1))
            here = here[int(step) - 1]
        else:
            return None
    return path


def _shape(request: Request, error: Exception) -> Response:
    """What FastAPI itself finds wrong, in the same shape."""
    assert isinstance(error, RequestValidationError)
    faults = []
    for one in error.errors():
        room, *rest = one["loc"]
        steps = [
            str(step)
            for step in rest
            if not (room == "body" and isinstance(step, int) and one["type"] == "json_invalid")
        ]
        at = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps) if room == "body" else None
        faults.append({"where": ".".join(steps) or str(room), "got": _got(one), "want": one["msg"], "pointer": at})
    if any(one["loc"][0] == "path" for one in error.errors()):
        return problem(request, "not-found", faults=faults)
    return problem(request, "wrong-input", faults=faults)


def _got(one: Mapping[str, Any]) -> str:
    """What was given, short; never a whole body."""
    given = one.get("input")
    if one["type"] == "missing" or given is None:
        return "nothing"
    if isinstance(given, Mapping | list | bytes):
        return type(given).__name__
    return repr(given)[:_MOST_SHOWN]


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _HTTP.get(error.status_code, "wrong-input" if error.status_code < 500 else "broken")  # noqa: PLR2004
    more: dict[str, Any] = {"faults": []} if kind in ("not-found", "wrong-input") else {}
    return problem(request, kind, headers=dict(error.headers or {}), **more)


def _unforeseen(request: Request, _error: Exception) -> Response:
    return problem(request, "broken")
