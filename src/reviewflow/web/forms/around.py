"""Who and what a form offers to choose from: people with a part in the cycle, of whom the visitor may be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.audit.naming import as_text, shortened
from reviewflow.cycle.setting import Setting
from reviewflow.events import Value
from reviewflow.registry.scopes import Scope
from reviewflow.web.forms.asked import Around, Choice


def around(question: Question, one: OneCycle, setting: Setting) -> Around:
    """What the fields of a form may be filled with."""

    def people() -> Sequence[Choice]:
        found = [Choice(person, question.called.person(person)) for person in _people(question, one, setting)]
        return sorted(found, key=lambda choice: choice.text.casefold())

    def organisations() -> Sequence[Choice]:
        found = [Choice(each, question.called.organisation(each)) for each in _organisations(setting)]
        return sorted(found, key=lambda choice: choice.text.casefold())

    return Around(people, organisations, lambda place: rows_of(question, one, place))


def _people(question: Question, one: OneCycle, setting: Setting) -> Iterator[str]:
    """Colleagues at the reviewed organisation for whoever is one, who takes part, and whoever else may be shown."""
    viewer, known = question.viewer, question.known
    here = [stream.removeprefix("person-") for stream in known.touching(f"holders:{setting.subject}")]
    above = [
        stream.removeprefix("person-")
        for scope in (setting.partnership, setting.programme) if scope
        for stream in known.touching(f"holders:{scope}")
    ]  # fmt: skip
    assigned = [person for _, person in one.cycle.assignments if one.seeing.people(person)]
    colleague = viewer in here
    for person in dict.fromkeys([*here, *assigned, *above]):
        found = known.person(person)
        if found is None or found.name is None:
            continue
        told = person == viewer or person in assigned or (colleague and person in here)
        if told or question.allowed("person show", Scope("person", person)):
            yield person


def _organisations(setting: Setting) -> Iterator[str]:
    """The members of the partnership, or the reviewed organisation alone."""
    partnership = setting.known.partnership(setting.partnership) if setting.partnership else None
    yield from (partnership.members_on(setting.day) if partnership else [setting.subject])


def rows_of(question: Question, one: OneCycle, place: str) -> list[Choice]:
    """The rows said last in `STEP.FIELD`, by their ids, each with what its first column says."""
    step, _, name = place.partition(".")
    said, field = one.cycle.last(step), one.definition.fields(step).get(name)
    if said is None or field is None:
        return []
    shown = one.seeing.field(step, name, said.by)
    found = []
    for number, row in enumerate(said.values.get(name) or [], 1):
        first = next(iter(field.columns))
        path = f"values.{name}.{row['id']}.{first}"
        text = _words(question, one, row.get(first), said.at(name), path) if shown else ""
        found.append(Choice(row["id"], f"{number}. {text}" if text else f"Number {number}"))
    return found


def _words(question: Question, one: OneCycle, value: Value, version: int, path: str) -> str:
    text = as_text(value, path)
    if text is None:
        return "" if value is None else str(value)
    return shortened(question.called.open(text, one.cycle.stream, version, path), 120)
