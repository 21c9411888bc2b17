"""For whom somebody may act in a cycle, because these are absent and asked them to stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.standing_in import WHO_DELEGATES
from reviewflow.errors import Refused, Unmet
from reviewflow.registry.absences import absent_for


def standing_in_for(question: Question, one: OneCycle) -> list[tuple[str, str]]:
    """Id and name of each absent person with a role here that the viewer was asked to stand in for, by name.

    What can be done for them is judged step by step: `cycle next` with `for`.
    """
    if question.viewer is None:
        return []
    setting = question.installation.engine.setting(question.now, one.cycle.id)
    found = []
    for absent, holding in absent_for(question.now, question.viewer, setting.day):
        roles = {*setting.roles_held(absent, setting.day, setting.cycle), *_by_name(setting, absent.id)}
        covered = any(delegation.covers(role) for delegation in holding for role in roles)
        if absent.id != question.viewer and covered:
            found.append((absent.id, question.called.person(absent.id)))
    return sorted(found, key=lambda each: each[1].casefold())


class Absent(NamedTuple):
    """Somebody for whom the viewer stands in."""

    id: str
    name: str


def absent(question: Question, one: OneCycle, typed: str) -> Absent | None:
    """The absent person who is meant, by id; None where nobody was named.

    `Refused` for anybody else: nobody learns a name by claiming to stand in.
    """
    if not typed:
        return None
    found = next((Absent(*each) for each in standing_in_for(question, one) if each[0] == typed), None)
    if found is None:
        sentence = "nobody with this id has a part here and asked you to stand in for them today"
        raise Refused(f"standing in, in {one.cycle.handle}", [Unmet("not-delegated", sentence, WHO_DELEGATES)])
    return found


def _by_name(setting: Setting, person: str) -> Iterator[str]:
    """The places of forms, as in `name_school_lead.school_lead`, that name a person who may therefore do something."""
    return (place for place in setting.definition.named_places() if person in setting.named(place))
