"""The program for shells that call it by the hundred: a process each time, forked from one that has loaded everything.

A command that starts afresh spends most of its time on imports. `Forked` puts a `reviewflow` into a folder for PATH;
it hands its words, environment, folder and open files over to a process that waits, which forks a child that does the
command and ends with its exit code. What is not shown by it is that the program starts: README.md and
tests/cli/test_cli_processes.py start it themselves. Run as a script this file is the process that waits.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import marshal
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

ASKING = Path(__file__).with_name("forked_asking.py")
LATE = (
    "alembic.command", "holidays", "openpyxl", "psycopg", "python_calamine", "sqlalchemy.dialects.postgresql.psycopg",
)  # fmt: skip
"""What is loaded only inside functions, and takes long."""


class Forked:
    """A process that waits; leaving it ends it and whatever it forked."""

    def __init__(self) -> None:
        # A socket's path has room for a hundred letters.
        self.folder = Path(tempfile.mkdtemp(prefix="rf", dir="/tmp"))
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self.folder / "socket")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        assert self._process.stdout is not None
        if not self._process.stdout.read(1):
            self.end()
            raise AssertionError("it did not start; see what it said")
        program = self.folder / "reviewflow"
        words = f"'{sys.executable}' -I -S '{ASKING}' '{self.folder / 'socket'}'"
        program.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        program.chmod(0o755)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        """End it and whatever it forked."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        shutil.rmtree(self.folder)


def main(path: str) -> None:
    """Fork for whoever connects, until our input ends."""
    import reviewflow

    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for found in pkgutil.walk_packages(reviewflow.__path__, "reviewflow."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for name in LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen(100)
        os.write(1, b".")
        attending: set[int] = set()
        while door in select.select([door, 0], [], [])[0]:
            link, _ = door.accept()
            pid = os.fork()
            if pid == 0:
                door.close()
                become(*attend(link))
                leave(do())
            link.close()
            attending = {one for one in attending | {pid} if os.waitpid(one, os.WNOHANG) == (0, 0)}


def attend(link: socket.socket) -> tuple[Any, list[int]]:
    """Fork a child for one who asks: there, the request and the open files. Here the child's end is waited for."""
    size, files, _, _ = socket.recv_fds(link, 8, 3)
    with link.makefile("rb") as whole:
        request = marshal.loads(whole.read(int.from_bytes(size, "big")))
    pid = os.fork()
    if pid == 0:
        link.close()
        return request, files
    for file in files:
        os.close(file)
    link.sendall(pid.to_bytes(8, "big"))
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    link.sendall((code if code >= 0 else 128 - code).to_bytes(1, "big"))  # as a shell tells the end by a signal
    os._exit(0)


def become(request: tuple[bytes, list[str], dict[bytes, bytes]], files: list[int]) -> None:
    """As if it had been started: in that folder, with those words, that environment, those open files."""
    folder, words, environment = request
    os.chdir(folder)
    os.environb.clear()
    os.environb.update(environment)
    time.tzset()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    sys.argv = ["reviewflow", *words]


def leave(code: int) -> NoReturn:
    """As the interpreter ends, but for the taking apart of every module, which takes longer than most commands."""
    threading._shutdown()  # waits for threads
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except OSError:
        code = 120
    os._exit(code)


def do() -> int:
    """The command itself, up to its exit code."""
    from reviewflow.cli import main as command

    try:
        command()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - the whole process ends here
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main(sys.argv[1])
