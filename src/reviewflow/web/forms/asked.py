"""What a page asks for a step: one part for each field of the form, filled with what was entered before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from reviewflow.cycle.forms import MOST_CHARACTERS, choices
from reviewflow.web.forms.entered import DATE_PARTS, MOST, NAMED, OTHER, PREFIX, Raw, numbers, typed_list
from reviewflow.workflow.definition import Definition, FormField

FEW: Final = 12
"""Options up to this many are shown all at once, more as a list to open."""


class Choice(NamedTuple):
    """One option."""

    value: str
    text: str


People = Callable[[], Sequence[Choice]]
"""Who may be meant by a field of people, or which organisations: asked only where the form has such a field."""


class Around(NamedTuple):
    """Who and what may be chosen, and the rows said earlier that a field goes over, each with what it says."""

    people: People
    organisations: People
    rows: Callable[[str], Sequence[Choice]]


class Part(NamedTuple):
    """One question on the page. `kind` names the component that asks it."""

    kind: str
    """`text`, `long_text`, `number`, `date`, `one_of`, `one_of_many`, `some_of`, `named`, `some_named`, `list`,
    `rows`.
    """
    name: str
    """Of its input; also its id."""
    label: str
    hint: str
    optional: bool
    value: Any = ""
    choices: Sequence[Choice] = ()
    most: int | None = None
    """Characters."""
    parts: Sequence[Sequence[Part]] = ()
    """Of a list its items, of rows their columns."""
    titles: Sequence[str] = ()
    """Of rows that go over others: what each is about."""
    ids: Sequence[str] = ()
    more: bool = False
    """Whether another item or row may be added."""
    error: str = ""
    other: str = ""
    """Who else, where people or organisations are chosen."""


def parts(
    definition: Definition, step: str, raw: Raw, around: Around, errors: Mapping[str, str], grown: str = ""
) -> list[Part]:
    """The questions of a step. `errors`: by input; `grown`: the input to which another item or row is added."""
    asking = _Asking(definition, raw, around, errors, grown)
    return [asking.part(name, field, f"{PREFIX}{name}") for name, field in definition.fields(step).items()]


class _Asking:
    def __init__(self, definition: Definition, raw: Raw, around: Around, errors: Mapping[str, str], grown: str) -> None:
        self.definition, self.raw, self.around, self.errors, self.grown = definition, raw, around, errors, grown

    def part(self, name: str, field: FormField, at: str) -> Part:
        """One question; a list and rows have questions inside."""
        part = Part(
            "text", at, field.label or name.replace("_", " ").capitalize(), " ".join((field.help or "").split()),
            _optional(field), self._given(at), error=self.errors.get(at, ""),
        )  # fmt: skip
        match field.type:
            case "rows":
                return self._rows(part, field)
            case "list" if typed_list(field, self.definition):
                return self._items(part, field)
            case "list":
                return part._replace(kind="some_of", value=list(self.raw.get(at, ())), choices=self._choices(field))
        return self._simple(part, field.type, field)

    def _simple(self, part: Part, kind: str, field: FormField) -> Part:
        match kind:
            case "long_text":
                return part._replace(kind="long_text", most=MOST_CHARACTERS["long_text"])
            case "int" | "number":
                return part._replace(kind="number")
            case "bool":
                return _one_of(part, (Choice("yes", "Yes"), Choice("no", "No")))
            case "date":
                error = part.error or self.errors.get(f"{part.name}.day", "")
                return part._replace(kind="date", value=self._date(part.name), error=error)
            case "choice":
                return _one_of(part, self._choices(field))
            case "person" | "organisation":
                return self._named(part, kind)
        return part._replace(most=MOST_CHARACTERS["text"])

    def _items(self, part: Part, field: FormField) -> Part:
        kind = str(field.of or "text")
        if kind in NAMED:
            return self._named(part, kind)._replace(kind="some_named", value=list(self.raw.get(part.name, ())))
        shown = self._numbers(part.name, field)
        one = Part("text", "", part.label, "", optional=True)
        items = []
        for place, number in enumerate(shown, 1):
            at = f"{part.name}.{number}"
            label = part.label if len(shown) == 1 else f"{part.label}, {place}"
            named = one._replace(name=at, label=label, value=self._given(at), error=self.errors.get(at, ""))
            items.append((self._simple(named, kind, field),))
        return part._replace(kind="list", parts=items, more=self._more(field, shown))

    def _named(self, part: Part, kind: str) -> Part:
        around = self.around.people() if kind == "person" else self.around.organisations()
        return part._replace(kind="named", choices=around, other=self._given(f"{part.name}.{OTHER}"))

    def _rows(self, part: Part, field: FormField) -> Part:
        over = self.around.rows(field.over) if field.over else ()
        shown = list(range(1, len(over) + 1)) if field.over else self._numbers(part.name, field)
        rows = [
            [self.part(name, column, f"{part.name}.{number}.{name}") for name, column in field.columns.items()]
            for number in shown
        ]
        return part._replace(
            kind="rows", parts=rows, titles=[one.text for one in over], ids=[one.value for one in over],
            more=not field.over and self._more(field, shown),
        )  # fmt: skip

    def _numbers(self, at: str, field: FormField) -> list[int]:
        filled = [n for n in numbers(self.raw, at) if n <= MOST]
        least = max(field.min or 0, 1)
        last = max(filled, default=0)
        wanted = max(last, least)
        return list(range(1, min(wanted + (self.grown == at), MOST) + 1))

    def _more(self, field: FormField, shown: Sequence[int]) -> bool:
        return len(shown) < (field.max or MOST)

    def _choices(self, field: FormField) -> list[Choice]:
        titles = self.definition.lists[field.of].titles if field.of in self.definition.lists else {}
        return [Choice(one, titles.get(one, one.replace("_", " "))) for one in choices(self.definition, field)]

    def _given(self, at: str) -> str:
        found = self.raw.get(at, ())
        return found[-1] if found else ""

    def _date(self, at: str) -> dict[str, str]:
        whole = self._given(at).split("-")
        if len(whole) == len(DATE_PARTS):
            return dict(zip(("year", "month", "day"), whole, strict=True))
        return {one: self._given(f"{at}.{one}") for one in DATE_PARTS}


def _one_of(part: Part, options: Sequence[Choice]) -> Part:
    return part._replace(kind="one_of" if len(options) <= FEW else "one_of_many", choices=options)


def _optional(field: FormField) -> bool:
    return field.optional or (field.type in ("list", "rows") and field.min == 0)
