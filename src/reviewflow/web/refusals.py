"""Options and refusals of a step, as pages show them: one shape for what stands in the way before and after trying."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.errors import Refused


def option_of(following: Mapping[str, Any], step: str, *, signing: bool = False) -> dict[str, Any] | None:
    """The option of a step among `next_steps`; with `signing` that of its second signature."""
    groups = (following[group] for group in ("now", "not_yet", "elsewhere"))
    found = (option for group in groups for option in group if option["step"] == step)
    return next((option for option in found if (option["kind"] == "agree") == signing), None)


def against(question: Question, one: OneCycle, refused: Refused) -> list[dict[str, Any]]:
    """What was not met, with names for ids as far as the visitor may be told them."""
    return [
        {
            "code": unmet.code,
            "status": "unmet",
            "sentence": question.names_in(unmet.sentence, one.seeing.people),
            "who": list(unmet.who),
            "waivable_by": list(unmet.waivable_by),
        }
        for unmet in refused.unmet
    ]


def who_may_alone(refused: Refused) -> Refused:
    """Of a refusal of somebody who may not do it at all, only that: the rest may tell of what is not shown."""
    alone = [unmet for unmet in refused.unmet if unmet.code == "not-permitted"]
    return Refused(refused.what, alone or refused.unmet)
