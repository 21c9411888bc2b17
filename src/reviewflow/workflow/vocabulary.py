"""The facts a rule may ask for: flat, typed, dotted names, made from the definition and nothing else.

Every name has a value always: what was not given, never taken or never said holds a neutral value, and
`.given` and `taken.T` tell the difference. Sealed texts give `.given` and `.length`, and their content
only to the very step that writes them, while nobody has sealed it yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal, NamedTuple, TypeAlias

from reviewflow.workflow.definition import Definition, FormField, Step, bounds

Where: TypeAlias = str | tuple[Literal["eligible"], str]
"""Whose rules: a step's name (`opens` for the opening), or ("eligible", ROLE)."""


class FactType(StrEnum):
    """The types of facts, as CEL writes them."""

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"
    BOOLS = "list(bool)"
    INTS = "list(int)"
    DOUBLES = "list(double)"
    STRINGS = "list(string)"

    @property
    def many(self) -> FactType:
        """The list of this type; a list stays itself, for there are no lists of lists."""
        return self if self.is_list else FactType(f"list({self.value})")

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return self.value.startswith("list(")

    @property
    def one(self) -> FactType:
        """The type of an element; what is no list stays itself."""
        return FactType(self.value[5:-1]) if self.is_list else self


Facts: TypeAlias = Iterator[tuple[str, "Fact"]]

_NEUTRAL: dict[FactType, Any] = {FactType.BOOL: False, FactType.INT: 0, FactType.DOUBLE: 0.0, FactType.STRING: ""}


def neutral(kind: FactType) -> Any:
    """The value of a fact that was not given; a new list each time."""
    return [] if kind.is_list else _NEUTRAL[kind]


class Fact(NamedTuple):
    """One fact: its type, what it means, and what is known of its values before any cycle runs."""

    type: FactType
    means: str
    among: tuple[str, ...] | None = None
    """The only values (or elements) it can have, beside the neutral one; None: any."""
    low: int | None = None
    """The least the form allows: of a number, of a text's length, of the size of a list."""
    high: int | None = None
    counts: bool = False
    """Whether it counts something, and so is never negative."""
    sure: bool = False
    """Whether it is always given, so that the neutral value means only itself."""
    always: bool = False
    """Whether it is true in every case: the `.given` of a field that must be given."""
    given: str | None = None
    """The fact that says whether this one was given."""
    rows: str | None = None
    """Lists of the same rows have the same size."""


_SIMPLE = {"int": FactType.INT, "number": FactType.DOUBLE, "bool": FactType.BOOL}
_TEXTS = frozenset({"text", "long_text"})


def is_text(definition: Definition, field: FormField) -> bool:
    """Whether a field or column holds free text, or a list of it: what has a length."""
    return field.type in _TEXTS or (
        field.type == "list"
        and isinstance(field.of, str | None)
        and (field.of in _TEXTS or field.of is None)
        and field.of not in definition.lists
    )


def type_of(definition: Definition, field: FormField) -> FactType:
    """The type of a field's value as rules see it; days, choices and ids are strings."""
    if field.type != "list":
        return _SIMPLE.get(field.type, FactType.STRING)
    of = field.of if isinstance(field.of, str) and field.of not in definition.lists else ""
    return _SIMPLE.get(of, FactType.STRING).many


def values_of(definition: Definition, field: FormField) -> tuple[str, ...] | None:
    """The values of a choice, or of a list from a vocabulary; None where any value may stand."""
    if isinstance(field.of, tuple):
        return field.of
    named = definition.lists.get(field.of) if field.of else None
    return named.values if named else None


def facts_of(definition: Definition, where: Where) -> dict[str, FactType]:
    """The names and types that the rules of a step, or of a role's eligibility, may use."""
    return {name: fact.type for name, fact in vocabulary(definition, where).items()}


def vocabulary(definition: Definition, where: Where) -> dict[str, Fact]:
    """The same with what each fact means and what is known of its values."""
    found = dict(_everywhere(definition))
    if isinstance(where, tuple):
        found.update(_person())
    if where != "opens":  # before the opening nothing was said, taken or assigned
        found.update(_history(definition))
    if isinstance(where, str):
        found.update(_form(definition, where))
        found.update(_booked(definition, where))
    return found


