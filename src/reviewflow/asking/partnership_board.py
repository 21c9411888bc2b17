"""A partnership at a glance: where its cycles stand, what is overdue, how old follow-ups are, who gives and who gets.

Counted by views where the workflow shows every cycle of the partnership to the viewer; else only the cycles of which
they may see something are looked at, one by one, and nothing is said of the others, not even how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from reviewflow.asking.cycle_list import Wanted, cycles
from reviewflow.asking.plainly_visible import plainly_visible
from reviewflow.asking.question import Question
from reviewflow.asking.waiting import deadlines_of
from reviewflow.cycle.expected import tasks
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.registry.scopes import Scope
from reviewflow.views import giving
from reviewflow.workflow.definition import Definition

MOST: Final = 40
"""Running cycles that are looked at one by one: whether something in them is overdue, only they can tell."""
_OUTSIDE: Final = ""


class Stage(NamedTuple):
    """A stage of a workflow, or what is outside of all; `running` of its cycles are not at an end."""

    name: str
    title: str
    running: int
    ended: int


def board(question: Question, typed: str, year: str | None = None) -> dict[str, Any]:
    """The board. `whole`: the viewer is shown every cycle; else `stages` and `cycles` are of those they may see."""
    target = question.find.partnership(typed)
    scope = Scope("partnership", target)
    question.may("partnership show", scope)
    partnership = question.there("partnership", target)
    with question.installation.store.reading() as connection:
        counted = giving.standings(connection, target, year)
        years = giving.years_of(connection, target)
    digests = list(dict.fromkeys(one.digest for one in counted))
    plain = plainly_visible(question, scope, digests)
    whole = question.allowed("cycle list", scope) and plain >= {"status", "dates"}
    found = _whole(question, target, year, counted) if whole else _seen(question, target, year)
    return {
        "partnership": {"id": target, "handle": partnership.handle, "name": partnership.name,
                        "programme": partnership.programme},
        "members": _members(question, partnership),
        "years": years if whole else sorted({row["year"] for row in found["cycles"]}, reverse=True),
        "whole": whole,
        **found,
        "giving": _giving(question, target, year, digests) if whole and "people" in plain else None,
    }  # fmt: skip


def _members(question: Question, partnership: Any) -> list[dict[str, Any]]:
    day = question.day(partnership.programme)
    found = []
    for one in partnership.members_on(day):
        organisation = question.now.organisation(one)
        handle = organisation.handle if organisation else one
        found.append({"id": one, "handle": handle, "name": question.called.organisation(one)})
    return sorted(found, key=lambda row: str(row["name"]).casefold())


def _whole(question: Question, target: str, year: str | None, counted: Sequence[giving.Standing]) -> dict[str, Any]:
    with question.installation.store.reading() as connection:
        rows = giving.longest_standing(connection, target, year, MOST + 1)
    shown = [_row(question, row.id) for row in rows[:MOST]]
    running: dict[str, int] = {}
    ended: dict[str, int] = {}
    for one in counted:
        into = ended if one.final else running
        into[one.stage or _OUTSIDE] = into.get(one.stage or _OUTSIDE, 0) + one.cycles
    definitions = [question.now.definition(digest) for digest in dict.fromkeys(one.digest for one in counted)]
    stages = [
        Stage(name, title, running.get(name, 0), ended.get(name, 0)) for name, title in _stages(definitions).items()
    ]
    return {"stages": _told(stages), "cycles": shown, "more": len(rows) > MOST}


def _seen(question: Question, target: str, year: str | None) -> dict[str, Any]:
    """Of the cycles that the viewer may see something of; those whose state is not shown are in no stage."""
    found = cycles(question, Wanted(partnership=target, year=year, running=True, limit=MOST))
    shown = [_row(question, row["id"], row) for row in found["cycles"]]
    definitions = [
        question.now.definition(digest) for digest in dict.fromkeys(row["digest"] for row in found["cycles"])
    ]
    stages = [
        Stage(name, title, sum(row["stage"] == name for row in shown), 0)
        for name, title in _stages(definitions).items()
    ]
    return {"stages": _told(stages), "cycles": shown, "more": found["more"]}


def _told(stages: Iterable[Stage]) -> list[dict[str, Any]]:
    return [one._asdict() for one in stages if one.name or one.running or one.ended]


def _stages(definitions: Iterable[Definition]) -> dict[str, str]:
    """The stages of all workflows that are in use, in the order of each."""
    found: dict[str, str] = {}
    for definition in definitions:
        for name, stage in definition.stages.items():
            found.setdefault(name, stage.title)
    return {**found, _OUTSIDE: "Set aside or ended"}


def _row(question: Question, cycle_id: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """One running cycle; `data` is what the viewer may see of it, without it they see status and dates."""
    setting = question.installation.engine.setting(question.now, cycle_id)
    cycle, definition = setting.here, setting.definition
    status, dates = (data is None or data["state"] != HIDDEN), (data is None or data["since"] != HIDDEN)
    stage = cycle.state.rpartition(".")[0]
    since = _since(cycle.stays, stage) or cycle.since.on
    due = deadlines_of(setting) if dates and status else {}
    late = [(due[one.step].due, one.step) for one in tasks(definition, cycle) if one.step in due]
    late = sorted((day, step) for day, step in late if day < setting.today)
    first = definition.step(late[0][1]) if late else None
    return {
        "id": cycle_id,
        "handle": cycle.handle,
        "subject": cycle.subject,
        "subject_name": question.called.organisation(cycle.subject),
        "year": cycle.year,
        "stage": stage if status else None,
        "last_stage": status and stage == next(reversed(definition.stages)),
        "state_title": definition.all_states()[cycle.state].title if status else HIDDEN,
        "since": since if dates and status else None,
        "days": (setting.today - since).days if dates and status else None,
        "overdue": late[0][0] if late else None,
        "overdue_step": first.title if first else None,
    }


def _since(stays: Sequence[Any], stage: str) -> Any:
    """Since when a cycle is in the stage where it is: from its first state in a row, not only its present one."""
    since = None
    for stay in reversed(stays):
        if stay.state.rpartition(".")[0] != stage:
            break
        since = stay.entered.on
    return since


def _giving(question: Question, target: str, year: str | None, digests: Sequence[str]) -> dict[str, Any]:
    """Each member: in how many reviews elsewhere its people accepted a role, and how many of its own had visitors."""
    definitions = {digest: question.now.definition(digest) for digest in digests}
    but = {(digest, state) for digest, one in definitions.items() for state in _called_off(one)}
    with question.installation.store.reading() as connection:
        given = giving.given(connection, target, year, but)
        got = {one.organisation: one for one in giving.got(connection, target, year, but)}
    roles: dict[str, str] = {}
    visits: dict[str, int] = {}
    by_role: dict[tuple[str, str], int] = {}
    for part in given:
        role = definitions[part.digest].roles.get(part.role)
        if role is None or role.among is not None:  # who leads the reviewers is one of them
            continue
        roles.setdefault(part.role, role.title)
        visits[part.organisation] = visits.get(part.organisation, 0) + part.visits
        by_role[part.organisation, part.role] = by_role.get((part.organisation, part.role), 0) + part.visits
    partnership = question.there("partnership", target)
    everyone = dict.fromkeys([*partnership.members_on(question.day(partnership.programme)), *got])
    rows = [
        {
            "organisation": one,
            "name": question.called.organisation(one),
            "given": visits.get(one, 0),
            "by_role": [by_role.get((one, role), 0) for role in roles],
            "reviews": got[one].cycles if one in got else 0,
            "got": got[one].visits if one in got else 0,
        }
        for one in everyone
    ]
    rows.sort(key=lambda row: str(row["name"]).casefold())
    return {"roles": list(roles.values()), "rows": rows}


def _called_off(definition: Definition) -> list[str]:
    """Ends that a cycle can come to right after its opening: nothing need have been done in it."""
    states, first = definition.all_states(), definition.opens.to
    ways = definition.transitions.values()
    return [
        one.to for one in ways if one.to in states and states[one.to].final and first in definition.expand(one.origin)
    ]
