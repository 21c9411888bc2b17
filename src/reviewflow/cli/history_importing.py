"""Importing a history: who and where as typed, progress on a terminal, and what became of the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

from reviewflow.cli.failures import NO, WRONG
from reviewflow.cli.history_progress import progressing
from reviewflow.cli.history_sharing import import_shared, jobs_for
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count, document, say
from reviewflow.cli.request import acting_on, opened
from reviewflow.cli.values import called, pairs, read_bytes
from reviewflow.errors import BadInput, Fault
from reviewflow.history.importing import Wanted, import_history
from reviewflow.history.mapping_parse import Parsed, parse_mapping
from reviewflow.history.rehearsal import rehearsing
from reviewflow.history.told import Report
from reviewflow.ports import Clock
from reviewflow.settings import Settings
from reviewflow.shipped import mapping_file, shipped
from reviewflow.wiring import SystemClock
from reviewflow.workflow.parse import parse

_WORDS: Final = {
    "accepted": "became events",
    "unchanged": "said what was known already",
    "already": "were there from an earlier import",
    "ignored": "say nothing, as the mapping has it",
    "refused": "were refused",
}
_MOST_TOLD: Final = 5


class Typed(NamedTuple):
    """What was typed."""

    file: str
    map: str
    workflow: str | None
    programme: str | None
    partnership: str | None
    tables: tuple[str, ...]
    refused: str | None
    retry: bool
    jobs: int | None = None


def run(typed: Typed, how: Acting) -> int:
    """Import, and say what became of the rows."""
    parsed = _parsed(typed.map, typed.workflow)
    named = pairs(typed.tables, "--table")
    _fresh(typed.refused)
    with acting_on(how) as action:
        programme = action.find.programme_or_only(typed.programme, "--programme")
        partnership = action.find.partnership(typed.partnership, "--partnership") if typed.partnership else None
        by = action.asked.by
        operator = action.asked.entered_by
        clock, settings = action.installation.clock, action.installation.settings
    wanted = Wanted(
        Path(typed.file), parsed, programme, by, operator if isinstance(operator, str) else by, partnership, named,
        Path(typed.refused) if typed.refused else None, typed.retry, dry_run=how.dry_run,
    )  # fmt: skip
    report = _import(typed, wanted, settings, clock)
    if how.json:
        document(report.data)
    else:
        _tell(report)
    if report.stopped is not None:
        say(f"{report.stopped}\nThe rows before it were taken; mend the file and run the import again.", err=True)
        return WRONG
    return NO if report.outcomes["refused"] else 0


def _import(typed: Typed, wanted: Wanted, settings: Settings, clock: Clock) -> Report:
    # A rehearsal has a store of its own, a list of the refused one file, a clock that was set one process.
    alone = wanted.dry_run or wanted.refused is not None or not isinstance(clock, SystemClock)
    jobs = 1 if alone else jobs_for(typed.file, typed.jobs)
    if jobs > 1:
        return import_shared(wanted, jobs)
    # Not the snapshot that the names were looked up in: it would stay open for as long as the import takes.
    where = rehearsing(settings, clock) if wanted.dry_run else opened()
    with where as installation, progressing(typed.file) as progress:
        return import_history(installation.engine, installation.vault, wanted, progress)


def check(map_: str, workflow: str | None, *, as_json: bool) -> None:
    """Say whether a mapping fits the workflow of its name: the one published here, else the one that is shipped."""
    parsed = _parsed(map_, workflow)
    mapping = parsed.mapping
    files = shipped()
    if mapping.workflow not in files:
        with opened() as installation, installation.engine.knowing() as known:
            published = known.workflow(mapping.workflow)
            if published is None:
                want = f"no such workflow is published here or shipped; shipped are: {', '.join(files)}"
                raise BadInput(parsed.name, [Fault("workflow", repr(mapping.workflow), want)])
            definition = known.definition(published.latest.digest)
    else:
        file = files[mapping.workflow]
        definition = parse(file.read_bytes(), file.name).definition
    parsed.against(definition)
    if as_json:
        document({"mapping": mapping.mapping, "workflow": mapping.workflow, "rules": len(mapping.rows), "sound": True})
    else:
        rules = count(len(mapping.rows), "rule")
        say(f"{parsed.name}: {mapping.mapping}, {rules} for {mapping.workflow}, is sound.")


def show_example() -> None:
    """A mapping to begin from."""
    say(Path(mapping_file("example")).read_text(encoding="utf-8").rstrip("\n"))


def _parsed(map_: str, workflow: str | None) -> Parsed:
    file = mapping_file(map_)
    parsed = parse_mapping(read_bytes(file), called(map_))
    if workflow is not None and parsed.mapping.workflow != workflow:
        want = f"the mapping is for {parsed.mapping.workflow}"
        raise BadInput(parsed.name, [Fault("--workflow", repr(workflow), want)])
    return parsed


def _fresh(refused: str | None) -> None:
    """The file of the refused must be a new one: nothing is ever written over."""
    if refused is not None and Path(refused).exists():
        raise BadInput(refused, [Fault("--refused", "a file that exists", "expected the name of a new one")])


def _tell(report: Report) -> None:
    data: dict[str, Any] = report.data
    where = f"{report.mapping} into {report.workflow} ({report.form})"
    say(f"{where}: {count(report.cases, 'case')}, {count(report.rows, 'row')}.")
    for name, words in _WORDS.items():
        if data[name]:
            say(f"{data[name]:>9,}  {words}")
    events = count(data["events"], "event")
    say(f"Dry run: {events} would be recorded; nothing was." if report.dry_run else f"{events} recorded.")
    for why, number in report.ignored.items():
        say(f"\nIgnored, {number:,}: {why}")
    for code, reason in sorted(report.refused.items(), key=lambda one: -one[1].count):
        say(f"\nRefused, {reason.count:,}: {code}")
        for place in reason.places[:_MOST_TOLD]:
            say(f"  {place.place}, case {place.case}: {place.sentence}")
        if reason.count > _MOST_TOLD:
            say(f"  and {reason.count - _MOST_TOLD:,} more: --refused FILE lists them all")
