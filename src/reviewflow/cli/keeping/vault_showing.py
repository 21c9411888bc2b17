"""How the vault stands, told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from reviewflow.cli.printing import count, document, facts, say
from reviewflow.cli.settings import read_settings
from reviewflow.keeping.key_state import KeyState, MasterKeySeen, look
from reviewflow.ports import Clock
from reviewflow.registry import permissions
from reviewflow.wiring import SystemClock


def moment() -> Clock:
    """The clock of this command."""
    clock: Clock | None = click.get_current_context().find_root().obj
    return clock or SystemClock()


def showing(as_json: bool) -> None:
    """Everything that can be said without opening a key."""
    permissions.check("vault show", [permissions.OPERATOR])
    state = look(read_settings(), moment().now().date().isoformat())
    if as_json:
        document(_data(state))
        return
    last = state.forgotten[-1] if state.forgotten else None
    facts({
        "keys": f"{count(state.keys, 'key')} in {state.name.removeprefix('the ')}",
        "forgotten": f"{len(state.forgotten):,}, the last on {last.at[:10]}" if last else "nobody",
        "master_key": _told(state.master_key),
        "new_master_key": _told(state.waiting) if state.waiting else None,
        "backups": "; ".join(f"of {n.made_at[:10]}, to be destroyed by {n.destroy_by}" for n in state.backups)
        or "none was made",
    })  # fmt: skip
    for warning in state.warnings:
        say(f"! {warning}")


def _told(seen: MasterKeySeen) -> str:
    if seen.opens is None:
        return f"{seen.told}: {seen.why}"
    return f"{seen.told} ({seen.fingerprint}) {'opens it' if seen.opens else 'does NOT open it'}"


def _data(state: KeyState) -> dict[str, Any]:
    return {
        "place": state.name,
        "in_database": state.in_database,
        "keys": state.keys,
        "forgotten": len(state.forgotten),
        "last_forgotten_at": state.forgotten[-1].at if state.forgotten else None,
        "master_key": asdict(state.master_key),
        "new_master_key": asdict(state.waiting) if state.waiting else None,
        "backups": [note._asdict() for note in state.backups],
        "kept_aside": [str(path) for path in state.aside],
        "warnings": state.warnings,
    }
