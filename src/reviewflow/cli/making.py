"""Making an installation: tried in thought first, so that a wrong name leaves nothing half made."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

import click

from reviewflow.cli.nothing_known import NothingKnown
from reviewflow.cli.printing import document, say
from reviewflow.cli.settings import read_settings
from reviewflow.events import Asked, Unsealed
from reviewflow.ports import Clock
from reviewflow.registry.commands import SetUpInstallation, SetUpProgramme
from reviewflow.registry.decide import decide
from reviewflow.settings import Settings
from reviewflow.store.addresses import shown
from reviewflow.wiring import SystemClock, create_installation, open_installation, system_user


def make(admin: str | None, email: str | None, programme: str | None, time_zone: str, as_json: bool) -> None:
    """The store and its keys, then whoever runs it."""
    settings = read_settings()
    clock: Clock = click.get_current_context().find_root().obj or SystemClock()
    commands: list[tuple[str, Any]] = []
    if admin is not None:
        commands.append(("admin", SetUpInstallation(asked=_asked("operator", clock), admin_name=admin, email=email)))
    if programme is not None:
        commands.append(
            (
                "programme",
                SetUpProgramme(asked=_asked("operator", clock), programme_name=programme, time_zone=time_zone),
            )
        )
    for _, command in commands:
        decide(command, NothingKnown())
    warnings = create_installation(settings, clock)
    made = _places(settings)
    by = "operator"
    with open_installation(settings, clock) as installation:
        for what, command in commands:
            done = installation.engine.handle(replace(command, asked=_asked(by, clock)))
            stream = done.events[0].stream.partition("-")[2]
            made[what] = stream
            if what == "admin":
                by = stream
            else:
                made["programme_handle"] = getattr(done.events[0].event, "handle", "")
    if as_json:
        document({**made, "warnings": warnings})
    else:
        _tell(made, admin, programme, warnings)


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


def _tell(made: dict[str, Any], admin: str | None, programme: str | None, warnings: list[str]) -> None:
    say(f"Store made:     {made['store']}")
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
