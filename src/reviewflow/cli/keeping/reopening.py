"""A move is taken back: told what was found at the new place, and what is so now."""

from __future__ import annotations

from reviewflow.cli.printing import document, say
from reviewflow.cli.request import opened
from reviewflow.errors import BadInput, Fault
from reviewflow.keeping.reopening import reopen
from reviewflow.knowing import Folds
from reviewflow.registry.permissions import OPERATOR, check
from reviewflow.store.addresses import shown
from reviewflow.store.moved import address_of
from reviewflow.wiring import store_at

_FOUND = {
    "nothing": "There is nothing",
    "unfinished": "There is a copy that was never finished",
    "shut": "There is a store in which nothing was recorded",
}


def reopening(to: str | None, *, nothing_there: bool, dry_run: bool, as_json: bool) -> None:
    """Look at the new place, close it, open the old one."""
    check("store reopen", [OPERATOR])
    with opened() as installation:
        moved = installation.store.moved()
        if moved is None:
            _answer(shown(installation.settings.store), "open", dry_run, as_json, "It was not moved. Nothing to do.")
            return
        place = to or moved.to
        if address_of(place) != moved.to:
            raise BadInput("store reopen", [Fault("--to", shown(place), f"want where it was moved: {moved.to}")])
        settings = installation.settings.model_copy(update={"store": place})
        target, _ = store_at(settings, installation.clock, Folds(), None)
        origin = address_of(installation.settings.store)
        with target:
            found = reopen(installation.store, target, origin, nothing_there=nothing_there, dry_run=dry_run)
        now = "would record again" if dry_run else "records again"
        closed = "" if found == "nothing" else f" It {'would be' if dry_run else 'is'} closed."
        text = f"{_FOUND[found]} at {moved.to}.{closed}\n{shown(installation.settings.store)} {now}."
        _answer(moved.to, found, dry_run, as_json, text + ("\nDry run: nothing was done." if dry_run else ""))


def _answer(place: str, found: str, dry_run: bool, as_json: bool, text: str) -> None:
    if as_json:
        document({"dry_run": dry_run, "place": place, "found": found})
    else:
        say(text)
