"""Rebuilding and checking views from the command line: who may, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reviewflow.cli.failures import BROKEN, NO
from reviewflow.cli.following.views_progress import progressing
from reviewflow.cli.printing import document, say
from reviewflow.cli.request import opened
from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.following.checking import check
from reviewflow.following.filling import Filling, fillings
from reviewflow.following.rebuilding import Rebuilding
from reviewflow.wiring import Installation

_REGISTRY = "registry"


def checking(names: Sequence[str], as_json: bool) -> int:
    """The exit code: whether one differs, or cannot be filled."""
    with _allowed("views check", names) as installation, progressing("checking") as tell:
        found = check(installation.store, installation.views, names, tell=tell)
    _tell(found, as_json, _checked)
    if any(one.broken_at is not None for one in found):
        return BROKEN
    return NO if any(one.difference for one in found) else 0


def rebuilding(names: Sequence[str], afresh: bool, as_json: bool) -> int:
    """The exit code: whether one could not be filled."""
    with _allowed("views rebuild", names) as installation, progressing("rebuilding") as tell:
        rebuild = Rebuilding(installation.store, installation.views, installation.clock, names, tell=tell)
        found = rebuild.run(afresh=afresh)
    _tell(found, as_json, _rebuilt)
    return BROKEN if any(one.broken_at is not None for one in found) else 0


@contextmanager
def _allowed(what: str, names: Sequence[str]) -> Iterator[Installation]:
    with opened() as installation:
        with installation.engine.knowing() as known:
            installation.engine.may_ask(known, what, None)
        there = [one.view.name for one in fillings(installation.views)]
        want = f"there are: {', '.join(there)}"
        faults = [Fault("VIEW", repr(name), want) for name in names if name not in there]
        if faults:
            raise BadInput("the views", faults)
        if _REGISTRY in (names or there) and not installation.vault.readable:
            why = "the master key is not at hand, and the view registry holds a keyed hash of each address"
            raise StoreUnreachable("the vault", why, "give the key, or name the other views")
        yield installation


def _tell(found: Sequence[Filling], as_json: bool, told: Callable[[Filling], str]) -> None:
    if as_json:
        document({"views": [_data(one) for one in found]})
        return
    for one in found:
        say(told(one))


def _data(one: Filling) -> dict[str, Any]:
    difference = one.difference
    return {
        "view": one.view.name,
        "position": one.position,
        "compared_at": one.compared_at,
        "equal": None if one.compared_at is None else difference is None,
        "difference": None if difference is None else {
            "table": difference.table,
            "key": list(difference.key),
            "live": difference.live,
            "rebuilt": difference.rebuilt,
            "columns": sorted(difference.columns),
            "shape": difference.shape or None,
        },
        "broken_at": one.broken_at,
        "why": one.why or None,
    }  # fmt: skip


def _checked(one: Filling) -> str:
    if one.broken_at is not None:
        return f"{one.view.name}: cannot be filled from the log: broken at {one.broken_at}: {one.why}"
    if one.difference is None:
        return f"{one.view.name}: equal at position {one.position:,}"
    return f"{one.view.name}: differs at position {one.position:,}: {one.difference}"


def _rebuilt(one: Filling) -> str:
    if one.broken_at is not None:
        broken = f"broken at {one.broken_at}: {one.why}"
        return f"{one.view.name}: not rebuilt, the one in use is left as it is: {broken}"
    done = f"{one.view.name}: rebuilt up to position {one.position:,}"
    if one.compared_at is None:
        return f"{done}; there was nothing sound to compare it with"
    if one.difference is None:
        return f"{done}; it was right at position {one.compared_at:,}"
    return f"{done}; it was wrong at position {one.compared_at:,}: {one.difference}"
