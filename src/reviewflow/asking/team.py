"""Who takes part in a cycle, who could, and for the others why not: judged by the code that decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from reviewflow.asking.foretelling import Foretold, foretold
from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.cycle.commands import OfferAssignment, WithdrawAssignment
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.state import Assignment
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked
from reviewflow.registry.scopes import Scope
from reviewflow.workflow.definition import Role, bounds

MOST_JUDGED: Final = 200
"""Candidates of one role; whoever comes after them is named by an e-mail address."""
_ABOUT_THE_ROLE: Final = frozenset({"not-permitted", "not-delegated", "wrong-state", "role-full"})
"""What stands against asking anybody at all, whoever they are."""


def team(question: Question, one: OneCycle, asked: Asked) -> list[dict[str, Any]]:
    """The assigned roles of a cycle: how many are wanted, who takes part, was asked, or said no or left."""
    found = []
    for name, role in one.definition.roles.items():
        if role.assigned is None:
            continue
        low, high = bounds(role.assigned)
        last = [past[-1] for (held, _), past in one.cycle.assignments.items() if held == name]
        seen = [each for each in last if one.seeing.people(each.person)]
        against = against_asking(question, one, name, asked)
        found.append({
            "role": name, "title": role.title, "least": low, "most": high, "among": _title(one, role.among),
            "never_with": [one.titles.role(other) for other in _never_with(one, name)],
            "people": [_person(question, one, each, asked) for each in seen],
            "hidden": len(last) - len(seen),
            "offered_by": [one.titles.role(by) for by in role.offered_by],
            "open": against.open, "requirements": against.data(question, one.seeing),
        })  # fmt: skip
    return found


def assigned_role(one: OneCycle, name: str) -> Role:
    """A role that is assigned in this cycle; `BadInput` for any other."""
    role = one.definition.roles.get(name)
    if role is None or role.assigned is None:
        raise BadInput("role", [Fault("role", repr(name), "no role that is assigned in this review")])
    return role


def _title(one: OneCycle, role: str | None) -> str | None:
    return one.titles.role(role) if role else None


def _never_with(one: OneCycle, role: str) -> Iterator[str]:
    for first, second in one.definition.never_both:
        yield from (other for each, other in ((first, second), (second, first)) if each == role)


def against_asking(question: Question, one: OneCycle, role: str, asked: Asked) -> Foretold:
    """What stands against asking anybody to take a role."""
    said = foretold(question, OfferAssignment(asked=asked, cycle=one.cycle.id, role=role, person=asked.by))
    return Foretold(tuple(unmet for unmet in said.unmet if unmet.code in _ABOUT_THE_ROLE))


def _person(question: Question, one: OneCycle, last: Assignment, asked: Asked) -> dict[str, Any]:
    there = last.standing in ("offered", "accepted")
    return {
        "id": last.person, "name": question.called.person(last.person), "standing": last.standing,
        "happened": last.happened if one.seeing.may("dates") or last.by == question.viewer else None,
        "own": last.person == question.viewer,
        "may_end": there and ending(question, one, last.role, last.person, asked).open,
    }  # fmt: skip


def ending(question: Question, one: OneCycle, role: str, person: str, asked: Asked) -> Foretold:
    """What stands against somebody's leaving a role, or against taking it back from them."""
    return foretold(question, WithdrawAssignment(asked=asked, cycle=one.cycle.id, role=role, person=person))


def candidates(question: Question, one: OneCycle, name: str, asked: Asked) -> dict[str, Any]:
    """People who could be asked to take a role, by name; the others with why not. Those of whom the viewer may be told.

    `more`: there are others, who were not judged.
    """
    setting = question.installation.engine.setting(question.now, one.cycle.id)
    there = {*one.cycle.assigned(name), *one.cycle.offered(name)}
    could, could_not, more = [], [], False
    for number, person in enumerate(_around(question, setting, there)):
        if number >= MOST_JUDGED:
            more = True
            break
        said = foretold(question, OfferAssignment(asked=asked, cycle=one.cycle.id, role=name, person=person))
        own = Foretold(tuple(unmet for unmet in said.unmet if unmet.code not in _ABOUT_THE_ROLE), said.faults)
        row = {"id": person, "name": question.called.person(person), "where": _where(question, setting, person)}
        if own.open:
            could.append(row)
        else:
            could_not.append({**row, "requirements": own.data(question, one.seeing)})
    by_name = sorted(could, key=_by_name), sorted(could_not, key=_by_name)
    return {"could": by_name[0], "could_not": by_name[1], "more": more}


def _by_name(row: dict[str, Any]) -> str:
    return str(row["name"]).casefold()


def _around(question: Question, setting: Setting, there: set[str]) -> Iterator[str]:
    """People of the partnership's organisations and of the partnership itself, each once."""
    known = question.now
    partnership = known.partnership(setting.partnership) if setting.partnership else None
    members = partnership.members_on(setting.day) if partnership else [setting.subject]
    scopes = [setting.partnership, *members, setting.programme]
    streams = [stream for scope in scopes if scope for stream in known.touching(f"holders:{scope}")]
    for person in dict.fromkeys(stream.removeprefix("person-") for stream in streams):
        found = known.person(person)
        if person in there or found is None or found.name is None or not found.grants_on(setting.day):
            continue
        if person == question.viewer or question.allowed("person show", Scope("person", person)):
            yield person


def _where(question: Question, setting: Setting, person: str) -> str:
    """The schools that somebody belongs to."""
    found = question.now.person(person)
    places = found.organisations(setting.day) if found else []
    return ", ".join(question.called.organisation(place) for place in places)
