"""The rows of a source in the order in which they are taken, each with its case and an id that is its own.

The id is an HMAC under a key of the vault over what the row says: the same row has the same id at every import, and
nobody without the key learns from it what the row said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from reviewflow.exchange.rows import Row
from reviewflow.history.mapping import Mapping
from reviewflow.history.ordering import in_time
from reviewflow.history.rules import Compiled, Rules
from reviewflow.history.tables import Tables
from reviewflow.history.templates import Template

_MOST_OPENINGS: Final = 4_096

Keyed = Callable[[str, str], str]
"""A keyed hash: what kind of thing, and the thing."""


class Item(NamedTuple):
    """A row with its rule, to be taken, or once more what an opening row implies (`implied`), after the rows beside it.

    `commands`: the ids of the commands it can become. `first`: it begins its case, as far as cases stand together.
    """

    row: Row
    rule: Compiled | None
    case: str
    id: str
    commands: tuple[str, ...]
    first: bool = False
    implied: bool = False
    more: bool = False
    """The row comes once more, for what it implies."""


@dataclass
class _Case:
    """What is remembered of a case while its rows come."""

    times: Counter[str] = field(default_factory=Counter)
    """How often rows came that say the very same."""
    opened: bool = False


class Arranged:
    """Makes items of rows; one for each reading of the source."""

    def __init__(
        self, mapping: Mapping, rules: Rules, keyed: Keyed, further: Tables, wanted: Callable[[Row], bool] | None = None
    ) -> None:
        """`further` is told which row is at hand; `wanted` says of a case's first row whether the case is taken."""
        self._wanted = wanted
        self._taken: dict[str, bool] = {}
        self._name, self._rules, self._keyed, self._further = mapping.mapping, rules, keyed, further
        self._mapping = mapping
        self._look = further.look
        tables = set(mapping.tables)
        self._case = Template(mapping.case, tables)
        self._key = Template(mapping.key, tables) if mapping.key is not None else None
        self._seen = Template(mapping.seen, tables) if mapping.seen is not None else None
        self._cases: dict[str, _Case] = {}
        self._openings: dict[str, str] = {}  # asked for again and again until the case is opened

    def items(self, rows: Iterable[Row], *, together: bool) -> Iterator[Item]:
        """Every row once. `together`: cases stand together, so that one need not be remembered when the next begins."""
        if self._mapping.order == "happened":
            rows = in_time(rows, self._mapping, self._rules, self._further, together=together)
        waiting: Item | None = None
        beside: tuple[str, str] | None = None
        for row in rows:
            self._further.cells = row.cells
            here = self._case.fill(row.cells, self._look), self._moment(row)
            if waiting is not None and here != beside:
                yield waiting
                waiting = None
                self._further.cells = row.cells
            if self._wanted is not None and not self._takes(here[0], row, self._wanted, together=together):
                beside = here
                continue
            rule = self._rules.of(row.cells)
            opens = rule is not None and rule.action == "open"
            item = self._item(row, rule, here[0], opens=opens, together=together)
            more = opens and rule is not None and bool(rule.implies) and self._seen is not None
            yield item._replace(more=True) if more else item
            if more and rule is not None:
                own = self.id_of(item.case, f"implied {item.id}")
                ids = tuple(f"{own}-{step}" for step in rule.implies)
                waiting = Item(row, rule, item.case, own, ids, implied=True)
            beside = here
        if waiting is not None:
            yield waiting

    def _takes(self, case: str, row: Row, wanted: Callable[[Row], bool], *, together: bool) -> bool:
        taken = self._taken.get(case)
        if taken is None:
            if together:
                self._taken.clear()
            taken = self._taken[case] = wanted(row)
        return taken

    def _moment(self, row: Row) -> str:
        return self._seen.fill(row.cells, self._look) if self._seen is not None else ""

    def _item(self, row: Row, rule: Compiled | None, case: str, *, opens: bool, together: bool) -> Item:
        first = case not in self._cases
        if first:
            if together:
                self._cases.clear()
            self._cases[case] = _Case()
        known = self._cases[case]
        said = self._key.fill(row.cells, self._look) if self._key is not None else _all(row)
        own = self.id_of(case, said)
        known.times[own] += 1
        if known.times[own] > 1:
            own = self.id_of(case, f"{known.times[own]} {own}")
        ids = (self.opening(case),) if opens and not known.opened else (own,)
        known.opened = known.opened or opens
        return Item(row, rule, case, own, ids, first)

    def id_of(self, case: str, what: str) -> str:
        """The id of something that a source says of a case."""
        return self._keyed("import", f"{len(self._name)} {self._name} {len(case)} {case} {what}")

    def opening(self, case: str) -> str:
        """The id of the command that opens a case, whichever row says so: a case is opened once."""
        known = self._openings.get(case)
        if known is None:
            if len(self._openings) >= _MOST_OPENINGS:
                self._openings.clear()
            known = self._openings[case] = self.id_of(case, "opening")
        return known


def _all(row: Row) -> str:
    return "row " + "".join([f"{len(k)} {k} {len(v)} {v} " for k, v in sorted(row.cells.items()) if v])
