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
from reviewflow.web.api.sent_files import TooMuch
from reviewflow.web.uploads import NotTaken, TooManyAtOnce

WAIT: Final = "5"
"""Seconds after which a store may be asked again."""
LATER: Final = "30"
"""Seconds after which there is room for a file again."""
_NO: Final = frozenset({"not-permitted", "not-visible"})
_MOST_SHOWN: Final = 200
_STEP: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_OPTION: Final = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)(?![\w-])")
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
    api.add_exception_handler(NotTaken, _not_taken)
    api.add_exception_handler(TooMuch, _too_much)
    api.add_exception_handler(TooManyAtOnce, _no_room)
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
            return problem(request, "wrong-input", as_field(str(error)), faults=faults_data(error.faults, body))
        case BadDefinition():
            return problem(request, "wrong-input", str(error), faults=definition_faults(error))
        case StreamMoved():
            return problem(request, "moved")
        case StoreUnreachable():
            return problem(request, "not-available", headers={"retry-after": WAIT})
        case _:
            return problem(request, "broken")


def _not_taken(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotTaken)
    faults = [{"where": "file", "got": "", "want": error.sentence, "pointer": None}]
    return problem(request, "wrong-input", error.sentence, faults=faults)


def _too_much(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooMuch)
    return problem(request, "too-large", error.sentence)


def _no_room(request: Request, _error: Exception) -> Response:
    detail = "Several large files are being read or sent just now. Nothing was recorded."
    return problem(request, "not-available", detail, headers={"retry-after": LATER})


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
        {"where": one.where, "got": one.got, "want": as_field(one.want), "pointer": pointer(one.where, body)}
        for one in faults
    ]


def as_field(text: str) -> str:
    """What is said of an option of the command line as it is said of a field: they have the same names."""
    return _OPTION.sub(lambda found: f"`{found[1].replace('-', '_')}`", text)


def definition_faults(error: BadDefinition, pointer: str = "/document") -> list[dict[str, Any]]:
    """Every fault of a document, with line and column; `pointer` says where in the body it stands."""
    return [
        {"where": f.path, "got": f.got, "want": f.want, "line": f.line, "column": f.column, "pointer": pointer}
        for f in error.faults
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
    headers = {name.lower(): text for name, text in (error.headers or {}).items()}
    if kind == "method-not-allowed":
        headers["allow"] = _allowed(request)
    return problem(request, kind, headers=headers, **more)


def _allowed(request: Request) -> str:
    """Every method of an address (RFC 9110, 15.5.6): Starlette knows those of the first operation alone."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    fitting = (one for one in request.app.state.operations if one.path_regex.match(path))
    return ", ".join(sorted({method for one in fitting for method in one.methods}))


def _unforeseen(request: Request, _error: Exception) -> Response:
    return problem(request, "broken")
