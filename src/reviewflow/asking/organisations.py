"""What is told of organisations."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.question import Question
from reviewflow.errors import BadInput
from reviewflow.registry.organisations import Organisation
from reviewflow.registry.scopes import Scope
from reviewflow.views.organisations import list_organisations


def organisations(
    question: Question, text: str | None = None, kind: str | None = None, partnership: str | None = None,
    limit: int = 100,
) -> dict[str, Any]:  # fmt: skip
    """Organisations by handle; `more`: others fit as well."""
    question.may("organisation list")
    ids = _members(question, partnership) if partnership else _searched(question, text, kind, limit + 1)
    folded = (question.known.organisation(one) for one in ids)
    found = [one for one in folded if one is not None and kind in (None, one.kind)]
    if partnership and text:
        found = [one for one in found if text.casefold() in f"{one.name} {one.handle}".casefold()]
    found.sort(key=lambda one: one.handle)
    return {"organisations": [row_of(one) for one in found[:limit]], "more": len(found) > limit}


def _members(question: Question, typed: str) -> list[str]:
    target = question.find.partnership(typed, question.find.option("partnership"))
    folded = question.there("partnership", target)
    members: list[str] = folded.members_on(question.day(folded.programme))
    return members


def _searched(question: Question, text: str | None, kind: str | None, limit: int) -> list[str]:
    with question.installation.store.reading() as connection:
        found = [row.id for row in list_organisations(connection, name=text, kind=kind, limit=limit)]
    if text:
        found += [one.id for one in question.find.look("organisation", text)]
    return list(dict.fromkeys(found))


def organisation(question: Question, typed: str) -> dict[str, Any]:
    """One organisation with everything that is known of it."""
    target = question.find.organisation(typed)
    question.may("organisation show", Scope("organisation", target))
    found = question.there("organisation", target)
    data = {
        **row_of(found),
        "identities": [one.model_dump(mode="json") for one in found.identities],
        "details": found.details,
        "partnerships": _memberships(question, target),
        "came_from": list(found.succeeded),
        "became": list(found.succeeded_by),
        "successions": [link._asdict() for link in found.links],
    }
    return {"organisation": data}


def _memberships(question: Question, organisation: str) -> list[dict[str, Any]]:
    found = []
    for stream in question.known.touching(f"members:{organisation}"):
        try:
            folded = question.there("partnership", stream.removeprefix("partnership-"))
        except BadInput:  # formed after the moment asked about
            continue
        found += [
            {"id": folded.id, "name": folded.name, "since": one.since, "until": one.until}
            for one in folded.memberships
            if one.organisation == organisation
        ]
    return found


def row_of(one: Organisation) -> dict[str, Any]:
    """An organisation as a list has it."""
    return {"id": one.id, "handle": one.handle, "name": one.name, "kind": one.kind, "urn": one.identity("urn")}
