"""Giving a command from a small form: done, or what is wrong, each with the input that it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from fastapi import Request

from reviewflow.asking.acting import asked_by
from reviewflow.asking.question import Question, asking
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Asked, Command
from reviewflow.registry.scopes import Scope
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.small import Faults
from reviewflow.web.forms.wrong import sentence
from reviewflow.web.visiting import Posted, site_of

_NOT_PERMITTED: Final = "not-permitted"

Making = Callable[[Question, Asked], Command]


class Outcome(NamedTuple):
    """`done` is None where something is wrong."""

    done: Done | None
    faults: Faults


def act(
    request: Request, person: str, sent: Posted, making: Making, inputs: Mapping[str, str] | None = None, *,
    ask: tuple[str, Scope] | None = None,
) -> Outcome:  # fmt: skip
    """Make the command and give it. `inputs`: the input for what a fault calls otherwise.

    `ask`: what whoever may not even begin is refused for, before anything is said of what they entered.

    What nobody of the visitor's standing may do raises `Refused`: that is no fault of the form.
    """
    installation = site_of(request).installation
    try:
        with asking(installation, person) as question:
            if ask is not None:
                question.may(*ask)
            asked = asked_by(installation, person, door="web", command_id=command_id(sent.text("command")))
            command = making(question, asked)
        return Outcome(installation.engine.handle(command), [])
    except BadInput as error:
        return Outcome(None, placed(error, inputs or {}))
    except Refused as error:
        if _NOT_PERMITTED in error.codes:
            raise
        with asking(installation, person) as question:
            return Outcome(None, refused(question, error))


def placed(error: BadInput, inputs: Mapping[str, str]) -> Faults:
    """Each fault with the id of its input, as a sentence."""
    return [(inputs.get(fault.where, fault.where), sentence(fault)) for fault in error.faults]


def refused(question: Question, error: Refused) -> Faults:
    """Why not, with names for ids as far as the visitor may be told them."""

    def may_name(person: str) -> bool:
        return question.allowed("person show", Scope("person", person))

    texts = [question.names_in(one.sentence, may_name) for one in error.unmet]
    return [("", text[:1].upper() + text[1:]) for text in texts]
