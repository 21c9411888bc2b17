"""Bringing in past reviews: a file of events is rehearsed on a copy of the store, then taken row by row."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking.acting import asked_by
from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Fault
from reviewflow.exchange import Held
from reviewflow.history.importing import Wanted, import_history
from reviewflow.history.mapping_parse import Parsed, parse_mapping
from reviewflow.history.native import import_file
from reviewflow.history.native_places import Here as Places
from reviewflow.history.rehearsal import rehearsing
from reviewflow.registry.permissions import ADMINISTRATOR
from reviewflow.registry.scopes import ANYWHERE, WHOLE, Scope
from reviewflow.shipped import shipped_mappings
from reviewflow.web.administration.carrying import SHOWN, Upload, Wrong, carried, no_file
from reviewflow.web.api.imports_done import MOST_REHEARSED
from reviewflow.web.api.sent_files import HISTORIES, TooMuch, few_events
from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.small import Small
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

_PAGE: Final = "/administration/import/history"
_EXPORT, _OWN = "export", "own"
"""Instead of the name of a mapping: no mapping is needed, or the one that was pasted."""
_BESIDE: Final = {"read": "", "mapping": "", "programme": "", "partnership": ""}
_OUTCOMES: Final = (
    ("accepted", "Rows that became events", "Rows that would become events"),
    ("unchanged", "Rows that say what was known already", "Rows that say what is known already"),
    ("already", "Rows from an earlier import", "Rows from an earlier import"),
    ("ignored", "Rows left out, as the mapping has it", "Rows left out, as the mapping has it"),
    ("refused", "Rows that were refused", "Rows that would be refused"),
)


@dataclass
class _Past(Upload):
    """Past reviews on their way."""

    report: dict[str, Any] | None = None
    """`head`, `lines`, `events`: what became of the rows, or would."""
    refused: list[Wrong] = field(default_factory=list)
    """Rows that are not taken; the others go on."""


@routes.get(_PAGE)
def ask(request: Request, who: Here) -> Response:
    """Choose a file, and how its rows are read."""
    _may(request, who)
    return _page(request, who, _Past(beside=dict(_BESIDE)), Posted(()))


@routes.post(_PAGE)
def bring_in(request: Request, who: Here, sent: Sent) -> Response:
    """Rehearse it, or record what was rehearsed."""
    _may(request, who)
    past = _Past(beside=dict(_BESIDE))
    carried(request, who, sent, past, lambda: _work(request, who, past), kinds=HISTORIES)
    return _page(request, who, past, sent)


def _may(request: Request, who: Visitor) -> None:
    with asking(site_of(request).installation, who.person) as question:
        question.may("history import", ANYWHERE)


def _work(request: Request, who: Visitor, past: _Past) -> None:
    installation, beside = site_of(request).installation, past.beside
    held = Held("the file", past.data)
    with asking(installation, who.person) as question:
        programme = question.find.programme_or_only(beside["programme"] or None, "programme")
        question.may("history import", Scope("programme", programme))
        typed = beside["partnership"]
        partnership = question.find.partnership(typed, "partnership") if typed else None
        if beside["read"] not in dict(_ways(question)):
            raise BadInput("the form", [Fault("read", "", "choose how the rows are read")])
        large = question.now.snapshot.position() > MOST_REHEARSED
    try:
        few_events(held)
    except TooMuch as error:
        raise no_file(error.sentence) from None
    if beside["read"] == _EXPORT:
        asked = replace(asked_by(installation, who.person, door="import", command_id=past.command), door="import")
        here = Places(programme, partnership)
        _exported(past, import_file(
            held, installation.engine, asked, here=here, dry_run=not past.confirmed,
            otherwise="for any other file choose or paste a mapping",
        ).data())  # fmt: skip
        return
    listened: list[list[str]] = []
    wanted = Wanted(
        held, _mapping(beside), programme, who.person, who.person, partnership, refused=listened.append,
        dry_run=not past.confirmed,
    )  # fmt: skip
    if past.confirmed:
        found = import_history(installation.engine, installation.vault, wanted)
    elif large:
        raise no_file("There is too much here already to rehearse it on a copy. Bring it in on the command line")
    else:
        with rehearsing(installation.settings, installation.clock) as copy:
            found = import_history(copy.engine, copy.vault, wanted)
    _told(past, found.data, listened[1:])


def _mapping(beside: dict[str, str]) -> Parsed:
    if beside["read"] != _OWN:
        return parse_mapping(shipped_mappings()[beside["read"]].read_bytes(), beside["read"])
    if not beside["mapping"]:
        raise BadInput("the form", [Fault("mapping", "", "paste a mapping")])
    return parse_mapping(beside["mapping"], "the mapping")


def _told(past: _Past, data: dict[str, Any], refused: list[list[str]]) -> None:
    words = [(data[name], done if past.confirmed else would) for name, done, would in _OUTCOMES]
    past.report = {
        "head": (data["cases"], data["rows"]), "lines": [one for one in words if one[0]], "events": data["events"],
        "ignored": data["ignored_because"],
    }  # fmt: skip
    past.refused = [Wrong(place, case, sentence) for place, case, _, sentence, *_ in refused]


def _exported(past: _Past, data: dict[str, Any]) -> None:
    taken = "Reviews that were taken over" if past.confirmed else "Reviews that would be taken over"
    lines = [(data["taken_over"], taken), (data["unchanged"], "Reviews that are here already"),
             (data["refused"], "Reviews that are refused")]  # fmt: skip
    past.report = {
        "head": (data["cycles"], data["events"]), "lines": [one for one in lines if one[0]],
        "events": data["events_taken_over"], "ignored": {},
    }  # fmt: skip
    past.refused = [
        Wrong(one["place"], one["handle"] or one["cycle"], reason["sentence"])
        for one in data["refusals"] for reason in one["reasons"]
    ]  # fmt: skip


def _ways(question: Question) -> list[tuple[str, str]]:
    """How a file may be read. An export is taken over as it is, which is for administrators."""
    whole = question.installation.engine.standing(question.now, question.viewer, WHOLE)
    export = [(_EXPORT, "It was exported from reviewflow")] if ADMINISTRATOR in whole else []
    return [*export, *((name, f"By the mapping “{name}”") for name in shipped_mappings()),
            (_OWN, "By a mapping of our own, pasted below")]  # fmt: skip


def _page(request: Request, who: Visitor, past: _Past, sent: Posted) -> Response:
    with asking(site_of(request).installation, who.person) as question:
        parts = _parts(question, Small(sent, past.faults))
    return page(
        request, "administration/history_import.html", status=past.status, upload=past, faults=past.faults,
        parts=parts, report=None if past.faults else past.report, refused=past.refused[:SHOWN],
        more=max(len(past.refused) - SHOWN, 0),
    )  # fmt: skip


def _parts(question: Question, small: Small) -> list[Part]:
    ids = question.find.all("programme")
    mine = [
        (one, question.called.programme(one)) for one in ids
        if question.allowed("history import", Scope("programme", one))
    ]  # fmt: skip
    several = [small.one_of("programme", "Programme", mine, value=mine[0][0] if mine else "")] if len(ids) > 1 else []
    return [
        small.one_of("read", "How its rows are read", _ways(question)),
        small.long_text("mapping", "Your own mapping", "In YAML. The documentation explains how one is written.",
                        optional=True),
        *several,
        small.text("partnership", "Partnership", "Where the reviews belong, unless the file says it.", optional=True),
    ]  # fmt: skip
