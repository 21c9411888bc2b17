"""Contenders in turn: rounds of each alternate, so that what else the machine does falls on all.

A contender is a context manager that yields a job: `job(n)` does the n-th thing. Each may run in a process of its
own (`bench/worker.py`), and several clients of one contender at once.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

ROOT = Path(__file__).parents[1]
Job = Callable[[int], object]


class Side(NamedTuple):
    """A contender: `module:function` makes its context manager from `given`, a client number filled in for `client`."""

    make: str
    given: Mapping[str, Any] = {}
    clients: int = 1


class Rates(NamedTuple):
    """Of every contender, round by round: things a second, processor seconds of a thing; and its peak memory in MB."""

    rounds: dict[str, list[float]]
    processor: dict[str, list[float]]
    peak: dict[str, float]

    def median(self, side: str) -> float:
        """The middle round."""
        return statistics.median(self.rounds[side])

    def spread(self, side: str) -> tuple[float, float]:
        """The middle half of the rounds."""
        return middle_half(self.rounds[side])

    def ratios(self, side: str, other: str) -> list[float]:
        """Round against round: what happened to both falls out."""
        return [a / b for a, b in zip(self.rounds[side], self.rounds[other], strict=True)]


def middle_half(found: Sequence[float]) -> tuple[float, float]:
    """Between the first and the third quartile; the ends where there are hardly any."""
    if len(found) < 4:
        return min(found), max(found)
    first, _, third = statistics.quantiles(found, n=4)
    return first, third


def resolve(name: str) -> Callable[..., AbstractContextManager[Job]]:
    """The function that `module:function` names."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)  # type: ignore[no-any-return]


class Client(Protocol):
    """One client of a contender, ready."""

    def begin(self, things: int) -> None:
        """Start so many things."""

    def end(self) -> float:
        """Wait until they are done; the processor seconds they took in its process."""

    def close(self) -> float:
        """Stop; the peak memory of its process in MB, 0 where it has none of its own."""

    def abandon(self) -> None:
        """Stop at once, whatever it is doing."""


class Here:
    """A client in this process, for the smallest form: it works when it is waited for."""

    def __init__(self, side: Side, client: int) -> None:
        """Make it."""
        self._stack = ExitStack()
        self._job = self._stack.enter_context(resolve(side.make)(**side.given, client=client))
        self._next, self._things = 0, 0

    def begin(self, things: int) -> None:
        """See `Client`."""
        self._things = things

    def end(self) -> float:
        """See `Client`."""
        started = time.process_time()
        for number in range(self._next, self._next + self._things):
            self._job(number)
        self._next += self._things
        return time.process_time() - started

    def close(self) -> float:
        """See `Client`."""
        self.abandon()
        return 0.0

    def abandon(self) -> None:
        """See `Client`."""
        self._stack.close()


class Apart:
    """A client in a process of its own."""

    def __init__(self, side: Side, client: int) -> None:
        """Start the process; it says when it is ready."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", side.make, json.dumps(dict(side.given)), str(client)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        self._hear()

    def begin(self, things: int) -> None:
        """See `Client`."""
        self._say(str(things))

    def end(self) -> float:
        """See `Client`."""
        return float(self._hear())

    def close(self) -> float:
        """See `Client`."""
        self._say("0")
        peak = float(self._hear())
        self.abandon()
        return peak

    def abandon(self) -> None:
        """See `Client`."""
        with suppress(ProcessLookupError):
            self._process.kill()  # it said its last word, or is not listened to any more
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self._process.wait()

    def _say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        word = self._process.stdout.readline()
        if not word:
            code = self._process.wait()
            self.abandon()
            raise RuntimeError(f"a contender ended by itself, with {code}")
        return word


class Turns:
    """Contenders that were made ready; closed at the end of the `with` block."""

    def __init__(self, sides: Mapping[str, Side], *, apart: bool) -> None:
        """`apart`: each client in a process of its own."""
        self._kind = Apart if apart else Here
        self._sides = sides
        self._clients: dict[str, list[Client]] = {}
        self.peak: dict[str, float] = dict.fromkeys(sides, 0.0)
        self.rounds: dict[str, list[float]] = {name: [] for name in sides}
        self.processor: dict[str, list[float]] = {name: [] for name in sides}

    def __enter__(self) -> Self:
        try:
            for name, side in self._sides.items():
                self._clients[name] = []
                for number in range(side.clients):
                    self._clients[name].append(self._kind(side, number))
        except BaseException:
            self._abandon()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._abandon()
            return
        for name, clients in self._clients.items():
            self.peak[name] = max(client.close() for client in clients)

    def _abandon(self) -> None:
        for clients in self._clients.values():
            for client in clients:
                client.abandon()

    def run(self, rounds: int, things: int | Mapping[str, int], warm: int = 1) -> None:
        """So many rounds, `things` a round and client; the first ones warm up and are dropped."""
        for number in range(rounds + warm):
            # There and back again: who comes first in one round comes last in the next.
            for name in self._order(number):
                each = things if isinstance(things, int) else things[name]
                clients = self._clients[name]
                started = time.perf_counter()
                for client in clients:
                    client.begin(each)
                processor = sum([client.end() for client in clients])
                took = time.perf_counter() - started
                if number >= warm:
                    self.rounds[name].append(each * len(clients) / took)
                    self.processor[name].append(processor / (each * len(clients)))

    def _order(self, number: int) -> Iterator[str]:
        return iter(self._clients) if number % 2 == 0 else reversed(self._clients)


def in_turn(sides: Mapping[str, Side], rounds: int, things: int | Mapping[str, int], *, apart: bool) -> Rates:
    """All of it: made ready, run in turn, closed."""
    with Turns(sides, apart=apart) as turns:
        turns.run(rounds, things)
    return Rates(turns.rounds, turns.processor, turns.peak)
