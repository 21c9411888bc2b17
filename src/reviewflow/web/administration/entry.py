"""One form on a page of its own that makes or changes one thing: asked, and with every fault beside its input."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TypeVar

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.question import Question
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Fault, Refused
from reviewflow.events import Asked
from reviewflow.registry.commands import RegistryCommand
from reviewflow.registry.decide import explain
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.doing import act
from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.small import Small
from reviewflow.web.forms.wrong import Faults
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Posted, Visitor, site_of

HANDLE: Final = "It is part of addresses and never changes. Without it, one is made from the name."
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Such a form."""

    title: str
    button: str
    back: tuple[str, str]
    """An address, and what it is called."""
    ask: str
    """The command as the permission table has it: whoever may not give it is not shown the form."""
    parts: Callable[[Question, Small], Sequence[Part]]
    making: Callable[[Posted, Question, Asked, Gathered], RegistryCommand]
    """The command for what was sent; each part is read through `Gathered`."""
    then: Callable[[Done], str]
    """Where to go when it is done."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """The inputs for what the command's own faults call otherwise."""
    scope: Scope = ANYWHERE
    caption: str = ""


class Gathered:
    """Reads a form to its end whatever is wrong with it: all faults are told at once."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def read(self, reading: Callable[[], _T], otherwise: _T) -> _T:
        """What `reading` finds; `otherwise` where it finds a fault, which is noted."""
        try:
            return reading()
        except BadInput as error:
            self._faults += error.faults
            return otherwise

    def check(self) -> None:
        """Raise `BadInput` with all of them, if there is any."""
        if self._faults:
            raise BadInput("the form", self._faults)

    def whole(self, question: Question, command: RegistryCommand, inputs: Mapping[str, str]) -> RegistryCommand:
        """The command; `BadInput` with what is wrong with the form, and then with what could be read of it."""
        if not self._faults:
            return command
        noted = {fault.where for fault in self._faults}
        with suppress(Refused):  # that is told when nothing is wrong with the form any more
            self.read(lambda: explain(command, question.now), None)
        more = [fault for fault in self._faults if inputs.get(fault.where, fault.where) not in noted]
        raise BadInput("the form", [*(fault for fault in self._faults if fault.where in noted), *more])


def one_of(sent: Posted, name: str, values: Mapping[str, str]) -> str:
    """One of a few values; `BadInput` for any other."""
    given = sent.text(name)
    if given not in values:
        raise BadInput("the form", [Fault(name, "", "choose one of the list")])
    return given


def entry_page(request: Request, who: Visitor, entry: Entry) -> Response:
    """The empty form, or what is there now."""
    return _page(request, who, entry, Posted(()), [])


def entered(request: Request, who: Visitor, sent: Posted, entry: Entry) -> Response:
    """Give the command; the form again with what is wrong with it."""

    def making(question: Question, asked: Asked) -> RegistryCommand:
        gathered = Gathered()
        return gathered.whole(question, entry.making(sent, question, asked, gathered), entry.inputs)

    outcome = act(request, who.person, sent, making, entry.inputs, ask=(entry.ask, entry.scope))
    if outcome.done is None:
        return _page(request, who, entry, sent, outcome.faults)
    return RedirectResponse(entry.then(outcome.done), 303)


def _page(request: Request, who: Visitor, entry: Entry, sent: Posted, faults: Faults) -> Response:
    with asking(site_of(request).installation, who.person) as question:
        question.may(entry.ask, entry.scope)
        parts = entry.parts(question, Small(sent, faults))
    there = {at for part in parts for at in (part.name, f"{part.name}.day")}
    command = command_id(sent.text("command")) if sent.pairs else secrets.token_hex(16)
    return page(
        request, "administration/form.html", status=422 if faults else 200, title=entry.title, parts=parts,
        button=entry.button, back=entry.back, faults=[(at if at in there else "", text) for at, text in faults],
        caption=entry.caption, command=command,
    )  # fmt: skip
