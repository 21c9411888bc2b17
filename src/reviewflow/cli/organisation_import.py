"""Importing a register: what became of each row, in counts and where it matters one by one."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, say, table, working
from reviewflow.cli.request import Action, acting_on
from reviewflow.cli.values import called, read_bytes
from reviewflow.engine import Done
from reviewflow.errors import Fault
from reviewflow.registry.commands import ImportOrganisations, LinkOrganisations
from reviewflow.registry.decide import explain
from reviewflow.registry.decided import Noted
from reviewflow.registry.links import read_links
from reviewflow.registry.registers import read_organisations

_USUAL: Final = frozenset({"registered", "unchanged", "changed"})
"""Outcomes that are counted only; the others are told row by row."""
_MOST_TOLD: Final = 20


def importing(file: str | None, links: str | None, skip_bad: bool, how: Acting) -> None:
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
                _tell(what, report)
        action.done(action.together(dones), reports)


def _organisations(action: Action, file: str, skip_bad: bool) -> tuple[Done, dict[str, Any]]:
    with working(f"reading {called(file)}"):
        reading = read_organisations(read_bytes(file), called(file), skip_bad=skip_bad)
    command = ImportOrganisations(asked=action.asked, rows=reading.rows)
    with working(f"importing {count(len(reading.rows), 'organisation')}"):
        noted = explain(command, action.known).noted
        done = action.do(command)
    return done, _report(reading.format, reading.total, noted, reading.faults)


def _links(action: Action, file: str, skip_bad: bool, number: int) -> tuple[Done, dict[str, Any]]:
    with working(f"reading {called(file)}"):
        reading = read_links(read_bytes(file), called(file), skip_bad=skip_bad)
    command = LinkOrganisations(asked=action.also(number), links=reading.rows)
    with working(f"linking {count(len(reading.rows), 'organisation')}"), action.installation.engine.knowing() as known:
        noted = explain(command, known).noted
        done = action.do(command)
    return done, _report("links", reading.total, noted, reading.faults)


def _report(format_: str, total: int, noted: tuple[Noted, ...], faults: tuple[Fault, ...]) -> dict[str, Any]:
    return {
        "format": format_,
        "rows": total,
        "outcomes": dict(sorted(Counter(one.outcome for one in noted).items())),
        "skipped": len(faults),
        "noted": [one._asdict() for one in noted if one.outcome not in _USUAL],
        "faults": [{"where": f.where, "got": f.got, "want": f.want} for f in faults],
    }


def _tell(what: str, report: dict[str, Any]) -> None:
    outcomes = ", ".join(f"{number:,} {outcome}" for outcome, number in report["outcomes"].items()) or "nothing"
    say(f"{what}: {count(report['rows'], 'row')} ({report['format']}): {outcomes}")
    if report["skipped"]:
        say(f"{count(report['skipped'], 'row or fault', 'faults')} skipped:", err=True)
        _few([str(Fault(**fault)) for fault in report["faults"]], err=True)
    noted = report["noted"]
    if noted:
        table(("row", "outcome", "what", "why"), [list(one.values()) for one in noted[:_MOST_TOLD]])
        if len(noted) > _MOST_TOLD:
            say(f"and {len(noted) - _MOST_TOLD:,} more: --json lists them all")


def _few(lines: list[str], *, err: bool) -> None:
    for line in lines[:_MOST_TOLD]:
        say(f"  - {line}", err=err)
    if len(lines) > _MOST_TOLD:
        say(f"  and {len(lines) - _MOST_TOLD:,} more: --json lists them all", err=err)
