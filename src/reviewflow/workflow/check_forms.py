"""Lists of values, and the fields of forms: what each type needs and what makes no sense with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewflow.workflow.definition import PLAIN_TYPES, FormField
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says

_LIST_OF = ("text", *sorted(PLAIN_TYPES - {"choice"}))
"""What a list may be of, beside a vocabulary or values of its own."""
_MEASURED = frozenset({"text", "long_text", "int", "number", "list", "rows"})
"""Types with a size, a length or a value between `min` and `max`."""
_COUNTED = _MEASURED - {"int", "number"}
_TAKEN_COLUMNS = {"box": "sealed texts use this word", "length": "rules ask for a text's length by this word"}


def check(references: References) -> Iterator[Found]:
    """Every fault of `lists` and `forms`."""
    for name, vocabulary in references.definition.lists.items():
        path: Path = ("lists", name)
        for value in _twice(vocabulary.values):
            yield (*path, "values"), f"{says(value)} twice", "want each value once"
        for value in vocabulary.titles:
            if value not in vocabulary.values:
                yield (*path, "titles", value, KEY), f"a title for {says(value)}", "want titles for the values only"
    for form, fields in references.definition.forms.items():
        for name, field in fields.items():
            path = ("forms", form, name)
            yield from _field(references, field, path)
            for column, inner in field.columns.items():
                yield from _column(references, column, inner, (*path, "columns", column))


def _twice(values: tuple[str, ...]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _field(references: References, field: FormField, path: Path) -> Iterator[Found]:
    yield from _of(references, field, path)
    if field.type == "rows":
        if not field.columns:
            yield (*path, KEY), "rows without columns", "want `columns:` with one field at least"
        if field.plain:
            yield (*path, "plain"), "`plain` on rows", "want it on the columns that may be read"
    elif field.columns:
        yield (*path, "columns", KEY), f"columns of a field of type {field.type}", "want `type: rows`"
    if field.over is not None:
        if field.type == "rows":
            yield from references.must_be_field(field.over, (*path, "over"), "rows")
        else:
            yield (*path, "over", KEY), f"`over` on a field of type {field.type}", "want `type: rows`"
    yield from _limits(field, path)


def _of(references: References, field: FormField, path: Path) -> Iterator[Found]:
    lists, at = references.definition.lists, (*path, "of")
    if field.type not in {"choice", "list"}:
        if field.of is not None:
            yield (*at, KEY), f"`of` on a field of type {field.type}", "want `type: choice` or `type: list`"
        return
    if field.of is None:
        want = "want `of:` with the name of a list, or with the values"
        yield (*path, KEY), f"a {field.type} of nothing", want + (", or `of: text`" if field.type == "list" else "")
    elif isinstance(field.of, tuple):
        if not field.of:
            yield at, "an empty list", "want one value at least"
        for value in _twice(field.of):
            yield at, f"{says(value)} twice", "want each value once"
    elif field.of not in lists and not (field.type == "list" and field.of in _LIST_OF):
        what, known = ("list of values", [*lists]) if field.type == "choice" else ("list or type", [*lists, *_LIST_OF])
        yield (at, *references.unknown(what, field.of, known))


def _limits(field: FormField, path: Path) -> Iterator[Found]:
    for key in ("min", "max"):
        limit = getattr(field, key)
        if limit is None:
            continue
        if field.type not in _MEASURED:
            got = f"`{key}` on a field of type {field.type}"
            yield (*path, key, KEY), got, "want it on numbers, texts, lists or rows"
        elif limit < 0 and field.type in _COUNTED:
            yield (*path, key), str(limit), "want 0 or more"
    if field.min is not None and field.max is not None and field.min > field.max:
        yield (*path, "max"), f"at most {field.max} but at least {field.min}", "want `min` no larger than `max`"
    elif field.max == 0 and field.type in _COUNTED:
        yield (*path, "max"), "0", "want 1 or more"


def _column(references: References, name: str, column: FormField, path: Path) -> Iterator[Found]:
    if name in _TAKEN_COLUMNS:
        yield (*path, KEY), f"the column {says(name)}", f"want another name; {_TAKEN_COLUMNS[name]}"
    if column.type in {"rows", "list"}:
        yield (*path, "type"), f"a column of type {column.type}", "want a simple type in a column"
    else:
        yield from _field(references, column, path)
