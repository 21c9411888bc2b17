"""What of a cycle is shown to some only with somebody's consent, whether that stands, and who may give or end it."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.foretelling import foretold
from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.cycle.commands import Consent
from reviewflow.events import Asked


def consents(question: Question, one: OneCycle, asked: Asked) -> list[dict[str, Any]]:
    """Each thing that needs consent, in the author's order. Whose consent it takes is the same wherever it is named."""
    found: dict[str, dict[str, Any]] = {}
    for entry in one.definition.visible:
        if entry.consent_of is None:
            continue
        for what in entry.what:
            row = found.setdefault(what, {
                "what": what, "title": one.titles.item(what), "of": one.titles.role(entry.consent_of), "to": [],
                **_standing(question, one, what, asked),
            })  # fmt: skip
            row["to"] += [one.titles.role(role) for role in entry.to if one.titles.role(role) not in row["to"]]
    return list(found.values())


def _standing(question: Question, one: OneCycle, what: str, asked: Asked) -> dict[str, Any]:
    told, stands = one.seeing.may("status"), one.cycle.consented(what)
    past = one.cycle.consents.get(what)
    said = foretold(question, Consent(asked=asked, cycle=one.cycle.id, what=what, withdraw=stands))
    return {
        "stands": stands if told else None,
        "since": past[-1][1] if past and one.seeing.may("dates") else None,
        "open": said.open,
        "requirements": said.data(question, one.seeing),
    }
