"""Listing and changing effects: rows beside the log, nothing is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from reviewflow.asking import effects_list
from reviewflow.cli.printing import count, document, say, table
from reviewflow.cli.request import opened
from reviewflow.errors import BadInput, Fault
from reviewflow.following import effects, positions
from reviewflow.following.effects import Effect, State
from reviewflow.wiring import Installation


@contextmanager
def _allowed(what: str) -> Iterator[Installation]:
    with opened() as installation:
        with installation.engine.knowing() as known:
            installation.engine.may_ask(known, what, None)
        yield installation


def listing(states: Sequence[str], limit: int, as_json: bool) -> None:
    """Those in these states."""
    with opened() as installation:
        data = effects_list.listed(installation, None, cast("tuple[State, ...]", tuple(states)), limit)
    if as_json:
        document(data)
        return
    header = ("id", "position", "recipient", "state", "tries", "next", "why")
    rows = [
        [e["id"], e["position"], f"{e['kind']}:{e['recipient']}", e["state"], e["tries"], e["next_at"], e["why"]]
        for e in data["effects"]
    ]
    table(header, rows, none="nothing waits, and nothing was set aside" if not states else "none")
    if data["more"]:
        say("and more: --limit shows them", err=True)


def retrying(ids: Sequence[str], dry_run: bool, as_json: bool) -> None:
    """Those, or all that were set aside."""
    with _allowed("effects retry") as installation:
        now = installation.clock.now()
        with installation.store.changing() as connection:
            found = _found(connection, ids)
            if dry_run:
                number = len(found) if ids else effects.counted(connection).get("aside", 0)
            elif ids:
                number = sum(effects.retry(connection, now, one) or effects.hasten(connection, now, one) for one in ids)
            else:
                number = effects.retry(connection, now)
    _tell(number, "to be sent again", dry_run, as_json)


def dropping(ids: Sequence[str], recipient: str | None, dry_run: bool, as_json: bool) -> None:
    """Those, or all of a recipient with its place."""
    with _allowed("effects drop") as installation:
        now = installation.clock.now()
        with installation.store.changing() as connection:
            if recipient is None:
                open_ones = [one.id for one in _found(connection, ids) if one.state in effects.OPEN]
                number = len(open_ones)
                if not dry_run:
                    number = sum(effects.drop(connection, now, one) for one in open_ones)
            else:
                place = _place(connection, recipient)
                number = effects.open_for(connection, *place)
                if not dry_run:
                    effects.drop_all(connection, now, *place)
                    positions.forget(connection, ":".join(place))
    _tell(number, "dropped", dry_run, as_json)


def _found(connection: Any, ids: Sequence[str]) -> list[Effect]:
    found = {one: effects.get(connection, one) for one in ids}
    faults = [Fault("ID", repr(one), "no such effect; see: effects list") for one, got in found.items() if got is None]
    faults += [
        Fault("ID", f"{one.id}, sent on {one.changed_at:%Y-%m-%d}", "it is done; nothing is sent twice")
        for one in found.values()
        if one is not None and one.state == "done"
    ]
    if faults:
        raise BadInput("the effects", faults)
    return [one for one in found.values() if one is not None]


def _place(connection: Any, recipient: str) -> tuple[str, str]:
    """Kind and name of a recipient, given with or without its kind."""
    there = [place.name for place in positions.places(connection) if place.name.startswith("webhook:")]
    for name in there:
        kind, _, called = name.partition(":")
        if recipient in (name, called):
            return kind, called
    want = f"there are: {', '.join(there) or 'none'}"
    raise BadInput("the effects", [Fault("--recipient", repr(recipient), want)])


def _tell(number: int, what: str, dry_run: bool, as_json: bool) -> None:
    if as_json:
        document({"dry_run": dry_run, "effects": number})
    else:
        say(f"{count(number, 'effect')} {what}{'; dry run: nothing was changed' if dry_run else ''}")
