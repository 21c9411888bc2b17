"""Processes by the thousand: one that has loaded everything, and forks a child for each that is asked for.

A process that starts afresh spends most of a second on imports; a child of the cradle is at work after some
milliseconds, so that thousands can be killed in the time that hundreds would take. Run as a script this file is the
cradle; `Cradle` is how a test talks to it: a line of JSON and the two ends of pipes go over a socket, a process id
comes back.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import Any, NoReturn, Self, TextIO

LOADED = (
    "faults.worker",
    "faults.batcher",
    "reviewflow.deciders",
    "reviewflow.cycle.options",
    "reviewflow.cycle.decide",
    "reviewflow.registry.decide",
    "reviewflow.cli.app",
)
"""What a child finds loaded."""


class Child:
    """A process that the cradle forked: what it says, and its end."""

    def __init__(self, pid: int, said: TextIO, heard: TextIO, cradle: Cradle) -> None:
        """`said` is read from it, `heard` is written to it."""
        self.pid, self.said, self.heard, self._cradle = pid, said, heard, cradle
        self._over = False

    def line(self) -> str:
        """The next line it says; empty at its end. Its last words may be cut off and are no line then."""
        line = self.said.readline()
        return line.rstrip("\n") if line.endswith("\n") else ""

    def kill(self, sign: int = signal.SIGKILL) -> None:
        """Send it a signal."""
        if not self._over:
            os.kill(self.pid, sign)

    def rest(self) -> list[str]:
        """Whatever whole lines it still says, up to its end."""
        lines = []
        while line := self.line():
            lines.append(line)
        return lines

    def wait(self) -> int:
        """Its exit code, negative if a signal ended it; only then may its number be given to another."""
        if not self._over:
            self._over = True
            with suppress(BrokenPipeError):
                self.heard.close()
            self.said.close()
            self._code = self._cradle.reap(self.pid)
        return self._code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._over:
            with suppress(ProcessLookupError):
                self.kill()
            self.wait()


class Cradle:
    """A running cradle; leaving it ends it and whatever it forked."""

    def __init__(self, **environment: str) -> None:
        """`environment` is added to ours."""
        ours, theirs = socket.socketpair()
        self._socket = ours
        path = os.pathsep.join(filter(None, sys.path))
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=os.environ | {"PYTHONPATH": path} | environment,
            )
        self._answers = ours.makefile("r")

    def child(self, call: str, *words: str, errors: bool = False, **environment: str) -> Child:
        """Fork one that calls `package.module:function` with some words; its errors are shown only if asked for."""
        say_out, say_in = os.pipe()
        hear_out, hear_in = os.pipe()
        request = {"call": call, "words": words, "environment": environment, "errors": errors}
        socket.send_fds(self._socket, [json.dumps(request).encode() + b"\n"], [hear_out, say_in])
        os.close(say_in)
        os.close(hear_out)
        pid = int(self._answers.readline())
        return Child(pid, os.fdopen(say_out), os.fdopen(hear_in, "w", buffering=1), self)

    def reap(self, pid: int) -> int:
        """Wait for the end of a child."""
        self._socket.sendall(json.dumps({"reap": pid}).encode() + b"\n")
        return int(self._answers.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._answers.close()
        self._socket.close()
        self._process.wait(30)


def main(number: str) -> None:
    """Fork what is asked for until the other end of the socket closes."""
    for name in LOADED:
        importlib.import_module(name)
    children: set[int] = set()
    with socket.socket(fileno=int(number)) as asked:
        while True:
            data, handles, _, _ = socket.recv_fds(asked, 1 << 20, 2)
            if not data:
                break
            request = json.loads(data)
            if "reap" in request:
                _, status = os.waitpid(request["reap"], 0)
                children.discard(request["reap"])
                asked.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
                continue
            pid = os.fork()
            if pid == 0:
                asked.detach()
                os.close(int(number))
                _become(request, *handles)
            for handle in handles:
                os.close(handle)
            children.add(pid)
            asked.sendall(f"{pid}\n".encode())
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _become(request: dict[str, Any], hear: int, say: int) -> NoReturn:
    code = 1
    try:
        os.dup2(hear, 0)
        os.dup2(say, 1)
        os.close(hear)
        os.close(say)
        if not request["errors"]:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.environ.update(request["environment"])
        module, _, function = request["call"].partition(":")
        getattr(importlib.import_module(module), function)(*request["words"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - the whole process ends here
        import traceback

        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
