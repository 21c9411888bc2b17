"""An import: rows are read, planned, and handed to the engine in batches of one transaction each.

Every batch is whole or not there at all, and every row has an id of its own: an import that was cut short is simply
run again, and one that is repeated changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from reviewflow.cycle.setting import programme_of
from reviewflow.engine import Done, Engine
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Command
from reviewflow.exchange.held import Held
from reviewflow.exchange.reading import open_rows
from reviewflow.exchange.rows import Row, Rows
from reviewflow.exchange.source import Progress
from reviewflow.history.arranging import Arranged, Item
from reviewflow.history.finding import Finding
from reviewflow.history.mapping_holes import columns
from reviewflow.history.mapping_parse import Parsed
from reviewflow.history.plan import Ignored, Planner
from reviewflow.history.row import Source
from reviewflow.history.rules import Rules
from reviewflow.history.settled import NOTHING, Settled, recorded, settled
from reviewflow.history.sharing import Share
from reviewflow.history.tables import Tables, places
from reviewflow.history.told import Fate, Listener, NotTaken, Refusals, Report, Teller, refusals_in
from reviewflow.knowing import Knowing
from reviewflow.ports import Vault
from reviewflow.registry import permissions
from reviewflow.registry.scopes import Scope, roles_for

A_BATCH: Final = 1_000
"""Rows of one transaction."""


class Wanted(NamedTuple):
    """What is to be imported, from where, by whom."""

    file: Path | Held
    parsed: Parsed
    programme: str
    by: str
    entered_by: str
    partnership: str | None = None
    tables: dict[str, str] = {}
    refused: Path | Listener | None = None
    """Where each refused row is told: a new file, or whoever listens."""
    retry: bool = False
    """Try rows again that an earlier import did not take although it took later ones of their case."""
    beside: Mapping[str, Held] = {}
    """Further files, where the main one is held in memory."""
    share: Share | None = None
    """Only this part of the cases; other processes take the others."""
    dry_run: bool = False
    """The engine is that of a rehearsal (`rehearsal.py`): said in the report; it is written like any other."""


def import_history(engine: Engine, vault: Vault, wanted: Wanted, progress: Progress | None = None) -> Report:
    """Import a source. Raises before anything is written where the mapping, its tables or the columns do not fit.

    A file that cannot be read to its end leaves what was taken before: `Report.stopped` says where it ended.
    """
    _refuse_pipes(wanted.file)
    mapping = wanted.parsed.mapping
    with engine.knowing() as known:
        _may(wanted, known, engine)
        published = known.workflow(mapping.workflow)
        if published is None:
            want = f"no such workflow is published here; see: workflow publish {mapping.workflow}"
            raise BadInput(wanted.parsed.name, [Fault("workflow", repr(mapping.workflow), want)])
        digest = published.latest.digest
        definition = known.definition(digest)
        zone = programme_of(known, wanted.programme).time_zone
    wanted.parsed.against(definition)
    further = Tables(mapping.tables, places(mapping.tables, wanted.tables, wanted.file, wanted.beside))
    source = Source(
        mapping, wanted.programme, wanted.partnership, digest, wanted.by, wanted.entered_by, zone
    )  # fmt: skip
    rules = Rules(mapping, definition, zone)
    finding = Finding(mapping, wanted.programme, vault.lookup, engine.clock.now().date())

    def mine(row: Row) -> bool:
        return wanted.share is None or wanted.share.holds(finding.subject_named(row.cells, further.look))

    def arrange() -> Arranged:
        return Arranged(mapping, rules, vault.lookup, further, mine if wanted.share else None)

    report = Report(mapping.mapping, mapping.workflow, dry_run=wanted.dry_run)
    with open_rows(wanted.file, progress=progress) as rows, refusals_in(wanted.refused) as write:
        _check_columns(wanted, rows)
        report.form, together = rows.format, rows.format == "xes"
        arranged = arrange()
        planner = Planner(source, rules, arranged, finding, further)
        teller = Teller(report, Refusals(write, rows.header))
        run = _Run(engine, planner, finding, arrange, teller, wanted, together=together)
        run.all(arranged.items(rows, together=together))
    return report


def _refuse_pipes(file: Path | Held) -> None:
    if isinstance(file, Held):
        return
    if str(file) == "-" or (file.exists() and not file.is_file()):
        want = "expected a file: it is read twice where it was imported before"
        raise BadInput(str(file), [Fault("", "standard input" if str(file) == "-" else "no regular file", want)])


def _may(wanted: Wanted, known: Knowing, engine: Engine) -> None:
    today = engine.clock.now().date()
    roles = roles_for(known.person(wanted.by), Scope("programme", wanted.programme), known, today)
    permissions.check("history import", roles)


def _check_columns(wanted: Wanted, rows: Rows) -> None:
    """All columns that the mapping names and the file lacks, at once. Only CSV says beforehand what it has."""
    if rows.format != "csv":
        return
    missing = {name: path for name, path in columns(wanted.parsed.mapping).items() if name not in rows.header}
    if missing:
        tree, there = wanted.parsed.tree, ", ".join(rows.header)
        faults = [
            Fault(f"column {name}", "", f"named in line {tree.place(path)[0]} of {wanted.parsed.name}")
            for name, path in missing.items()
        ]  # fmt: skip
        raise BadInput(f"{wanted.file.name} has no such columns; it has: {there}", faults)


class _Run:
    """One reading of the source from its beginning to its end."""

    def __init__(
        self, engine: Engine, planner: Planner, finding: Finding, arrange: Callable[[], Arranged], teller: Teller,
        wanted: Wanted, *, together: bool,
    ) -> None:  # fmt: skip
        self._engine, self._planner, self._finding, self._arrange = engine, planner, finding, arrange
        self._teller, self._wanted, self._together = teller, wanted, together
        self._again, self._settled = False, NOTHING
        self._fates: dict[int, Fate] = {}

    def all(self, items: Iterator[Item]) -> None:
        """Every row, in batches; those before a fault that ends the file are taken."""
        while True:
            some: list[Item] = []
            try:
                some.extend(islice(items, A_BATCH))  # keeps what came before a fault
            except BadInput as error:
                self._teller.report.stopped = str(error)
            self._take(some)
            if len(some) < A_BATCH:
                break
        for fate in self._fates.values():  # the file ended before the rows beside them did
            self._teller.tell(fate)

    def _take(self, some: list[Item]) -> None:
        """One batch: decided together, written together, told row by row."""
        self._planner.means.at = self._engine.clock.now()
        if not self._again and self._met_before(some):
            self._again = True
            if not self._wanted.retry:
                self._settled = self._settle()
        there = recorded(self._engine, some) if self._again else set()
        planned: list[tuple[Fate, int, bool]] = []
        commands: list[Command] = []
        tried: list[Command] = []
        with self._engine.knowing() as known:
            known.preload(self._planner.likely(some))
            for item in some:
                fate = self._fate(item)
                made = self._commands(item, fate, known, there)
                trial = item.id in self._settled
                (tried if trial else commands).extend(made)
                planned.append((fate, len(made), trial))
        answers = iter(self._engine.handle_all(commands) if commands else ())
        trials = iter(self._engine.handle_all(tried, dry_run=True) if tried else ())
        for item, (fate, number, trial) in zip(some, planned, strict=True):
            for answer in islice(trials if trial else answers, number):
                fate.hear(answer, tried=trial)
                if trial or not isinstance(answer, Done):
                    self._finding.forget()
            if not item.more:
                self._teller.tell(fate)

    def _fate(self, item: Item) -> Fate:
        if item.implied:
            return self._fates.pop(item.row.number)
        report = self._teller.report
        report.rows += 1
        report.cases += item.first
        fate = Fate(item.row, item.case)
        if item.more:
            self._fates[item.row.number] = fate
        return fate

    def _commands(self, item: Item, fate: Fate, known: Knowing, there: set[str]) -> list[Command]:
        if not there.isdisjoint(item.commands):
            fate.again += 1
            self._planner.passed(item, together=self._together)
            return []
        try:
            return self._planner.commands(item, known, together=self._together)
        except Ignored as ignored:
            fate.ignored = str(ignored)
        except NotTaken as objection:
            fate.objection = fate.objection or (objection.code, objection.sentence)
            self._finding.forget()  # what the row was to register first is not registered now
        return []

    def _met_before(self, some: list[Item]) -> bool:
        """Whether one of the cases that begin here has a cycle from an earlier import."""
        streams = [f"cycle-{self._planner.means.cycle(item.case)}" for item in some if item.first]
        if not streams:
            return False
        with self._engine.store.snapshot() as snapshot:
            return any(snapshot.heads(streams).values())

    def _settle(self) -> Settled:
        with open_rows(self._wanted.file) as rows:
            items = self._arrange().items(rows, together=self._together)
            return settled(_readable(items), self._engine, together=self._together)


def _readable(items: Iterator[Item]) -> Iterator[Item]:
    """As far as the file can be read: where it ends is told by the reading itself."""
    try:
        yield from items
    except BadInput:
        return
