"""Correcting events: their day, what they are about, their form; several at once where one alone could not stand.

What it comes to is shown before it is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.consequences import consequences
from reviewflow.asking.correctable import Correctable, correctable
from reviewflow.asking.mending import corrections, mendable, recorded_lines
from reviewflow.asking.notes import event_told
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.audit.naming import shortened
from reviewflow.cycle.commands import CorrectEvents
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Refused
from reviewflow.web.doing import Outcome, asked, back, tried
from reviewflow.web.forms.around import around, rows_of
from reviewflow.web.forms.asked import Around, Choice
from reviewflow.web.forms.corrected import Corrected, blamed, events_named
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import Faults, placed
from reviewflow.web.pages.notes import event_number
from reviewflow.web.refusals import against, who_may_alone
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

MOST: Final = 10
"""Events corrected at once: one page holds all their forms."""
_LOOKING: Final = ("change", "more", "add", "drop")
"""What is pressed, or chosen, to go on filling in."""
_OURS: Final = ("sure", "go", *_LOOKING)
"""What is pressed is not sent along."""


@dataclass
class Filling:
    """Corrections being made: of the event in the address, and of others together with it."""

    events: list[Corrected]
    reason: str = ""
    command: str = ""
    grown: str = ""
    faults: Faults = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def wrong(self) -> Faults:
        """Everything that is."""
        return [*(fault for one in self.events for fault in one.faults), *self.faults]

    def input_of(self, where: str) -> str:
        """The input that a fault of the engine is about."""
        one, inner = blamed(self.events, where)
        return "reason" if inner == "reason" else one.input_of(inner)


@routes.get("/cycles/{handle}/events/{version:int}/correct")
def form(request: Request, handle: str, version: int, who: Here) -> Response:
    """What the event says, to be changed; with `and` also others."""
    also = [event_number(one) for one in request.query_params.getlist("and")]
    with asking(site_of(request).installation, who.person) as question:
        one = look(question, handle, "cycle show")
        events = [
            Corrected.begun(one.definition, event, begin)
            for event, begin in _events(question, one, version, [other for other in also if other])
        ]
        return _page(request, question, one, Filling(events, command=command_id()))


@routes.post("/cycles/{handle}/events/{version:int}/correct")
def correct(request: Request, handle: str, version: int, who: Here, sent: Sent) -> Response:
    """Show what would be recorded, then record it."""
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        filling = _filling(question, one, version, sent)
        looking = any(value and name in _LOOKING for name, value in sent.pairs)
        command = None if looking else _command(question, one, who, filling)
        if command is None:
            return _page(request, question, one, filling, 422 if filling.wrong else 200)
    trial = not sent.text("sure")
    outcome = tried(lambda: installation.engine.handle(command, dry_run=trial), filling.input_of)
    if outcome.done is not None and outcome.done.events and not trial:
        return back(one.cycle.handle, "history", outcome.done)
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        if outcome.done is not None and outcome.done.events:
            return _check_page(request, question, one, filling, sent, outcome.done)
        filling.faults += outcome.faults
        if outcome.done is not None:
            what = "this is what the event says" if len(filling.events) == 1 else "this is what the events say"
            filling.faults.append(("", f"Nothing is changed yet: {what} already"))
        filling.outcome = Outcome(refused=who_may_alone(outcome.refused)) if outcome.refused else outcome
        return _page(request, question, one, filling, 422)


def _events(question: Question, one: OneCycle, version: int, also: list[int]) -> list[tuple[Correctable, str]]:
    """The events to be corrected, each with what its inputs begin with; `BadInput` for one that cannot be."""
    others = [other for other in dict.fromkeys(also) if other != version][: MOST - 1]
    found = [(correctable(question, one, version), "")]
    return found + [(correctable(question, one, other), f"e{other}.") for other in sorted(others)]


def _filling(question: Question, one: OneCycle, version: int, sent: Posted) -> Filling:
    also = [event_number(value) for name, value in sent.pairs if name in ("and", "add") and isinstance(value, str)]
    dropped = event_number(sent.text("drop"))
    wanted = [other for other in also if other and other != dropped]
    return Filling(
        [Corrected.sent(one.definition, *each, sent.pairs) for each in _events(question, one, version, wanted)],
        sent.text("reason").strip(), command_id(sent.text("command")), sent.text("more"),
    )  # fmt: skip


def _command(question: Question, one: OneCycle, who: Visitor, filling: Filling) -> CorrectEvents | None:
    """The command that was meant; None with the faults of what was entered."""
    if not filling.reason:
        filling.faults.append(("reason", "Say why it was recorded otherwise"))
    said = {each.event.version: each.says(one.definition) for each in filling.events}
    if len(said) > 1:
        for each in filling.events:
            if not said[each.event.version] and not each.faults:
                each.faults.append((each.input_of(""), f"Event {each.event.version} is not changed: leave it out"))
    try:
        made = corrections(question, one.cycle.id, said)
    except BadInput as error:
        filling.faults += placed(error.faults, filling.input_of)
    if filling.wrong:
        return None
    by = asked(question.installation, who.person, command=filling.command, reason=filling.reason)
    return CorrectEvents(asked=by, cycle=one.cycle.id, corrections=made)


def _page(request: Request, question: Question, one: OneCycle, filling: Filling, status: int = 200) -> Response:
    refused = filling.outcome.refused
    may = mendable(question, one)
    here = {each.event.version for each in filling.events}
    return page(
        request, "correct.html", status=status, cycle=one.data(), filling=filling, faults=filling.wrong,
        events=[_shown(question, one, each, filling.grown) for each in filling.events],
        version=filling.events[0].event.version, may=here <= may, others=_others(one, may - here, refused, len(here)),
        unmet=against(question, one, refused) if refused else [], link=f"/cycles/{quote(one.cycle.handle)}",
    )  # fmt: skip


def _shown(question: Question, one: OneCycle, each: Corrected, grown: str) -> dict[str, Any]:
    """One event with its questions."""
    return {
        "version": each.event.version, "told": event_told(one, each.event.version), "filling": each,
        "begin": each.begin, "day": each.day(), "unseen": each.event.unseen, "wrong_at": each.error("at"),
        "wrong_about": each.error("about"),
        "parts": each.parts(one.definition, _around(question, one, each.event), grown),
        "about": rows_of(question, one, each.event.place) if each.event.place else [],
    }  # fmt: skip


def _others(one: OneCycle, may: frozenset[int], refused: Refused | None, here: int) -> dict[str, list[dict[str, str]]]:
    """Events that could be corrected together with these: those that stand in the way, and all others."""
    if here >= MOST:
        return {"named": [], "rest": []}
    sentences = [unmet.sentence for unmet in refused.unmet] if refused else []
    named = {version for text in sentences for version in events_named(text)} & may
    told = {version: line for version in sorted(may) if (line := event_told(one, version))}
    choices = {
        version: {"value": str(version), "text": f"{version}. {shortened(line.what, 70)}"}
        for version, line in told.items()
    }
    return {
        "named": [choice for version, choice in choices.items() if version in named],
        "rest": [choice for version, choice in choices.items() if version not in named],
    }


def _check_page(
    request: Request, question: Question, one: OneCycle, filling: Filling, sent: Posted, done: Done
) -> Response:
    """What would be recorded, and what that comes to."""
    return page(
        request, "correct_check.html", cycle=one.data(), lines=recorded_lines(question, one.cycle.id, done),
        events=[line for each in filling.events if (line := event_told(one, each.event.version))],
        sent=[pair for pair in sent.pairs if pair[0] not in _OURS and isinstance(pair[1], str)],
        link=f"/cycles/{quote(one.cycle.handle)}", version=filling.events[0].event.version, reason=filling.reason,
        comes=consequences(question, one, done), hidden=not one.seeing.may("status"),
    )  # fmt: skip


def _around(question: Question, one: OneCycle, event: Correctable) -> Around:
    """Who may be meant, and whoever is meant now."""
    found = around(question, one, one.setting())

    def with_those(kind: str, offered: list[Choice], called: Any) -> list[Choice]:
        there = {choice.value for choice in offered}
        named = [
            one
            for name, field in event.fields.items()
            if kind in (field.type, field.of)
            for one in _all(event.values.get(name))
        ]
        return [*offered, *(Choice(each, called(each)) for each in dict.fromkeys(named) if each not in there)]

    return found._replace(
        people=lambda: with_those("person", list(found.people()), question.called.person),
        organisations=lambda: with_those("organisation", list(found.organisations()), question.called.organisation),
    )


def _all(value: Any) -> list[str]:
    return [value] if isinstance(value, str) and value else [one for one in value or () if isinstance(one, str)]
