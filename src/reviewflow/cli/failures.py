"""From an error to a sentence and an exit code; with `--json` to one JSON object. A traceback never reaches a user."""

from __future__ import annotations

import os
import traceback
from typing import Any

import click

from reviewflow.asking.errors import data_of
from reviewflow.cli.printing import document, say
from reviewflow.errors import (
    BadDefinition,
    BadInput,
    ConnectionLost,
    ImpossibleHistory,
    IntegrityBroken,
    Refused,
    ReviewflowError,
    StoreMoved,
    StoreUnreachable,
    StreamMoved,
)

NO, WRONG, MOVED, BROKEN, UNREACHABLE, INTERNAL, UNWRITTEN, INTERRUPTED = 1, 2, 3, 4, 5, 70, 74, 130

EXIT_CODES: dict[type[ReviewflowError], int] = {
    Refused: NO,
    BadInput: WRONG,
    BadDefinition: WRONG,
    StreamMoved: MOVED,
    IntegrityBroken: BROKEN,
    ImpossibleHistory: BROKEN,
    ConnectionLost: UNREACHABLE,
    StoreMoved: UNREACHABLE,
    StoreUnreachable: UNREACHABLE,
}
"""The core knows no exit codes: this is where they are given."""

DEBUG = "REVIEWFLOW_DEBUG"


def tell(error: BaseException, *, as_json: bool) -> int:
    """Say on stderr what went wrong; the exit code."""
    code, kind, sentence, data = _read(error)
    if kind == "internal" and os.environ.get(DEBUG):
        say("".join(traceback.format_exception(error)), err=True)
    if as_json:
        document({"error": {"kind": kind, "exit_code": code, "sentence": sentence, **data}}, err=True)
    elif sentence:
        say(sentence, err=True)
    return code


def _read(error: BaseException) -> tuple[int, str, str, dict[str, Any]]:
    """Exit code, kind, sentence and data of any error."""
    if isinstance(error, ReviewflowError):
        kind, data = data_of(error)
        code = next((code for cls, code in EXIT_CODES.items() if isinstance(error, cls)), INTERNAL)
        return code, kind, str(error), data
    if isinstance(error, click.UsageError):
        return WRONG, "usage", _usage(error), {"message": error.format_message()}
    if isinstance(error, click.ClickException):
        return WRONG, "usage", f"Error: {error.format_message()}", {"message": error.format_message()}
    if isinstance(error, click.Abort | KeyboardInterrupt | EOFError):
        return INTERRUPTED, "interrupted", "interrupted; nothing more was done", {}
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code, "exit", "", {}
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else INTERNAL, "exit", "", {}
    if isinstance(error, OSError) and error.filename is not None:
        why = f"{error.filename}: {error.strerror}"
        return WRONG, "bad-input", why, {"what": str(error.filename), "faults": [_fault("", error.strerror or "", "")]}
    if isinstance(error, OSError) and error.errno is not None:
        sentence = f"the answer could not be written: {error.strerror}; what was recorded, if anything, is recorded"
        return UNWRITTEN, "unwritten", sentence, {"why": error.strerror}
    if isinstance(error, MemoryError | RecursionError):
        sentence = "this is more than fits into memory; nothing was done"
        return WRONG, "bad-input", sentence, {"what": "", "faults": [_fault("", "too much", "something smaller")]}
    sentence = (
        f"this should not have happened, and it is our fault ({type(error).__name__} in {_place(error)}); "
        f"set {DEBUG}=1 to see all of it, and please report it"
    )
    return INTERNAL, "internal", sentence, {"class": type(error).__name__}


def _fault(where: str, got: str, want: str) -> dict[str, str]:
    return {"where": where, "got": got, "want": want}


def _usage(error: click.UsageError) -> str:
    """What was wrong, how it is used, and where there is more."""
    message = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return message
    if error.ctx is None:
        return f"Error: {message}"
    return f"Error: {message}\n{error.ctx.get_usage()}\nMore: {error.ctx.command_path} --help"


def _place(error: BaseException) -> str:
    """The innermost place in our own code."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if f"{os.sep}reviewflow{os.sep}" in f.filename]
    if not ours:
        return "a library"
    last = ours[-1]
    return f"{last.filename.rpartition(f'{os.sep}reviewflow{os.sep}')[2]}:{last.lineno}"
