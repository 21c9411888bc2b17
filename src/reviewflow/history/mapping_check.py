"""What the shape of a mapping cannot say: what goes with what, and what needs no workflow to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewflow.history.dates import compile_format
from reviewflow.history.mapping import Cell, Mapping, Rule
from reviewflow.history.mapping_holes import templates
from reviewflow.history.templates import LABEL, BadTemplate, Template
from reviewflow.workflow.references import Found
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says

ACTIONS = ("open", "do", "date_of", "assign", "withdraw", "evidence", "note", "ignore")
_FITS: dict[str, tuple[str, ...]] = {
    "set": ("open", "do", "date_of"),
    "implies": ("open", "do", "date_of"),
    "signed_by": ("do", "date_of"),
    "about": ("do", "date_of", "evidence"),
    "person": ("assign", "withdraw"),
    "instead": ("assign",),
    "reason": ("withdraw",),
    "text": ("evidence",),
}
"""Key -> the actions beside which it means something."""
_FILE = re.compile(r"[^/\\\x00-\x1f]+")


def check(mapping: Mapping) -> Iterator[Found]:
    """Every fault that needs no workflow to be seen."""
    yield from _templates(mapping)
    for path, formats in (
        (("dates",), mapping.dates), *((("rows", n, "dates"), rule.dates) for n, rule in enumerate(mapping.rows)),
    ):  # fmt: skip
        for number, text in enumerate(formats):
            try:
                compile_format(text)
            except BadTemplate as error:
                yield (*path, number), error.got, error.want
    if not mapping.dates:
        yield ("dates",), "an empty list", "want one format at least, as in [iso]"
    for number, rule in enumerate(mapping.rows):
        yield from _rule(mapping, rule, ("rows", number))
    for name, table in mapping.tables.items():
        if not _FILE.fullmatch(table.file) or table.file in (".", ".."):
            want = "want the bare name of a file beside the main one; others are named on the command line"
            yield ("tables", name, "file"), says(table.file), want
    if mapping.people.since is not None and mapping.people.role is None:
        yield ("people", "since", KEY), "`since` without a role", "want it only beside `role:`"
    if mapping.people.role is not None and not mapping.people.register_:
        yield ("people", "role", KEY), "a role for nobody", "want it only beside `register: true`"


def _rule(mapping: Mapping, rule: Rule, path: Path) -> Iterator[Found]:
    found = [name for name in ACTIONS if getattr(rule, name) is not None]
    if len(found) != 1:
        got = " and ".join(found) or "nothing to do"
        yield (*path, *(found[1:2] and (found[1], KEY))), got, f"want exactly one of: {', '.join(ACTIONS)}"
        return
    action = found[0]
    for key, fits in _FITS.items():
        if getattr(rule, key) and action not in fits:
            yield (*path, key, KEY), f"`{key}` beside `{action}`", f"want it only beside: {', '.join(fits)}"
    if action in ("assign", "withdraw") and rule.person is None:
        yield path, f"`{action}` without `person`", 'want `person:`, as in "{name}"'
    if action == "evidence" and rule.text is None:
        yield path, "`evidence` without `text`", "want `text:`; files are added one by one"
    if action == "open" and rule.implies and mapping.seen is None and rule.happened is None and not mapping.happened:
        yield (*path, "implies", KEY), "`implies` without a day", "want `happened:` here, or `seen:` for all rows"
    if action != "ignore" and not (rule.happened or mapping.happened or mapping.seen):
        yield path, "no day", "want `happened:` here or for all rows, or `seen:`"


def _templates(mapping: Mapping) -> Iterator[Found]:
    tables = set(mapping.tables)
    for path, text, of_main in templates(mapping):
        try:
            made = Template(text, tables if of_main else ())
        except BadTemplate as error:
            yield path, error.got, error.want
            continue
        if LABEL in made.columns:
            yield path, "{}", "want the name of a column, as in {issue}; {} is for the name of a person alone"
    try:
        name = Template(mapping.people.name)
        if any(column != LABEL for column in name.columns):
            yield ("people", "name"), says(mapping.people.name), "want {} for the label, and no column"
    except BadTemplate as error:
        yield ("people", "name"), error.got, error.want
    for number, rule in enumerate(mapping.rows):
        for field, cell in rule.set.items():
            yield from _cell(cell, ("rows", number, "set", field))


def _cell(cell: Cell, path: Path) -> Iterator[Found]:
    if (cell.of is None) == (not cell.rows):
        yield path, "both `of` and `rows`" if cell.rows else "no value", "want a template, or `of:`, or `rows:`"
    if cell.rows and (cell.values or cell.split):
        yield path, "`rows` with `values` or `split`", "want those inside the rows"
    for number, row in enumerate(cell.rows):
        for name, inner in row.items():
            yield from _cell(inner, (*path, "rows", number, name))
