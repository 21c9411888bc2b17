"""A cycle taken apart into facts that can be compared, each with a key, words, and whether it may be shown."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Final, NamedTuple

from reviewflow.audit.naming import REMOVED, SEALED, as_text
from reviewflow.audit.telling import Telling, columns_of, is_rows
from reviewflow.cycle import events as ev
from reviewflow.cycle.state import Cycle, Said
from reviewflow.events import Event, Value
from reviewflow.workflow.definition import FormField

Key = tuple[str, ...]
"""What a fact is about, as in ("state",), ("assigned", ROLE, PERSON), ("value", STEP, ROW, FIELD, ROW, COLUMN)."""


class Fact(NamedTuple):
    """One fact: what is compared, and how it reads. A hidden one is compared only by where it was said."""

    compared: Hashable
    text: str
    hidden: bool = False


def facts_of(cycle: Cycle | None, telling: Telling) -> dict[Key, Fact]:
    """Every fact of a cycle at a moment; none if it was not open."""
    if cycle is None:
        return {}
    rooms = (_state, _assigned, _proposals, _steps, _evidence, _beside)
    return {key: fact for room in rooms for key, fact in room(cycle, telling)}


def concerns(event: Event, version: int) -> tuple[Key, ...]:
    """The beginnings of the keys of all facts that an event may change; () begins every key."""
    match event:
        case ev.TransitionTaken():
            return (("state",), ("returns",), ("proposal",), ("step", event.step), ("value", event.step))
        case ev.ActRecorded() | ev.AgreementGiven():
            return (("proposal", event.step), ("step", event.step), ("value", event.step))
        case ev.AssignmentOffered() | ev.AssignmentAccepted() | ev.AssignmentDeclined() | ev.AssignmentWithdrawn():
            return (("assigned", event.assigned, event.person),)
        case ev.RoleHandedOver():
            return tuple(("assigned", event.assigned, person) for person in (event.person, event.successor))
        case ev.EvidenceAdded():
            return (("evidence", event.kind),)
        case ev.NoteAdded():
            return (("note", str(version)),)
        case ev.RequirementWaived():
            return (("waiver", event.of, event.requirement, event.person or ""),)
        case ev.ConsentGiven() | ev.ConsentWithdrawn():
            return (("consent", event.what),)
        case ev.DeadlineMoved():
            return (("deadline", event.step),)
        case _:
            return ((),)


def label(key: Key, telling: Telling) -> str:
    """A key in words: the same on both sides of a difference."""
    room, *rest = key
    return _LABELS[room](telling, *rest)


def _value_label(telling: Telling, step: str, about: str, field: str, row: str = "", column: str = "") -> str:
    titles = telling.titles
    of = f" ({about})" if about else ""
    parts = [titles.field(step, field), row, titles.field(step, field, column) if column else ""]
    return f"{titles.step(step)}{of}: {', '.join(part for part in parts if part)}"


def _waiver_label(telling: Telling, of: str, requirement: str, person: str) -> str:
    titles = telling.titles
    title = titles.role(of) if of in telling.definition.roles else titles.step(of)
    return f"Requirement {requirement} of {title}" + (f" for {telling.person(person, '')}" if person else "")


_LABELS: Final[dict[str, Callable[..., str]]] = {
    "state": lambda _: "State",
    "returns": lambda _: "Goes back to",
    "assigned": lambda telling, role, person: f"{telling.titles.role(role)}: {telling.names.person(person)}",
    "proposal": lambda telling, step: f"{telling.titles.step(step)}, proposed",
    "step": lambda telling, step: telling.titles.step(step),
    "value": _value_label,
    "evidence": lambda telling, kind: f"Evidence: {telling.titles.kind(kind)}",
    "waiver": _waiver_label,
    "deadline": lambda telling, step: f"Deadline of {telling.titles.step(step)}",
    "consent": lambda telling, what: f"Consent to show {telling.titles.item(what)}",
    "note": lambda _, version: f"Note (event {version})",
}
ORDER: Final = tuple(_LABELS)
"""The rooms of keys in the order in which a reader asks for them."""


Facts = Iterator[tuple[Key, Fact]]


def _state(cycle: Cycle, telling: Telling) -> Facts:
    hidden = not telling.sees("status", "")
    yield ("state",), Fact(cycle.state, telling.titles.state(cycle.state), hidden)
    if cycle.returns_to is not None:
        yield ("returns",), Fact(cycle.returns_to, telling.titles.state(cycle.returns_to), hidden)


def _assigned(cycle: Cycle, telling: Telling) -> Facts:
    for (role, person), past in cycle.assignments.items():
        last = past[-1]
        yield ("assigned", role, person), Fact(last.standing, last.standing, not telling.sees_person(person, last.by))


def _proposals(cycle: Cycle, telling: Telling) -> Facts:
    # The values proposed are told by the event; here they would stand twice once the step is taken.
    for step, proposal in cycle.proposals.items():
        signed = [telling.titles.role(role) for role in proposal.signed]
        text = f"in event {proposal.version}" + (f", signed by {', '.join(signed)}" if signed else ", not signed yet")
        hidden = not telling.tells(ev.AgreementGiven, proposal.by, step=step)
        yield ("proposal", step), Fact((proposal.version, *proposal.signed.items()), text, hidden)


def _steps(cycle: Cycle, telling: Telling) -> Facts:
    for step, takings in cycle.said.items():
        number = len(takings)
        hidden = not all(telling.tells_step(step, one.by) for one in takings)
        yield ("step", step), Fact(number, "done once" if number == 1 else f"done {number} times", hidden)
        for about, said in {one.about: one for one in takings}.items():
            yield from _values(step, about or "", said, telling)


def _values(step: str, about: str, said: Said, telling: Telling) -> Facts:
    fields = telling.definition.fields(step)
    for name, value in said.values.items():
        key: Key = ("value", step, about, name)
        field, path, at = fields.get(name), f"values.{name}", said.at(name)
        if not telling.field_seen(step, name, said.by):
            # Whether it says the same as before is part of what is hidden.
            yield key, Fact(at, "", hidden=True)
        elif value and is_rows(value):
            for row in value:
                columns = columns_of(field, row)
                for column, of in columns:
                    place = f"{path}.{row['id']}.{column}"
                    yield (*key, row["id"], column), _value(telling, of, row[column], at, place)
                if not columns:
                    yield (*key, row["id"]), Fact("", "nothing in it")
        else:
            yield key, _value(telling, field, value, at, path)


def _value(telling: Telling, field: FormField | None, value: Value, version: int, path: str) -> Fact:
    """Texts are compared by their words, unless nobody can read them; everything else as it is stored."""
    items = telling.items(field, value, version, path)
    cells = value if isinstance(value, list) else [value]
    by_words = any(as_text(cell, path) for cell in cells) and not {REMOVED, SEALED} & set(items)
    text = ", ".join(items) if items else "none"
    return Fact(items if by_words else repr(value), text)


def _evidence(cycle: Cycle, telling: Telling) -> Facts:
    for kind in dict.fromkeys(one.kind for one in cycle.evidence):
        found = [one for one in cycle.evidence if one.kind == kind]
        seen = [one for one in found if telling.tells(ev.EvidenceAdded, one.by, kind=kind)]
        unseen = tuple(one.version for one in found if one not in seen)
        if seen:
            yield ("evidence", kind), _standing_in([one.version for one in seen], f"{len(seen)} in all")
        if unseen:
            yield ("evidence", kind, "unseen"), Fact(unseen, "", hidden=True)


def _beside(cycle: Cycle, telling: Telling) -> Facts:
    status = telling.sees("status", "")
    for key in dict.fromkeys((one.of, one.requirement, one.person or "") for one in cycle.waivers):
        versions = [one.version for one in cycle.waivers if (one.of, one.requirement, one.person or "") == key]
        yield ("waiver", *key), _standing_in(versions, "waived, not met")._replace(hidden=not status)
    for step, due in cycle.moved.items():
        yield ("deadline", step), Fact(due, telling.written(due), not telling.sees("dates", ""))
    for what in cycle.consents:
        stands = cycle.consented(what)
        yield ("consent", what), Fact(stands, "given" if stands else "withdrawn", not status)
    for note in cycle.notes:
        hidden = not telling.note_seen(note.version, note.by, note.beside)
        text = "" if hidden else telling.text(note.text, note.version, "text", seen=True)
        yield ("note", str(note.version)), Fact(note.version, text, hidden)


def _standing_in(versions: list[int], text: str) -> Fact:
    events = "event" if len(versions) == 1 else "events"
    return Fact(tuple(versions), f"{text} ({events} {', '.join(map(str, versions))})")
