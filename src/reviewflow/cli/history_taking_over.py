"""Taking in what reviewflow itself exported, which needs no mapping: cycle by cycle, event for event."""

from __future__ import annotations

from dataclasses import replace

from reviewflow.cli.failures import NO
from reviewflow.cli.history_progress import progressing
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, document, say
from reviewflow.cli.request import acting_on, opened
from reviewflow.history.native import Report, import_file
from reviewflow.history.native_places import Here

_MOST_TOLD = 20


def run(file: str, programme: str | None, partnership: str | None, how: Acting) -> int:
    """Take over every cycle of an export, and say which were refused and why."""
    with acting_on(how) as action:
        here = Here(
            action.find.programme(programme, "--programme") if programme else None,
            action.find.partnership(partnership, "--partnership") if partnership else None,
        )
        asked = replace(action.asked, door="import")
    with opened() as installation, progressing(file) as progress:
        report = import_file(
            file, installation.engine, asked, here=here, progress=progress, dry_run=how.dry_run,
            otherwise="for any other file say with --map how its rows are to be read",
        )  # fmt: skip
    if how.json:
        document({"dry_run": how.dry_run, **report.data()})
    else:
        _tell(report, how)
    return NO if report.refusals else 0


def _tell(report: Report, how: Acting) -> None:
    would = "would be taken over" if how.dry_run else "taken over"
    say(
        f"{count(report.cycles, 'cycle')}, {count(report.events, 'event')}: {report.taken_over:,} {would} "
        f"({count(report.events_taken_over, 'event')}), {report.unchanged:,} here already, "
        f"{len(report.refusals):,} refused."
    )
    for one in report.refusals[:_MOST_TOLD]:
        say(f"\n{one.place}, {one.handle or one.cycle}:")
        for unmet in one.reasons:
            say(f"  - {unmet}")
    if len(report.refusals) > _MOST_TOLD:
        say(f"\nand {len(report.refusals) - _MOST_TOLD:,} more: --json lists them all")
