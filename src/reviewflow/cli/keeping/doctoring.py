"""What the doctor found, told as it is found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from reviewflow.cli.printing import count, document, say
from reviewflow.cli.settings import read_settings
from reviewflow.keeping.doctor import examine
from reviewflow.keeping.doctor_check import UNSEEN, Check
from reviewflow.ports import Clock
from reviewflow.wiring import SystemClock

_MARKS = {"ok": "  ok     ", "warning": "! warning", "fault": "X fault  "}


def looking(deep: bool, as_json: bool) -> bool:
    """Whether there is any fault."""
    clock: Clock = click.get_current_context().find_root().obj or SystemClock()
    found = []
    with _progress() as heard:
        for one in examine(read_settings(), clock, deep=deep, heard=heard):
            found.append(one)
            if not as_json and not one.found.startswith(UNSEEN):
                _tell(one)
    faults = sum(one.verdict == "fault" for one in found)
    warnings = sum(one.verdict == "warning" for one in found)
    if as_json:
        document({"deep": deep, "faults": faults, "warnings": warnings, "checks": [one._asdict() for one in found]})
    else:
        _tell_unseen(found)
        hint = "" if deep else "; `reviewflow doctor --deep` reads every record"
        say(f"\n{count(faults, 'fault')}, {count(warnings, 'warning')} in {count(len(found), 'check')}{hint}")
    return bool(faults)


def _tell(one: Check) -> None:
    say(f"{_MARKS[one.verdict]}  {one.name}: {one.found}")
    if one.todo:
        say(f"{'':11}-> {one.todo}")


def _tell_unseen(found: list[Check]) -> None:
    """Once for each reason, at the end."""
    reasons: dict[str, list[str]] = {}
    for one in found:
        if one.found.startswith(UNSEEN):
            reasons.setdefault(one.found.removeprefix(UNSEEN), []).append(one.name)
    for reason, names in reasons.items():
        say(f"{_MARKS['warning']}  not looked at, because {reason}: {', '.join(names)}")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Told on a terminal how far it is; silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console

    with Console(stderr=True).status("Looking ...") as status:
        yield lambda what, done, of: status.update(f"Reading {what}: {done:,} of {of:,}")
