"""Options and refusals, as pages show them: what stands in the way before and after trying, in one shape.

Names stand for ids only as far as the visitor may be told them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.asking.in_names import MayName
from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.errors import Refused, Unmet
from reviewflow.registry.scopes import Scope


def option_of(following: Mapping[str, Any], step: str, *, signing: bool = False) -> dict[str, Any] | None:
    """The option of a step among `next_steps`; with `signing` that of its second signature."""
    groups = (following[group] for group in ("now", "not_yet", "elsewhere"))
    found = (option for group in groups for option in group if option["step"] == step)
    return next((option for option in found if (option["kind"] == "agree") == signing), None)


def against(question: Question, one: OneCycle, refused: Refused) -> list[dict[str, Any]]:
    """What was not met in a cycle, as `requirements.html` shows it."""
    return [
        {
            "code": unmet.code,
            "status": "unmet",
            "sentence": _sentence(question, unmet, one.seeing.people),
            "who": list(unmet.who),
            "waivable_by": list(unmet.waivable_by),
        }
        for unmet in refused.unmet
    ]


def why_not(question: Question, refused: Refused, one: OneCycle | None = None) -> list[str]:
    """What was not met, each as a sentence."""

    def may_name(person: str) -> bool:
        here = one is not None and one.seeing.people(person)
        return here or question.allowed("person show", Scope("person", person))

    return [_sentence(question, unmet, may_name) for unmet in refused.unmet]


def who_may_alone(refused: Refused) -> Refused:
    """Of a refusal of somebody who may not do it at all, only that: the rest may tell of what is not shown."""
    alone = [unmet for unmet in refused.unmet if unmet.code == "not-permitted"]
    return Refused(refused.what, alone or refused.unmet)


def _sentence(question: Question, unmet: Unmet, may_name: MayName) -> str:
    text = question.names_in(unmet.sentence, may_name)
    return text[:1].upper() + text[1:]
