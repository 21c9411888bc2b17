"""Running followers from the command line: who may, what is said meanwhile, and how it stops."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import click

from reviewflow.asking.followers import effects_data, followers_data
from reviewflow.asking.tidying import Daily
from reviewflow.audit.plain_text import for_terminal
from reviewflow.cli.following.standing import show
from reviewflow.cli.long_running import leave_be_what_stays
from reviewflow.cli.printing import document
from reviewflow.cli.request import opened
from reviewflow.errors import BadInput, Fault
from reviewflow.following import positions
from reviewflow.following.assembled import all_followers, chosen
from reviewflow.following.notices import Notice, Notices
from reviewflow.following.runner import Runner
from reviewflow.wiring import Installation


def running(once: bool, only: Sequence[str], retry: Sequence[str], as_json: bool) -> bool:
    """Whether something is broken at the end."""
    with opened() as installation:
        with installation.engine.knowing() as known:
            installation.engine.may_ask(known, "run", None)
        followers = all_followers(installation.views.following, installation.settings)
        run = chosen(followers, only)
        _mend(installation, retry)
        said = Notices(installation.clock, _said(as_json and not once))
        if not once:
            leave_be_what_stays()
            said.tell("following", followers=[one.name for one in run], pid=os.getpid())
        with _progressing() as progress, installation.store.leadership() as leads:
            runner = Runner(
                installation.store, run, installation.clock, said, leads=leads, progress=progress,
                beside=Daily(installation),
            )  # fmt: skip
            _until_told(runner, runner.once if once else runner.run)
        if not once:
            said.tell("stopped")
        if once:
            _tell(installation, as_json)
        return bool(runner.broken)


def _mend(installation: Installation, names: Sequence[str]) -> None:
    if not names:
        return
    with installation.store.changing() as connection:
        there = {place.name for place in positions.places(connection)}
        faults = [
            Fault("--retry", repr(name), f"there are: {', '.join(sorted(there)) or 'none yet'}")
            for name in names
            if name not in there
        ]
        if faults:
            raise BadInput("the followers", faults)
        for name in names:
            positions.mend(connection, name)


def _until_told(runner: Runner, work: Callable[[], None]) -> None:
    """Work in a thread of its own, so that all a signal has to do is to wake this one."""
    failures: list[BaseException] = []
    listen, call = os.pipe()

    def do() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that tells
            failures.append(error)
        finally:
            os.write(call, b".")

    def told(_signal: int, _frame: Any) -> None:
        os.write(call, b"!")

    worker = threading.Thread(target=do, name="reviewflow-following", daemon=True)
    before = {}
    with suppress(ValueError):  # in another thread than the main one nobody sends signals
        before = {one: signal.signal(one, told) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        worker.start()
        os.read(listen, 1)
        runner.stop()
        worker.join()  # a batch, or a sending: seconds at most; more signals change nothing
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        os.close(listen)
        os.close(call)
    if failures:
        raise failures[0]


def _said(as_json: bool) -> Callable[[Notice], None]:
    """One line a notice: on stdout as JSON, else on stderr for people and for whatever collects what they read."""
    lock = threading.Lock()

    def say(notice: Notice) -> None:
        at = notice.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if as_json:
            line = json.dumps({"at": at, "event": notice.event, **notice.data})
        else:
            line = " ".join([at, notice.event, *(f"{name}={_value(value)}" for name, value in notice.data.items())])
        with lock, suppress(OSError):  # nobody reads any more: the work goes on
            click.echo(for_terminal(line), err=not as_json)

    return say


def _value(value: Any) -> str:
    text = ",".join(value) if isinstance(value, list) else str(value)
    return text if text and not set(text) & set(' "=\\') else json.dumps(text, ensure_ascii=False)


@contextmanager
def _progressing() -> Iterator[Callable[[str, int, int], None] | None]:
    """One line on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("following") as line:
        yield lambda name, position, end: line.update(f"{for_terminal(name)}: {position:,} of {end:,}")


def _tell(installation: Installation, as_json: bool) -> None:
    with installation.store.snapshot() as snapshot:
        followers = followers_data(snapshot, installation)
        effects = effects_data(snapshot)
    if as_json:
        document({"followers": followers, "effects": effects})
    else:
        show(followers, effects)
