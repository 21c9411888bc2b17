"""What is told of people. Names are opened for showing, and for nobody who may not ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from reviewflow.asking.question import Question
from reviewflow.registry.people import Person
from reviewflow.registry.scopes import Scope
from reviewflow.views.cycles import AssignmentRow, assignments_of
from reviewflow.views.people import list_people


def people(
    question: Question, role: str | None = None, place: str | None = None, trained: str | None = None, *,
    forgotten: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """People by name: with a role, in a place, with valid training; on the day asked about."""
    question.may("person list")
    scope = question.find.place(place)[1] if place else None
    day = question.day(question.only_programme())
    with question.installation.store.reading() as connection:
        ids = [row.id for row in list_people(connection, role=role, scope=scope, forgotten=forgotten)]
    rows = []
    for one in ids:
        folded = question.known.person(one)
        if folded is None or not _fits(folded, role, scope, trained, day):
            continue
        # A lead lists the people of their own partnership, not everybody's.
        if question.viewer is None or question.allowed("person show", Scope("person", one)):
            rows.append(_row(question, folded, day))
    rows.sort(key=lambda row: str(row["name"]).casefold())
    return {"people": rows}


def _fits(folded: Person, role: str | None, scope: str | None, trained: str | None, day: date) -> bool:
    held = folded.roles_on(day)
    if (role or scope) and not any(role in (None, r) and scope in (None, s) for r, s in held):
        return False
    return trained is None or trained in folded.valid_training(day)


def _row(question: Question, folded: Person, day: date) -> dict[str, Any]:
    return {
        "id": folded.id,
        "name": question.called.person(folded.id),
        "email": question.called.kept(folded.email) or None,
        "roles": [
            {"role": g.held, "in": g.scope, "place": question.called.named(g.scope)} for g in folded.grants_on(day)
        ],
        "training": folded.valid_training(day),
        "forgotten_on": folded.forgotten_on,
    }


def person(question: Question, typed: str) -> dict[str, Any]:
    """One person with everything that is known of them."""
    target = question.find.person(typed)
    question.may("person show", Scope("person", target))
    folded: Person = question.there("person", target)
    called = question.called
    parts = _assignments(question, target)
    data: dict[str, Any] = {
        "id": target,
        "name": called.person(target),
        "email": called.kept(folded.email) or None,
        "forgotten_on": folded.forgotten_on,
        "roles": [{**g._asdict(), "place": called.named(g.scope)} for g in folded.roles],
        "training": [
            {**t._asdict(), "reason": called.kept(t.reason) or None} for t in folded.training
        ],
        "interests": [
            {**r._asdict(), "name": called.named(r.other), "note": called.kept(r.note) or None}
            for r in folded.relationships
        ],
        "delegated": [
            {"id": d.id, "to": d.delegate, "name": called.person(d.delegate), "since": d.since,
             "until": d.period.until, "roles": list(d.roles), "reason": called.kept(d.reason) or None}
            for d in folded.delegations
        ],
        "stands_in_for": _stands_in_for(question, target),
        "assignments": [{**p._asdict(), "handle": called.cycle(p.cycle)} for p in parts],
    }  # fmt: skip
    return {"person": data}


def _assignments(question: Question, target: str) -> list[AssignmentRow]:
    """The person's parts in cycles: from the view as they are now, folded again for another day or moment."""
    with question.installation.store.reading() as connection:
        rows = assignments_of(connection, person=target)
    if question.known.present:
        return rows
    # What was undone since is in no row any more, but it touched the person's visits.
    touched = (stream.removeprefix("cycle-") for stream in question.now.touching(f"visits-of:{target}"))
    found = []
    for cycle_id in sorted({row.cycle for row in rows} | set(touched)):
        cycle = question.known.cycle(cycle_id)
        for (role, person), past in sorted(cycle.assignments.items() if cycle else ()):
            if person == target:
                found.append(AssignmentRow(cycle_id, role, person, past[-1].standing, past[-1].happened.on))
    return found


def _stands_in_for(question: Question, target: str) -> list[dict[str, Any]]:
    """Whose roles this person was asked to act in, past and to come."""
    found = []
    for stream in question.known.touching(f"delegated:{target}"):
        absent = question.known.person(stream.removeprefix("person-"))
        for one in absent.delegations if absent else ():
            if absent and one.delegate == target:
                days = {"since": one.since, "until": one.period.until, "roles": list(one.roles)}
                found.append({"person": absent.id, "name": question.called.person(absent.id), **days})
    return sorted(found, key=lambda row: (row["since"], row["name"]))