def sealed_of(definition: Definition, where: Where) -> dict[str, str]:
    """The names of sealed contents that rules might ask for and must not: name -> why not."""
    found: dict[str, str] = {}
    for prefix, step in _prefixes(definition, where):
        if prefix != "form":
            why = "a sealed text can be read only by a rule of the step that writes it"
        elif _seals_before_judging(definition, step):
            why = "the text is sealed with the first signature, before the last one is judged"
        else:
            continue
        for path, field in _leaves(definition, step):
            if not definition.plain(field):
                found[f"{prefix}.{path}"] = why
    return found


def hidden_facts(definition: Definition) -> list[tuple[tuple[str | int, ...], str, str]]:
    """Names that would hide a fact of ours: (path into the document, the name, the fact it would hide)."""
    found: list[tuple[tuple[str | int, ...], str, str]] = [
        (("forms", form, name, "columns", column), column, f"form.{name}.{column}")
        for form, fields in definition.forms.items()
        for name, field in fields.items()
        for column in field.columns
        if column in ("id", "given")
    ]
    for place, step in places_of(definition):
        if step.books is not None and "subject" in step.books.people:
            found.append(((*place, "books", "people"), "subject", "booked.closed.subject"))
    return found


def places_of(definition: Definition) -> Iterator[tuple[tuple[str, ...], Step]]:
    """Every step with its path into the document, the opening first."""
    yield ("opens",), definition.opens
    yield from ((("transitions", name), step) for name, step in definition.transitions.items())
    yield from ((("acts", name), step) for name, step in definition.acts.items())


def explain_facts(definition: Definition, where: Where | None = None) -> str:
    """Tables for people, as `workflow show --facts` prints them: name, type, what it means.

    Without a place: what every rule may use, then what only some may.
    """
    if where is not None:
        return _table(vocabulary(definition, where))
    parts = ["Every rule (the opening's own: only the first few, for nothing has happened yet):"]
    parts.append(_table({**dict(_everywhere(definition)), **dict(_history(definition))}))
    parts += ["", "Rules in a role's `eligible`:", _table(dict(_person()))]
    for path, _ in places_of(definition):
        own = {**dict(_form(definition, path[-1])), **dict(_booked(definition, path[-1]))}
        if own:
            parts += ["", f"Rules of {path[-1]}:", _table(own)]
    return "\n".join(parts)


def _table(facts: dict[str, Fact]) -> str:
    wide = max(len(name) for name in facts)
    return "\n".join(f"  {name:<{wide}}  {fact.type.value:<12}  {fact.means}" for name, fact in facts.items())


def _prefixes(definition: Definition, where: Where) -> Iterator[tuple[str, str]]:
    """Where form fields may stand: ("form", this step) and ("said.T", T) for every step with a form."""
    if isinstance(where, str):
        yield "form", where
    if where != "opens":
        for step in ("opens", *definition.steps()):
            yield f"said.{step}", step


def _leaves(definition: Definition, step: str) -> Iterator[tuple[str, FormField]]:
    """Every field and column that holds values, with its dotted path."""
    for name, field in definition.fields(step).items():
        if field.type == "rows":
            yield from ((f"{name}.{column}", part) for column, part in field.columns.items())
        else:
            yield name, field


def _seals_before_judging(definition: Definition, step: str) -> bool:
    found = definition.step(step)
    return bool(found and found.second)


def _everywhere(definition: Definition) -> Facts:
    yield "day", Fact(FactType.STRING, "the day of the step, as 2026-03-01", sure=True)
    yield "actor.id", Fact(FactType.STRING, "who acts", sure=True)
    yield (
        "actor.roles",
        Fact(
            FactType.STRINGS,
            "the roles of this workflow that the actor holds, or is assigned, on that day",
            among=tuple(definition.roles),
        ),
    )
    yield "actor.organisations", Fact(FactType.STRINGS, "where the actor holds a role on that day")
    yield "subject.id", Fact(FactType.STRING, "the organisation, project or document reviewed", sure=True)
    yield "subject.member_on_day", Fact(FactType.BOOL, "whether the subject belongs to the partnership on that day")


def _person() -> Facts:
    yield "person.id", Fact(FactType.STRING, "the candidate", sure=True)
    yield "person.organisations", Fact(FactType.STRINGS, "where the candidate holds a role on that day")
    yield "person.valid_training", Fact(FactType.STRINGS, "courses of the candidate that are valid on that day")
    yield "person.related_to", Fact(FactType.STRINGS, "organisations and people with whom an interest is declared")
    yield "person.clashing_visits", Fact(FactType.STRINGS, "other cycles that book the candidate on a day of this one")


