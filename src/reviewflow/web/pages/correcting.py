"""Correcting an event: its day, what it is about, its form. What it comes to is shown before it is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.acting import asked_by
from reviewflow.asking.correctable import Correctable, correctable
from reviewflow.asking.mending import corrections, mendable, recorded_lines
from reviewflow.asking.notes import event_told
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question, asking
from reviewflow.cycle.commands import CorrectEvents
from reviewflow.errors import BadInput, Fault, Refused
from reviewflow.events import Happened
from reviewflow.web.doing import Faults, back
from reviewflow.web.forms.around import around, rows_of
from reviewflow.web.forms.asked import Around, Choice, Part, parts
from reviewflow.web.forms.earlier import day_of, day_part, entered_day
from reviewflow.web.forms.entered import DATE_PARTS, Entered, entered, kept
from reviewflow.web.forms.filled import changed, filled
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import sentence
from reviewflow.web.pages.notes import event_number
from reviewflow.web.refusals import against, who_may_alone
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of
from reviewflow.workflow.definition import Definition

routes = APIRouter()

_OURS: Final = ("sure", "change", "more")
"""Buttons: what is pressed is not sent along."""


@dataclass
class Filling:
    """A correction being made."""

    raw: dict[str, list[str]]
    on: dict[str, str]
    at: str = ""
    latest: bool = False
    about: str = ""
    reason: str = ""
    command: str = ""
    seen: int = 0
    """The last correction of the event when the page was opened."""
    grown: str = ""
    faults: Faults = field(default_factory=list)
    refused: Refused | None = None


@routes.get("/cycles/{handle}/events/{version:int}/correct")
def form(request: Request, handle: str, version: int, who: Here) -> Response:
    """What the event says, to be changed."""
    with asking(site_of(request).installation, who.person) as question:
        one = look(question, handle, "cycle show")
        event = correctable(question, one, version)
        return _page(request, question, one, event, _begun(one.definition, event))


@routes.post("/cycles/{handle}/events/{version:int}/correct")
def correct(request: Request, handle: str, version: int, who: Here, sent: Sent) -> Response:
    """Show what would be recorded, then record it."""
    installation = site_of(request).installation
    filling = _filling(sent)
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        event = correctable(question, one, version)
        command = None if sent.text("change") or filling.grown else _command(question, one, who, event, filling)
        if command is None:
            return _page(request, question, one, event, filling, 422 if filling.faults else 200)
    trial = not sent.text("sure")
    try:
        done = installation.engine.handle(command, dry_run=trial)
    except BadInput as error:
        filling.faults += _placed(error.faults, _entered(one.definition, event, filling.raw))
    except Refused as refused:
        filling.refused = refused
    else:
        if not trial:
            return back(one.cycle.handle, "history", done)
        if done.events:
            with asking(installation, who.person) as question:
                one = look(question, handle, "cycle show")
                return page(
                    request, "correct_check.html", cycle=one.data(), lines=recorded_lines(question, one.cycle.id, done),
                    event=event_told(one, version), sent=[pair for pair in sent.pairs if _goes_along(pair)],
                    link=f"/cycles/{quote(one.cycle.handle)}", version=version, reason=filling.reason,
                )  # fmt: skip
        filling.faults.append(("", "Nothing is changed yet: this is what the event says already"))
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        return _page(request, question, one, correctable(question, one, version), filling, 422)


def _goes_along(pair: tuple[str, object]) -> bool:
    return pair[0] not in _OURS and isinstance(pair[1], str)


def _begun(definition: Definition, event: Correctable) -> Filling:
    happened = event.happened
    boxes = (happened.on.day, happened.on.month, happened.on.year) if event.dated else ("", "", "")
    hour = happened.at.isoformat("minutes") if happened.at and event.dated else ""
    return Filling(
        filled(definition, event.fields, event.values), dict(zip(DATE_PARTS, map(str, boxes), strict=True)), hour,
        bool(happened.latest and event.dated), event.about or "", "", command_id(), event.corrected_by,
    )  # fmt: skip


def _filling(sent: Posted) -> Filling:
    return Filling(
        kept(sent.pairs), entered_day(sent, "on"), sent.text("at").strip(), bool(sent.text("latest")),
        sent.text("about"), sent.text("reason").strip(), command_id(sent.text("command")),
        event_number(sent.text("seen")) or 0, sent.text("more"),
    )  # fmt: skip


def _entered(definition: Definition, event: Correctable, raw: Mapping[str, list[str]]) -> Entered:
    found = entered(definition, event.step, raw) if event.step else Entered({}, {})
    return Entered({name: value for name, value in found.values.items() if name in event.fields}, found.inputs)


def _command(
    question: Question, one: OneCycle, who: Visitor, event: Correctable, filling: Filling
) -> CorrectEvents | None:
    """The command that was meant; None with the faults of what was entered."""
    if not filling.reason:
        filling.faults.append(("reason", "Say why it was recorded otherwise"))
    if filling.seen != event.corrected_by:
        filling.seen = event.corrected_by
        filling.faults.append(("", "Somebody corrected this event since you opened the page: look again"))
    before = _entered(one.definition, event, filled(one.definition, event.fields, event.values))
    after = _entered(one.definition, event, filling.raw)
    said: dict[str, Any] = {"values": changed(one.definition, event.fields, before.values, after.values)}
    if filling.about and filling.about != event.about:
        said["about"] = filling.about
    try:
        moment = _moment(filling, event)
        if moment is not None and moment != event.happened:
            said |= {"by" if moment.latest else "on": moment.on.isoformat()}
            said |= {"at": moment.at.isoformat("minutes")} if moment.at else {}
        made = corrections(question, one.cycle.id, {event.version: said})
    except BadInput as error:
        filling.faults += _placed(error.faults, after)
    if filling.faults:
        return None
    asked = asked_by(question.installation, who.person, door="web", command_id=filling.command, reason=filling.reason)
    return CorrectEvents(asked=asked, cycle=one.cycle.id, corrections=made)


def _moment(filling: Filling, event: Correctable) -> Happened | None:
    """The day and the time that were entered; None where none was, of an event whose day is not shown."""
    day = day_of(filling.on, "on")
    if day is None and not event.dated and not filling.at:
        return None
    if day is None:
        raise BadInput("the day", [Fault("on", "", "the day it happened")])
    if not filling.at:
        return Happened(on=day, latest=filling.latest or None)
    try:
        hour = time.fromisoformat(filling.at)
    except ValueError:
        raise BadInput("the time", [Fault("at", filling.at, "a time of day, as in 14:30")]) from None
    return Happened(on=day, at=hour.replace(second=0, microsecond=0, tzinfo=None), latest=filling.latest or None)


def _placed(faults: tuple[Fault, ...], found: Entered) -> Faults:
    """Each fault with the input it is about."""
    placed = []
    for fault in faults:
        where = fault.where.rpartition(": ")[2]
        at = {"on": "on.day", "by": "on.day", "at": "at", "about": "about"}.get(where) or found.input_of(where)
        placed.append((at, sentence(replace(fault, where=where))))
    return placed


def _page(
    request: Request, question: Question, one: OneCycle, event: Correctable, filling: Filling, status: int = 200
) -> Response:
    errors = dict(reversed(filling.faults))
    asked = _parts(question, one, event, filling, errors)
    return page(
        request, "correct.html", status=status, cycle=one.data(), event=event, filling=filling, parts=asked,
        faults=filling.faults, told=event_told(one, event.version), link=f"/cycles/{quote(one.cycle.handle)}",
        may=event.version in mendable(question, one),
        unmet=against(question, one, who_may_alone(filling.refused)) if filling.refused else [],
        day=day_part("on", "Day it happened", filling.on, errors),
        about=rows_of(question, one, event.place) if event.place else [],
    )  # fmt: skip


def _parts(
    question: Question, one: OneCycle, event: Correctable, filling: Filling, errors: Mapping[str, str]
) -> list[Part]:
    """The questions of the form, of those fields that may be seen; each row keeps its id."""
    if not event.step:
        return []
    asked = parts(one.definition, event.step, filling.raw, _around(question, one, event), errors, filling.grown)
    shown = [part for part in asked if part.name.partition(".")[2] in event.fields]
    return [part._replace(ids=_ids(part, filling.raw)) if part.kind == "rows" else part for part in shown]


def _ids(part: Part, raw: Mapping[str, list[str]]) -> list[str]:
    return [(raw.get(f"{part.name}.{number}.id") or [""])[-1] for number in range(1, len(part.parts) + 1)]


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
