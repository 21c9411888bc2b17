"""Making an installation: tried in thought first, so that a wrong name leaves nothing half made.

One that was made without an administrator, or was cut off before there was one, gets one here.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import click

from reviewflow.cli.nothing_known import NothingKnown
from reviewflow.cli.printing import document, say
from reviewflow.cli.settings import read_settings
from reviewflow.engine.answers import Answer, Done
from reviewflow.errors import ReviewflowError
from reviewflow.events import Asked, Unsealed, identify
from reviewflow.ports import Clock
from reviewflow.registry.commands import RegistryCommand, SetUpInstallation, SetUpProgramme
from reviewflow.registry.decide import decide
from reviewflow.settings import Settings
from reviewflow.store.addresses import shown
from reviewflow.wiring import SystemClock, making_installation, making_warnings, open_installation, system_user


def make(admin: str | None, email: str | None, programme: str | None, time_zone: str, as_json: bool) -> None:
    """The store and its keys, then whoever runs it: all of it or nothing."""
    settings = read_settings()
    clock: Clock = click.get_current_context().find_root().obj or SystemClock()
    commands = _commands(admin, email, programme, time_zone, clock)
    for command in commands:
        decide(command, NothingKnown())
    there = bool(commands) and _nobody_yet(settings, clock)
    made = _places(settings)
    with nullcontext(making_warnings(settings)) if there else making_installation(settings, clock) as warnings:
        if commands:
            with open_installation(settings, clock) as installation:
                made |= _recorded(installation.engine.handle_all(commands))
    if as_json:
        document({**made, "warnings": warnings})
    else:
        _tell(made, admin, programme, warnings, there=there)


def _commands(
    admin: str | None, email: str | None, programme: str | None, time_zone: str, clock: Clock
) -> list[RegistryCommand]:
    if admin is None:
        return []
    first = SetUpInstallation(asked=_asked("operator", clock), admin_name=admin, email=email)
    if programme is None:
        return [first]
    asked = _asked(identify(first.asked.id), clock)
    return [first, SetUpProgramme(asked=asked, programme_name=programme, time_zone=time_zone)]


def _nobody_yet(settings: Settings, clock: Clock) -> bool:
    """Whether there is an installation already, made without an administrator or cut off before there was one."""
    try:
        with open_installation(settings, clock) as installation, installation.store.snapshot() as snapshot:
            return snapshot.position() == 0
    except (ReviewflowError, OSError):  # whoever makes one says what is in the way
        return False


def _recorded(answers: Sequence[Answer]) -> dict[str, str]:
    """What was made, by its id."""
    made = {}
    for what, answer in zip(("admin", "programme"), answers, strict=False):
        if not isinstance(answer, Done):
            raise answer
        first = answer.events[0]
        made[what] = first.stream.partition("-")[2]
        if what == "programme":
            made["programme_handle"] = getattr(first.event, "handle", "")
    return made


def _asked(by: str, clock: Clock) -> Asked:
    return Asked(id=secrets.token_hex(16), at=clock.now(), by=by, entered_by=Unsealed(system_user()))


def _places(settings: Settings) -> dict[str, Any]:
    given = [
        name for name, value in (
            ("REVIEWFLOW_MASTER_KEY", settings.master_key),
            ("REVIEWFLOW_MASTER_KEY_FILE", settings.master_key_file),
            ("REVIEWFLOW_MASTER_KEY_COMMAND", settings.master_key_command),
        ) if value
    ]  # fmt: skip
    key = str(settings.master_key_file or "") or (given[0] if given else str(settings.beside_master_key))
    return {
        "store": shown(settings.store),
        "keys": shown(settings.keys_place),
        "evidence": str(settings.evidence_path),
        "master_key": key,
    }


def _tell(made: dict[str, Any], admin: str | None, programme: str | None, warnings: list[str], *, there: bool) -> None:
    say(f"{'Store found:    ' if there else 'Store made:     '}{made['store']}")
    say(f"Keys:           {made['keys']}")
    say(f"Evidence goes:  {made['evidence']}")
    say(f"Master key:     {made['master_key']}")
    if admin is not None:
        say(f"Administrator:  {admin}, {made['admin']}")
    if programme is not None:
        say(f"Programme:      {programme}, {made['programme_handle']}")
    for warning in warnings:
        say(f"\n{warning}", err=True)
    if admin is None:
        say("\nNobody is registered yet, and every command that records needs a person: init --admin NAME makes one.")
    else:
        say(f"\nNext: export REVIEWFLOW_ACTOR={made['admin']}, then: reviewflow workflow publish spp-peer-review")
