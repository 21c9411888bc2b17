"""The rules of a mapping, compiled once: which of them a row fits, and its templates ready to be filled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from reviewflow.history.dates import Dates
from reviewflow.history.mapping import Cell, Rule
from reviewflow.history.mapping import Mapping as MappingFile
from reviewflow.history.mapping_check import ACTIONS
from reviewflow.history.templates import Cells, Template
from reviewflow.workflow.definition import Definition, FormField

_MOST_REMEMBERED = 10_000


class Ready(NamedTuple):
    """A value of a form, ready to be filled."""

    of: Template | None
    values: Mapping[str, str]
    empty: str
    split: str | None
    rows: tuple[dict[str, Ready], ...]
    kind: str
    """The type of the field; of the items, for a list."""


class Compiled(NamedTuple):
    """A rule, ready to be used."""

    number: int
    rule: Rule
    action: str
    where: tuple[tuple[str, frozenset[str]], ...]
    happened: Template | None
    by: Template | None
    dates: Dates
    person: Template | None
    about: Template | None
    text: Template | None
    reason: Template | None
    signed_by: tuple[Template, ...]
    set: dict[str, Ready]
    origin: str | None
    """The one state from which its step can be taken, if there is just one."""

    @property
    def implies(self) -> tuple[str, ...]:
        """Steps that must have been taken by then."""
        return self.rule.implies

    @property
    def step(self) -> str:
        """The step it tells of."""
        return self.rule.do or self.rule.date_of or ""


class Rules:
    """All rules of a mapping; the first one whose `where` fits is a row's."""

    def __init__(self, mapping: MappingFile, definition: Definition, zone: str) -> None:
        """For a mapping that was checked against this definition."""
        self.columns = tuple(dict.fromkeys(column for rule in mapping.rows for column in rule.where))
        compile_rule = _compiler(mapping, definition, zone)
        self._rules = [compile_rule(number, rule) for number, rule in enumerate(mapping.rows)]
        self._found: dict[tuple[str, ...], Compiled | None] = {}

    def of(self, cells: Cells) -> Compiled | None:
        """The rule of a row, None if it fits none."""
        told = tuple([cells.get(column, "") for column in self.columns])
        try:
            return self._found[told]
        except KeyError:
            pass
        found = next(
            (one for one in self._rules if all(cells.get(column, "") in texts for column, texts in one.where)), None
        )
        if len(self._found) < _MOST_REMEMBERED:
            self._found[told] = found
        return found


def _compiler(mapping: MappingFile, definition: Definition, zone: str) -> Callable[[int, Rule], Compiled]:
    tables = set(mapping.tables)
    usual = Dates(mapping.dates, zone)

    def template(text: str | None) -> Template | None:
        return None if text is None else Template(text, tables)

    def ready(cell: Cell, field: FormField) -> Ready:
        columns = {"id": FormField(type="text"), **field.columns}
        rows = tuple({name: ready(inner, columns[name]) for name, inner in row.items()} for row in cell.rows)
        kind = str(field.of) if field.type == "list" else field.type
        return Ready(template(cell.of), cell.values, cell.empty or "", cell.split, rows, kind)

    def compiled(number: int, rule: Rule) -> Compiled:
        action = next(name for name in ACTIONS if getattr(rule, name) is not None)
        step = "opens" if action == "open" else rule.do or rule.date_of or ""
        fields = definition.fields(step)
        return Compiled(
            number, rule, action, tuple((column, frozenset(texts)) for column, texts in rule.where.items()),
            template(rule.happened if rule.happened is not None else mapping.happened),
            template(rule.by if rule.by is not None else mapping.by),
            Dates(rule.dates, zone) if rule.dates else usual, template(rule.person), template(rule.about),
            template(rule.note if action == "note" else rule.text), template(rule.reason),
            tuple(Template(text, tables) for text in rule.signed_by),
            {name: ready(cell, fields[name]) for name, cell in rule.set.items()},
            _origin_of(definition, rule.do or rule.date_of),
        )  # fmt: skip

    return compiled


def _origin_of(definition: Definition, step: str | None) -> str | None:
    """The one state from which a transition can be taken; None if there are several, or it is no transition."""
    found = definition.transitions.get(step or "")
    origins = definition.expand(found.origin) if found is not None else frozenset[str]()
    return next(iter(origins)) if len(origins) == 1 else None
