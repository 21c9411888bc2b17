"""What is told of programmes."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.question import Question
from reviewflow.registry.programmes import Programme
from reviewflow.registry.scopes import Scope


def programmes(question: Question) -> dict[str, Any]:
    """All programmes."""
    question.may("programme list")
    found = [question.known.programme(one) for one in question.find.all("programme")]
    return {"programmes": [_data(one) for one in found if one is not None]}


def programme(question: Question, typed: str) -> dict[str, Any]:
    """A programme, its policy and its partnerships."""
    target = question.find.programme(typed)
    question.may("programme show", Scope("programme", target))
    data = _data(question.there("programme", target))
    ids = [s.removeprefix("partnership-") for s in question.known.touching(f"partnerships-of:{target}")]
    folded = [question.known.partnership(one) for one in ids]
    data["partnerships"] = [{"id": p.id, "handle": p.handle, "name": p.name} for p in folded if p is not None]
    return {"programme": data}


def _data(programme: Programme) -> dict[str, Any]:
    return {key: value for key, value in programme._asdict().items() if key != "version"}
