"""Commands that pages give, in one way: done, or what is wrong with its input, or why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acting import asked_by
from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.asking.standing_in import Absent
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Asked, Command, Happened
from reviewflow.registry.scopes import Scope
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import Faults, Inputs, placed
from reviewflow.web.refusals import against, who_may_alone, why_not
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Posted, site_of
from reviewflow.wiring import Installation

NOT_PERMITTED: Final = "not-permitted"

Making = Callable[[Question, Asked], Command]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Done, or what is wrong with what was given, or why not."""

    done: Done | None = None
    faults: Faults = field(default_factory=list)
    refused: Refused | None = None

    def unmet(self, question: Question, one: OneCycle) -> list[dict[str, Any]]:
        """Why not, as a page of a cycle shows it beside its form."""
        return against(question, one, self.refused) if self.refused else []


def asked(
    installation: Installation, person: str, behalf: Absent | None = None, command: str | None = None, *,
    happened: Happened | None = None, reason: str | None = None,
) -> Asked:  # fmt: skip
    """The visitor asks for something just now, perhaps for somebody absent. `command`: the id that their page had."""
    return asked_by(
        installation, person, door="web", command_id=command, happened=happened, reason=reason or None,
        on_behalf_of=behalf.id if behalf else None,
    )  # fmt: skip


def tried(act: Callable[[], Done], inputs: Inputs) -> Outcome:
    """Act, for a page that shows beside its form why not: what was typed is not lost to whoever may not."""
    try:
        return Outcome(act())
    except BadInput as error:
        return Outcome(faults=placed(error.faults, inputs))
    except Refused as error:
        return Outcome(refused=error)


def act(
    request: Request, person: str, sent: Posted, making: Making, inputs: Inputs | None = None, *,
    ask: tuple[str, Scope] | None = None,
) -> Outcome:  # fmt: skip
    """Make a command and give it, for a page that has nothing but its form: why not stands above that.

    `ask`: what whoever may not even begin is refused for, before anything is said of what they entered.
    What nobody of the visitor's standing may do raises `Refused`: that is no fault of the form.
    """
    installation = site_of(request).installation

    def made() -> Done:
        with asking(installation, person) as question:
            if ask is not None:
                question.may(*ask)
            command = making(question, asked(installation, person, command=command_id(sent.text("command"))))
        return installation.engine.handle(command)

    outcome = tried(made, inputs or {})
    if outcome.refused is None:
        return outcome
    with asking(installation, person) as question:
        return Outcome(faults=refused(question, outcome.refused))


def refused(question: Question, error: Refused, one: OneCycle | None = None) -> Faults:
    """Why not, for the top of a page. Raises `Refused` for whoever may not do such a thing at all, of only that."""
    if NOT_PERMITTED in error.codes:
        raise who_may_alone(error)
    return [("", text) for text in why_not(question, error, one)]


def back(handle: str, room: str, done: Done) -> Response:
    """To a page of the cycle, which tells what was done; `room` is its last part, empty for the cycle itself."""
    place = f"/cycles/{quote(handle)}" + (f"/{room}" if room else "")
    return RedirectResponse(f"{place}?done={done.position or 0}", 303)


def told_done(question: Question, one: OneCycle, position: int) -> str | None:
    """What the visitor did just now, in words: from the log, so that no address can claim what was not done."""
    mine = [
        record for record in question.known.cycle_records(one.cycle.id)
        if record.position == position and question.viewer in (record.event.by, record.event.entered_by)
    ]  # fmt: skip
    lines = history_of(one).tell(mine).lines if mine else ()
    return f"{lines[0].what[:1].upper()}{lines[0].what[1:]}" if lines else None
