"""What can be done in a cycle, told before trying: the answer of the engine's own judging, and nothing added to it."""

from __future__ import annotations

from typing import Any

from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.asking.waiting import deadlines_of, due_data, waiting
from reviewflow.cycle.judging import Judged
from reviewflow.cycle.options import Option, options
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.cycle.setting import Setting
from reviewflow.workflow.definition import bounds


def next_steps(question: Question, typed: str, behalf: str | None = None) -> dict[str, Any]:
    """Every step of a cycle in one of three groups: `now`, `not_yet`, `elsewhere` (in another state).

    `behalf`: the absent person in whose role the viewer would act, as typed.
    """
    one = look(question, typed, "cycle next")
    setting = one.setting()
    absent = question.find.person(behalf, question.find.option("for")) if behalf is not None else None
    due = deadlines_of(setting) if one.seeing.may("dates") else {}
    judged = [
        {**_option(option, one), **due_data(due.get(option.step), setting.day)}
        for option in options(setting, question.viewer, absent)
    ]
    judged.sort(key=lambda o: (o["due"] is None, o["due"] or ""))
    return {
        "cycle": one.data(),
        "day": setting.day,
        "actor": question.viewer,
        "on_behalf_of": absent,
        "now": [o for o in judged if o["open"]],
        "not_yet": [o for o in judged if o["here"] and not o["open"]],
        "elsewhere": [o for o in judged if not o["here"]],
        "people": _people(setting, one),
        "waiting": _waiting(setting, one),
    }


def _option(option: Option, one: OneCycle) -> dict[str, Any]:
    return {
        "step": option.step,
        "title": option.title,
        "kind": option.kind,
        "by": list(option.by),
        "open": option.open,
        "here": option.here,
        "proposal": option.proposed,
        "requirements": [_requirement(judged, one) for judged in option.judged],
    }


def _requirement(judged: Judged, one: OneCycle) -> dict[str, Any]:
    told = one.seeing.may("status") or judged.code == "not-permitted"
    return {
        "code": judged.code,
        "status": judged.status,
        "sentence": one.question.names_in(judged.sentence, one.seeing.people) if told else HIDDEN,
        "who": list(judged.who),
        "waivable_by": list(judged.waivable_by),
        "source": judged.source,
    }


def _people(setting: Setting, one: OneCycle) -> list[dict[str, Any]]:
    """How far each assigned role is filled."""
    cycle = setting.cycle
    if cycle is None or not one.seeing.may("people"):
        return []
    found = []
    for name, role in setting.definition.roles.items():
        if role.assigned is None:
            continue
        low, high = bounds(role.assigned)
        found.append({
            "role": name,
            "title": role.title,
            "accepted": [_named(one, p) for p in cycle.assigned(name)],
            "asked": [_named(one, p) for p in cycle.offered(name)],
            "least": low,
            "most": high,
            "offered_by": [setting.title(r) for r in role.offered_by],
        })  # fmt: skip
    return found


def _waiting(setting: Setting, one: OneCycle) -> list[dict[str, Any]]:
    """Offers and signatures that wait for somebody: no step of the workflow shows them."""
    found = waiting(setting, lambda p: one.question.called.person(p) if one.seeing.people(p) else HIDDEN)
    open_to_all = one.seeing.may("status")

    def told(task: dict[str, Any]) -> bool:
        """Whoever was asked sees the offer, also before they see anything else of the cycle."""
        return open_to_all or any(person["id"] == one.question.viewer for person in task["people"])

    return [task for task in found if task["kind"] in ("answer", "agree") and told(task)]


def _named(one: OneCycle, person: str) -> dict[str, str]:
    return {"id": person, "name": one.question.called.person(person)}
