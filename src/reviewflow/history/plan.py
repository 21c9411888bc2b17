"""From the rows of a source to commands: which rule a row fits, and how far its case has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviewflow.events import Command
from reviewflow.history.arranging import Arranged, Item
from reviewflow.history.dates import Dates
from reviewflow.history.finding import Finding
from reviewflow.history.row import Means, RowPlan, Source
from reviewflow.history.rules import Rules
from reviewflow.history.tables import Tables
from reviewflow.history.templates import Template
from reviewflow.history.told import NotTaken
from reviewflow.knowing import Knowing
from reviewflow.registry.names import shown


class Ignored(Exception):  # an answer, not an error: the mapping says that such rows say nothing
    """A row that the mapping leaves out, and why."""


@dataclass
class _Case:
    cycle: str
    opened: bool = False


class Planner:
    """Makes the commands of rows."""

    def __init__(
        self, source: Source, rules: Rules, arranged: Arranged, finding: Finding, further: Tables
    ) -> None:  # fmt: skip
        """`rules` are of the source's mapping, `further` its tables."""
        mapping, tables = source.mapping, set(source.mapping.tables)

        def template(text: str | None) -> Template | None:
            return Template(text, tables) if text is not None else None

        self.means = Means(
            source, arranged, finding, further, Dates(mapping.dates, source.zone), template(mapping.seen),
            template(mapping.year), template(mapping.adopt.state if mapping.adopt else None),
        )  # fmt: skip
        self._rules, self._cases = rules, dict[str, _Case]()

    def commands(self, item: Item, known: Knowing, *, together: bool) -> list[Command]:
        """The commands of a row, those that must come first at the front; raises `NotTaken` or `Ignored`."""
        cells = self.means.further.cells = item.row.cells
        if item.row.faults:
            raise NotTaken("unreadable", "; ".join(str(fault) for fault in item.row.faults))
        rule = item.rule
        if rule is None:
            told = ", ".join(f"{name} {shown(cells.get(name, ''))}" for name in self._rules.columns)
            raise NotTaken("no-rule", f"no rule of the mapping fits {told or 'this row'}")
        if rule.action == "ignore":
            raise Ignored(rule.rule.ignore)
        if not item.case:
            raise NotTaken("no-case", "the row names no case")
        row = RowPlan(self.means, item, rule, known)
        if item.implied:
            return row.implied()
        case = self._case(item.case, together=together)
        if rule.action == "open":
            if case.opened:
                raise NotTaken("opened-already", "an earlier row opens this case already")
            case.opened = True
            return row.opening()
        if not case.opened:
            self._begin(case, row)
        return row.command(case.cycle)

    def likely(self, items: Iterable[Item]) -> list[str]:
        """What planning these rows will ask of what is known."""
        found: list[str] = []
        further = self.means.further
        for item in items:
            if item.first:
                further.cells = item.row.cells
                found += self.means.finding.likely(item.row.cells, further.look)
                found.append(f"cycle-{self.means.cycle(item.case)}")
        return found

    def passed(self, item: Item, *, together: bool) -> None:
        """A row of which the log has something already: its case is there."""
        self._case(item.case, together=together).opened = True

    def _case(self, name: str, *, together: bool) -> _Case:
        case = self._cases.get(name)
        if case is None:
            if together:
                self._cases.clear()
            case = self._cases[name] = _Case(self.means.cycle(name))
        return case

    def _begin(self, case: _Case, row: RowPlan) -> None:
        """A case whose first row opens nothing: it is there from an earlier import, or is adopted."""
        if not row.known.head(f"cycle-{case.cycle}"):
            row.first.append(row.adoption())
        case.opened = True
