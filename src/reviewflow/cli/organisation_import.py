"""Importing a register: what became of each row, in counts and where it matters one by one."""

from __future__ import annotations

from typing import Any, Final

from reviewflow.asking.organisations_importing import look, look_at_links
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, say, table, working
from reviewflow.cli.request import Action, acting_on
from reviewflow.cli.values import called, read_bytes
from reviewflow.engine import Done
from reviewflow.errors import Fault
from reviewflow.registry.links import read_links
from reviewflow.registry.registers import read_organisations

_MOST_TOLD: Final = 20


def importing(file: str | None, links: str | None, skip_bad: bool, everything: bool, how: Acting) -> None:
    """The register first, then what its organisations became."""
    reports: dict[str, Any] = {}
    with acting_on(how) as action:
        dones = []
        if file is not None:
            done, reports["organisations"] = _organisations(action, file, skip_bad)
            dones.append(done)
        if links is not None:
            done, reports["links"] = _links(action, links, skip_bad, 1 if file is not None else 0)
            dones.append(done)
        if not how.json:
            for what, report in reports.items():
                _tell(what, report, everything)
        action.done(action.together(dones), reports)


def _organisations(action: Action, file: str, skip_bad: bool) -> tuple[Done, dict[str, Any]]:
    with working(f"reading {called(file)}"):
        reading = read_organisations(read_bytes(file), called(file), skip_bad=skip_bad)
    with working(f"importing {count(len(reading.rows), 'organisation')}"):
        looked = look(action.known, action.asked, reading)
        done = action.do(looked.command)
    return done, looked.report


def _links(action: Action, file: str, skip_bad: bool, number: int) -> tuple[Done, dict[str, Any]]:
    with working(f"reading {called(file)}"):
        reading = read_links(read_bytes(file), called(file), skip_bad=skip_bad)
    with working(f"linking {count(len(reading.rows), 'organisation')}"), action.installation.engine.knowing() as known:
        looked = look_at_links(known, action.also(number), reading)
        done = action.do(looked.command)
    return done, looked.report


def _tell(what: str, report: dict[str, Any], everything: bool) -> None:
    outcomes = ", ".join(f"{number:,} {outcome}" for outcome, number in report["outcomes"].items()) or "nothing"
    say(f"{what}: {count(report['rows'], 'row')} ({report['format']}): {outcomes}")
    if report["skipped"]:
        say(f"{count(report['skipped'], 'row or fault', 'faults')} skipped:", err=True)
        _few([str(Fault(**fault)) for fault in report["faults"]], err=True)
    if report["changed_fields"]:
        say("changed: " + ", ".join(f"{field} {number:,}" for field, number in report["changed_fields"].items()))
        _list(("row", "organisation", "field", "from", "to"), report["changes"], everything)
    if report["noted"]:
        _list(("row", "outcome", "what", "why"), report["noted"], everything)


def _list(header: tuple[str, ...], rows: list[dict[str, Any]], everything: bool) -> None:
    most = len(rows) if everything else _MOST_TOLD
    table(header, [list(row.values()) for row in rows[:most]])
    if len(rows) > most:
        say(f"and {len(rows) - most:,} more: --all shows them, --json lists them")


def _few(lines: list[str], *, err: bool) -> None:
    for line in lines[:_MOST_TOLD]:
        say(f"  - {line}", err=err)
    if len(lines) > _MOST_TOLD:
        say(f"  and {len(lines) - _MOST_TOLD:,} more: --json lists them all", err=err)
