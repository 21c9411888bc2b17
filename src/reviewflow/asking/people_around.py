"""The people of a place and of what belongs to it, as far as the viewer may see them."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.people import people
from reviewflow.asking.question import Question


def people_around(question: Question, place: str) -> list[dict[str, Any]]:
    """People by name who on the day asked about hold a role in a place; of a partnership also in its members."""
    kind, one = question.find.place(place)
    places = [one]
    if kind == "partnership":
        folded = question.there("partnership", one)
        places += folded.members_on(question.day(folded.programme))
    found = {row["id"]: row for each in places for row in people(question, place=each)["people"]}
    return sorted(found.values(), key=lambda row: str(row["name"]).casefold())
