"""What an upgrade does or did, told."""

from __future__ import annotations

from typing import Any

from reviewflow.cli.printing import document, say, working
from reviewflow.cli.settings import read_settings
from reviewflow.keeping.upgrading import Upgraded, bring_up, look

_VIEWS = {
    "make": "the view {} is new; `reviewflow run` fills it",
    "rebuild": "the view {} is kept otherwise now: run `reviewflow views rebuild {}` before anybody works",
}


def upgrading(dry_run: bool, as_json: bool) -> None:
    """Look, or do it; and say so."""
    settings = read_settings()
    if dry_run:
        done = look(settings)
    else:
        with working("Upgrading the store ..."):
            done = bring_up(settings)
    if as_json:
        document({"dry_run": dry_run, **_data(done)})
    else:
        _tell(done, dry_run)


def _data(done: Upgraded) -> dict[str, Any]:
    return {
        "store": done.what.removeprefix("the store "),
        "from": done.found,
        "to": done.wanted,
        "steps": [step._asdict() for step in done.steps],
        "guards": list(done.guards),
        "views": [one._asdict() for one in done.views],
    }


def _tell(done: Upgraded, dry_run: bool) -> None:
    if not done.steps:
        say(f"{_big(done.what)} has tables of version {done.found}, which is what this release wants.")
    elif dry_run:
        say(f"{_big(done.what)} has tables of version {done.found}; an upgrade would bring them to {done.wanted}:")
    else:
        say(f"{_big(done.what)} had tables of version {done.found} and has {done.wanted} now:")
    for step in done.steps:
        say(f"  to {step.version}: {step.what}")
    if done.guards:
        say(f"  {'put back' if not dry_run else 'to be put back'}: {', '.join(done.guards)} (what guards the records)")
    for one in done.views:
        say(f"  {_VIEWS[one.what].format(one.view, one.view)}")
    if dry_run:
        say("Dry run: nothing was done.")
        if done.steps:
            say("An upgrade is not undone. First end whatever uses this store, and copy it (docs/how-to/upgrade.md).")


def _big(what: str) -> str:
    return what[:1].upper() + what[1:]