def _history(definition: Definition) -> Facts:
    for step in ("opens", *definition.steps()):
        said = "as said at the opening" if step == "opens" else f"as last said in {step}"
        yield from _fields(definition, step, f"said.{step}", said, content=False)
    for step in definition.steps():
        yield f"taken.{step}", Fact(FactType.BOOL, f"whether {step} was ever done")
        yield (
            f"count.{step}",
            Fact(FactType.INT, f"how often {step} was done; what was undone does not count", counts=True),
        )
    for name, role in definition.roles.items():
        if role.assigned is not None:
            yield (
                f"assigned.{name}",
                Fact(FactType.STRINGS, f"the people who are {name} of this cycle now", high=bounds(role.assigned)[1]),
            )
            yield f"ever_assigned.{name}", Fact(FactType.STRINGS, f"everyone who ever was {name} of this cycle")
    for kind in definition.evidence_kinds():
        yield f"evidence.{kind}", Fact(FactType.INT, f"how many items of evidence are of kind {kind}", counts=True)
    groups = [group.about for group in definition.evidence.values()]
    for about in dict.fromkeys([*groups, *(act.about for act in definition.acts.values())]):
        if about:
            yield f"uncovered.{about}", Fact(FactType.STRINGS, f"ids of the rows of {about} that nothing is about yet")


def _form(definition: Definition, step: str) -> Facts:
    content = not _seals_before_judging(definition, step)
    yield from _fields(definition, step, "form", "as entered now", content=content)


def _booked(definition: Definition, step: str) -> Facts:
    found = definition.step(step)
    if found is None or found.books is None:
        return
    yield "booked.closed.subject", Fact(FactType.STRINGS, "booked days on which the subject is closed")
    for role in found.books.people:
        if role != "subject":  # a role of that name would hide the fact above
            yield (
                f"booked.closed.{role}",
                Fact(FactType.STRINGS, f"people who are {role} and whose organisation is closed on a booked day"),
            )
        yield (
            f"booked.clashes.{role}",
            Fact(FactType.STRINGS, f"people who are {role} and are booked elsewhere on a booked day"),
        )


def _fields(definition: Definition, step: str, prefix: str, said: str, *, content: bool) -> Facts:
    form = prefix == "form"
    for name, field in definition.fields(step).items():
        path, label = f"{prefix}.{name}", field.label or name
        given, sure = f"{path}.given", form and not field.optional
        if field.type == "rows":
            row = Fact(
                FactType.STRINGS,
                f"ids of the rows of {label}, {said}",
                low=field.min,
                high=field.max,
                sure=sure,
                given=given,
                rows=path,
            )
            yield f"{path}.id", row
            for column, part in field.columns.items():
                yield from _column(definition, f"{path}.{column}", part, row, content=content)
        else:
            yield from _value(
                definition,
                path,
                field,
                Fact(FactType.BOOL, f"{label}, {said}", sure=sure, given=given),
                content=content,
            )
        # A list may be given empty; anything else that is required is there.
        always = sure and field.type not in ("list", "rows")
        yield given, Fact(FactType.BOOL, f"whether {label} was given, {said}", always=always)


def _value(definition: Definition, path: str, field: FormField, like: Fact, *, content: bool) -> Facts:
    kind, text = type_of(definition, field), is_text(definition, field)
    limited = like._replace(low=field.min, high=field.max, rows=path if kind.is_list else None)
    value = like if text and not kind.is_list else limited  # `min` of a text limits its length
    if content or definition.plain(field):
        yield path, value._replace(type=kind, among=values_of(definition, field))
    if text:
        yield (
            f"{path}.length",
            limited._replace(
                type=FactType.INTS if kind.is_list else FactType.INT,
                counts=True,
                means=f"length in characters of {'each text of ' if kind.is_list else ''}{like.means}",
            ),
        )


def _column(definition: Definition, name: str, part: FormField, row: Fact, *, content: bool) -> Facts:
    if part.type in ("list", "rows"):  # `workflow check` refuses it: columns are simple
        return
    label = f"{part.label or name.rpartition('.')[2]} of each row; {row.means.partition('of ')[2]}"
    if content or definition.plain(part):
        among = values_of(definition, part)
        yield (
            name,
            row._replace(
                type=type_of(definition, part).many,
                means=label,
                among=("", *among) if among is not None and part.optional else among,
            ),
        )
    if is_text(definition, part):
        yield f"{name}.length", row._replace(type=FactType.INTS, means=f"length in characters of {label}", counts=True)
    yield f"{name}.given", row._replace(type=FactType.BOOLS, means=f"whether given: {label}")
