"""What is in a store: counted by the views, for a past moment by folding."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from reviewflow import __version__
from reviewflow.asking.followers import effects_data, followers_data
from reviewflow.asking.question import Question
from reviewflow.registry.scopes import WHOLE
from reviewflow.store.addresses import shown
from reviewflow.views.counted import how_many
from reviewflow.views.cycles import count_cycles, list_cycles
from reviewflow.views.organisations import list_organisations
from reviewflow.views.people import list_people


def status(question: Question) -> dict[str, Any]:
    """Counts, and whether texts can be read; more for those who may read the whole log."""
    question.may("status")
    readable = question.installation.vault.readable
    position, recorded_at = _last(question)
    data: dict[str, Any] = {
        "version": __version__,
        "master_key": "at hand" if readable else "not at hand: texts are hidden, nothing can be recorded",
        "records": position,
        "last_recorded_at": recorded_at,
        **_counts(question),
    }
    # Where the store lies, and how the whole of it fares, is for those who may read the whole log.
    if question.allowed("audit log", WHOLE):
        data = {"store": shown(question.installation.settings.store), **data, "cycles": _cycles(question)}
        moved = question.installation.store.moved()
        if moved is not None:
            data["moved_to"], data["moved_at"] = moved
        if not question.past:
            data |= _followers(question)
    return data


def _followers(question: Question) -> dict[str, Any]:
    """How those that follow the log stand now."""
    snapshot: Any = question.known.snapshot
    return {
        "followers": followers_data(snapshot, question.installation),
        "effects": effects_data(snapshot),
    }


def _last(question: Question) -> tuple[int, datetime | None]:
    """The last position that was known, and when it was recorded."""
    snapshot = question.known.snapshot
    position = snapshot.position()
    if question.known_at is None:
        found = snapshot.log(after=position - 1, limit=1) if position else []
        return position, found[0].recorded_at if found else None
    # Recorded moments never run backwards: halve until the last one that is not too late is found.
    low, high = 0, position
    while low < high:
        middle = (low + high + 1) // 2
        known = snapshot.log(after=middle - 1, limit=1)[0].recorded_at <= question.known_at
        low, high = (middle, high) if known else (low, middle - 1)
    return low, snapshot.log(after=low - 1, limit=1)[0].recorded_at if low else None


def _counts(question: Question) -> dict[str, Any]:
    known = question.known
    workflows = [stream.removeprefix("workflow-") for stream in known.touching("workflows")]
    if not question.past:
        with question.installation.store.reading() as connection:
            return {**how_many(connection), "workflows": workflows}
    with question.installation.store.reading() as connection:
        organisations = [row.id for row in list_organisations(connection)]
        people = [row.id for row in list_people(connection, forgotten=True)]
    ids = {
        "programmes": question.find.all("programme"),
        "partnerships": question.find.all("partnership"),
        "organisations": organisations,
        "people": people,
    }
    kinds = {
        "programmes": "programme",
        "partnerships": "partnership",
        "organisations": "organisation",
        "people": "person",
    }
    ids = {name: [one for one in found if known.records(f"{kinds[name]}-{one}")] for name, found in ids.items()}
    workflows = [one for one in workflows if known.records(f"workflow-{one}")]
    return {**{name: len(found) for name, found in ids.items()}, "workflows": workflows}


def _cycles(question: Question) -> list[dict[str, Any]]:
    with question.installation.store.reading() as connection:
        if not question.past:
            return [
                {"workflow": one.workflow, "state": one.state, "cycles": one.cycles} for one in count_cycles(connection)
            ]
        ids = [row.id for row in list_cycles(connection)]
    folded = (question.known.cycle(one) for one in ids)
    counted = Counter((one.workflow, one.state) for one in folded if one is not None)
    return [{"workflow": w, "state": s, "cycles": number} for (w, s), number in sorted(counted.items())]
