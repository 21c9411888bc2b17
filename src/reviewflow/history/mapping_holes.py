"""Where a mapping has templates, and which columns of the main file they read."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Named

from reviewflow.history.mapping import Cell, Mapping, Rule
from reviewflow.history.templates import Template
from reviewflow.workflow.yaml_nodes import KEY, Path

Place = tuple[Path, str, bool]
"""Where a template stands, what it says, and whether it is filled from a row of the main file."""


def templates(mapping: Mapping) -> Iterator[Place]:
    """Every template but the name of a person."""
    yield ("case",), mapping.case, True
    yield from _of(mapping, (), ("key", "happened", "seen", "by", "year"))
    yield ("subject", "name"), mapping.subject.name, True
    yield from _of(mapping.subject, ("subject",), ("handle",))
    if mapping.subject.identity is not None:
        yield ("subject", "identity", "value"), mapping.subject.identity.value, True
    for name, table in mapping.tables.items():
        yield ("tables", name, "key"), table.key, True
        if table.keyed_by is not None:
            yield ("tables", name, "keyed_by"), table.keyed_by, False
    if mapping.adopt is not None:
        yield from _of(mapping.adopt, ("adopt",), ("state",))
    for number, rule in enumerate(mapping.rows):
        yield from _of_rule(rule, ("rows", number))


def _of_rule(rule: Rule, path: Path) -> Iterator[Place]:
    yield from _of(rule, path, ("note", "happened", "by", "person", "about", "text", "reason"))
    for which, text in enumerate(rule.signed_by):
        yield (*path, "signed_by", which), text, True
    yield from ((place, text, True) for place, text in _cells(rule.set, (*path, "set")))


def _of(part: object, path: Path, names: tuple[str, ...]) -> Iterator[Place]:
    for name in names:
        text = getattr(part, name)
        if text is not None:
            yield (*path, name), text, True


def _cells(values: Named[str, Cell], path: Path) -> Iterator[tuple[Path, str]]:
    for name, cell in values.items():
        if cell.of is not None:
            yield (*path, name, "of"), cell.of
        for number, row in enumerate(cell.rows):
            yield from _cells(row, (*path, name, "rows", number))


def columns(mapping: Mapping) -> dict[str, Path]:
    """Every column of the main file that the mapping names, with the first place that names it."""
    tables = set(mapping.tables)
    found: dict[str, Path] = {}
    for path, text, of_main in templates(mapping):
        if of_main:
            for column in Template(text, tables).columns:
                found.setdefault(column, path)
    for number, rule in enumerate(mapping.rows):
        for column in rule.where:
            found.setdefault(column, ("rows", number, "where", column, KEY))
    return found
