"""What is told of organisations."""

from __future__ import annotations

from typing import Any

from reviewflow.cli.options import Reading
from reviewflow.cli.printing import facts, say, table
from reviewflow.cli.request import Question, asking
from reviewflow.errors import BadInput
from reviewflow.registry.organisations import Organisation
from reviewflow.registry.scopes import Scope
from reviewflow.views.organisations import list_organisations


def listing(text: str | None, kind: str | None, partnership: str | None, limit: int, how: Reading) -> None:
    """Organisations by handle."""
    with asking(how) as question:
        question.may("organisation list")
        ids = _members(question, partnership) if partnership else _searched(question, text, kind, limit + 1)
        folded = (question.known.organisation(one) for one in ids)
        found = [one for one in folded if one is not None and kind in (None, one.kind)]
        if partnership and text:
            found = [one for one in found if text.casefold() in f"{one.name} {one.handle}".casefold()]
        found.sort(key=lambda one: one.handle)
        rows = [row_of(one) for one in found[:limit]]
        more = len(found) > limit

        def show() -> None:
            header = ("handle", "name", "kind", "urn", "id")
            table(header, [[row[h] for h in header] for row in rows], none="no organisation fits")
            if more:
                say(f"and more: --limit shows more than {limit}, --find finds some", err=True)

        question.answer({"organisations": rows, "more": more}, show)


def _members(question: Question, typed: str) -> list[str]:
    target = question.find.partnership(typed, "--partnership")
    folded = question.there("partnership", target)
    members: list[str] = folded.members_on(question.day(folded.programme))
    return members


def _searched(question: Question, text: str | None, kind: str | None, limit: int) -> list[str]:
    with question.installation.store.reading() as connection:
        found = [row.id for row in list_organisations(connection, name=text, kind=kind, limit=limit)]
    if text:
        found += [one.id for one in question.find.look("organisation", text)]
    return list(dict.fromkeys(found))


def showing(typed: str, how: Reading) -> None:
    """One organisation with everything that is known of it."""
    with asking(how) as question:
        target = question.find.organisation(typed)
        question.may("organisation show", Scope("organisation", target))
        found = question.there("organisation", target)
        memberships = _memberships(question, target)
        data = {
            **row_of(found),
            "identities": [one.model_dump(mode="json") for one in found.identities],
            "details": found.details,
            "partnerships": memberships,
            "came_from": list(found.succeeded),
            "became": list(found.succeeded_by),
            "successions": [link._asdict() for link in found.links],
        }

        def show() -> None:
            head = {key: data[key] for key in ("name", "handle", "kind", "id")}
            numbers = {
                i.scheme if i.since is None else f"{i.scheme} since {i.since}": i.value for i in found.identities
            }
            became = {"became": found.succeeded_by, "came_from": found.succeeded}
            facts({**head, **numbers, **found.details, **{k: map_names(question, v) for k, v in became.items()}})
            if memberships:
                say()
                table(("partnership", "since", "until"), [(m["name"], m["since"], m["until"]) for m in memberships])

        question.answer({"organisation": data}, show)


def map_names(question: Question, ids: tuple[str, ...]) -> list[str]:
    """Organisations by name."""
    return [question.called.organisation(one) for one in ids]


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
