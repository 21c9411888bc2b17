"""What is told of people. Names are opened for showing, and for nobody who may not ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from reviewflow.cli.options import Reading
from reviewflow.cli.printing import facts, say, table
from reviewflow.cli.request import Question, asking
from reviewflow.registry.people import Person
from reviewflow.registry.scopes import Scope
from reviewflow.views.cycles import AssignmentRow, assignments_of
from reviewflow.views.people import list_people


def listing(role: str | None, place: str | None, trained: str | None, forgotten: bool, how: Reading) -> None:
    """People by name."""
    with asking(how) as question:
        question.may("person list")
        scope = question.find.place(place)[1] if place else None
        day = question.day(only_programme(question))
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
        header = ("name", "email", "roles", "training", "id")
        shown = [{**row, "roles": [f"{r['role']} in {r['place']}" for r in row["roles"]]} for row in rows]
        question.answer(
            {"people": rows}, lambda: table(header, [[row[h] for h in header] for row in shown], none="nobody fits")
        )


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


def showing(typed: str, how: Reading) -> None:
    """One person with everything that is known of them."""
    with asking(how) as question:
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
        question.answer({"person": data}, lambda: _show(data))


def _assignments(question: Question, target: str) -> list[AssignmentRow]:
    """The person's parts in cycles: from the view as they are now, folded again for another day or moment."""
    with question.installation.store.reading() as connection:
        rows = assignments_of(connection, person=target)
    if question.known.present:
        return rows
    # What was undone since is in no row any more, but it touched the person's visits.
    touched = (stream.removeprefix("cycle-") for stream in question.find.known.touching(f"visits-of:{target}"))
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


def _show(data: dict[str, Any]) -> None:
    facts({key: data[key] for key in ("name", "email", "id", "forgotten_on")})
    for title, header, keys in (
        ("roles", ("role", "in", "since", "until"), ("held", "place", "since", "until")),
        (
            "training",
            ("course", "completed", "valid until", "withdrawn"),
            ("course", "completed", "valid_until", "withdrawn"),
        ),
        ("interests", ("with", "nature", "since", "until", "note"), ("name", "nature", "since", "until", "note")),
        ("delegated", ("stands in", "since", "until", "as"), ("name", "since", "until", "roles")),
        ("stands_in_for", ("stands in for", "since", "until", "as"), ("name", "since", "until", "roles")),
        ("assignments", ("cycle", "role", "standing", "since"), ("handle", "role", "standing", "since")),
    ):
        if data[title]:
            say()
            table(header, [[row[key] for key in keys] for row in data[title]])


def only_programme(question: Question) -> str | None:
    """The only programme there is: whose day it is, where no other is in question."""
    found = question.find.all("programme")
    return found[0] if len(found) == 1 else None
