"""Where the viewer may open cycles, as far as that can be said before anything is entered. The engine judges again."""

from __future__ import annotations

from reviewflow.asking.question import Question
from reviewflow.registry.events import INSTALLATION
from reviewflow.registry.partnerships import Partnership
from reviewflow.registry.scopes import Scope
from reviewflow.workflow.definition import Definition


def may_open_anywhere(question: Question) -> bool:
    """Whether the viewer holds a role that opens cycles of some published workflow."""
    held = {role for role, _ in _held(question)}
    return any(_opens(definition, held) for name in published(question) if (definition := latest(question, name)))


def may_open_in(question: Question, partnership: Partnership) -> bool:
    """Whether the viewer may open cycles in a partnership, with its programme's workflow or another one."""
    if not question.allowed("cycle open", Scope("partnership", partnership.id)):
        return False
    members = partnership.members_on(question.day(partnership.programme))
    here = {INSTALLATION, partnership.id, partnership.programme, *members}
    held = {role for role, where in _held(question) if where in here}
    return any(_opens(definition, held) for name in published(question) if (definition := latest(question, name)))


def published(question: Question) -> list[str]:
    """The names of all published workflows."""
    return [stream.removeprefix("workflow-") for stream in question.now.touching("workflows")]


def partnerships_to_open_in(question: Question) -> list[Partnership]:
    """The partnerships in which the viewer may open cycles, by name."""
    folded = (question.now.partnership(one) for one in question.find.all("partnership"))
    found = [one for one in folded if one is not None and may_open_in(question, one)]
    return sorted(found, key=lambda one: one.name.casefold())


def latest(question: Question, workflow: str | None) -> Definition | None:
    """The latest edition of a published workflow."""
    found = question.now.workflow(workflow) if workflow else None
    return question.now.definition(found.latest.digest) if found else None


def _opens(definition: Definition, held: set[str]) -> bool:
    return bool(held) and not {*held, "anyone"}.isdisjoint(definition.opens.by)


def _held(question: Question) -> list[tuple[str, str]]:
    me = question.now.person(question.viewer) if question.viewer else None
    return me.roles_on(question.day()) if me else []
