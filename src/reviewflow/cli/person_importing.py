"""Bringing in sheets: what comes of each row, then all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from reviewflow.asking import people_importing
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, document, say, table, working
from reviewflow.cli.request import Action, acting_on
from reviewflow.cli.values import called, read_bytes
from reviewflow.engine import Done
from reviewflow.registry.commands import ImportPeople
from reviewflow.registry.decided import Decided, Noted
from reviewflow.registry.people_cells import Order

_MOST_TOLD: Final = 50


def importing(
    files: Sequence[str], only: Sequence[str], dates: str | None, from_elsewhere: bool, everything: bool, how: Acting
) -> None:
    """Read, decide, tell, and record unless it is a dry run."""
    with working(f"reading {', '.join(map(called, files))}"):
        contents = [(called(file), read_bytes(file)) for file in files]
        reading = people_importing.read(contents, only, cast("Order | None", dates))
    with acting_on(how) as action:
        asked = action.asked
        with working(f"looking at {count(len(reading.rows), 'row')}"):
            looked = people_importing.look(action.question, asked, reading, from_elsewhere=from_elsewhere)
        command, decided, report = looked
        if not how.json:
            _tell(report, decided.noted, everything)
        if decided.stopped is not None:
            if how.json:
                document({"dry_run": how.dry_run, "changed": False, **report})
            raise decided.stopped
        with working(f"recording {count(len(decided.events), 'event')}"):
            done = _do(action, command, decided)
        action.done(done, report)


def _do(action: Action, command: ImportPeople, decided: Decided) -> Done:
    if not decided.events and action.how.command_id is None:
        return Done((), {}, None)  # the engine would only find the same once more
    if not action.how.dry_run:
        people_importing.prepare(action.installation, decided)
    return action.do(command)


def _tell(report: dict[str, Any], noted: Sequence[Noted], everything: bool) -> None:
    for one in report["sheets"]:
        say(f"{one['called']}: {count(one['rows'], 'row')} ({one['kind']})")
    for note in report["notes"]:
        say(f"note: {note}", err=True)
    # The refused are told with everything that is wrong with them, below.
    told = [n for n in noted if everything or n.outcome in ("new", "changed")]
    shown = told if everything else told[:_MOST_TOLD]
    if shown:
        more = ("; ".join([*map(str, n.changes), *([n.reason] if n.reason else [])]) for n in shown)
        lines = [(n.sheet, n.row, n.outcome, n.what, why) for n, why in zip(shown, more, strict=True)]
        table(("where", "row", "outcome", "what", "more"), lines)
    if len(told) > len(shown):
        say(f"and {len(told) - len(shown):,} more: --all shows every row, --json lists them")
    say(", ".join(f"{number:,} {outcome}" for outcome, number in report["outcomes"].items()))
