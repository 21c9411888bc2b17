"""A large import on several processors: this process and more of its kind, each with a part of the cases."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from reviewflow.cli.history_progress import progressing
from reviewflow.cli.settings import read_settings
from reviewflow.errors import ReviewflowError, StoreUnreachable
from reviewflow.history.importing import Wanted, import_history
from reviewflow.history.sharing import Share, added_up
from reviewflow.history.told import Report
from reviewflow.wiring import open_installation

_LARGE: Final = 1024 * 1024
"""Bytes of a file for which a second process is worth its start."""
_MOST: Final = 4
"""Appends stand in one queue: more processes than this would wait for each other."""


def jobs_for(file: str, asked: int | None) -> int:
    """How many processes take part: as asked, else what the machine has, for a large file."""
    if asked is not None:
        return asked
    path = Path(file)
    large = path.is_file() and path.stat().st_size >= _LARGE
    return min(os.cpu_count() or 1, _MOST) if large else 1


def import_shared(wanted: Wanted, jobs: int) -> Report:
    """The whole import, each process with its part; what one of them cannot do is raised here, once all have ended."""
    # A child made by fork has everything loaded already. Nothing is open here that it must not carry over.
    ways = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("fork" if "fork" in ways else "spawn")
    others = []
    for number in range(1, jobs):
        here, there = context.Pipe(duplex=False)
        child = context.Process(target=_answer, args=(wanted._replace(share=Share(number, jobs)), there), daemon=True)
        child.start()
        there.close()
        others.append((child, here))
    try:
        with progressing(str(wanted.file)) as progress, open_installation(read_settings()) as installation:
            own = wanted._replace(share=Share(0, jobs))
            reports = [import_history(installation.engine, installation.vault, own, progress)]
            heard = [_hear(here) for _, here in others]
    finally:
        for child, _ in others:
            child.join()
    for one in heard:
        if isinstance(one, Exception):
            raise one
        reports.append(one)
    return added_up(reports)


def _hear(here: Connection) -> Report | Exception:
    try:
        return here.recv()  # type: ignore[no-any-return]  # what `_answer` sends
    except EOFError:
        remedy = "run the same command again: it takes up where this one stopped"
        return StoreUnreachable("one of the importing processes", "it ended before its part was done", remedy)


def _answer(wanted: Wanted, there: Connection) -> None:
    """One part, in a process of its own; the answer goes back through a pipe."""
    try:
        with open_installation(read_settings()) as installation:
            there.send(import_history(installation.engine, installation.vault, wanted))
    except KeyboardInterrupt:
        return  # who waits for the answer was told to stop as well
    except ReviewflowError as error:
        there.send(error)
    except Exception as error:  # noqa: BLE001 - told by the process that was asked, as any fault of ours is
        there.send(RuntimeError(f"{type(error).__name__}: {error}"))
