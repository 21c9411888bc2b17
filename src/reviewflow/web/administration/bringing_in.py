"""Bringing in people and organisations: upload, look at what each row would do, confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking import organisations_importing, people_importing
from reviewflow.asking.acting import asked_by
from reviewflow.exchange import Held
from reviewflow.registry.people_cells import Order
from reviewflow.registry.registers import read_organisations
from reviewflow.registry.scopes import ANYWHERE
from reviewflow.web.administration.carrying import SHOWN, Upload, Wrong, carried, no_file
from reviewflow.web.api.sent_files import MOST_ROWS, TooMuch, small
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

_DATES: Final[dict[str, Order | None]] = {"": None, "dmy": "dmy", "mdy": "mdy"}
_TO_SAY: Final = "; or say with --dates dmy (or mdy) how such dates are written"
_TITLES: Final = {"people": "Bring in people", "organisations": "Bring in organisations"}
_SAME: Final = frozenset({"same", "unchanged", "listed", "former", "refused"})


@dataclass
class _Rows(Upload):
    """A list on its way."""

    what: str = ""
    report: dict[str, Any] | None = None
    recorded: int | None = None
    """Events that were recorded; None while it was only looked at."""


@routes.get("/administration/import/people")
def ask_people(request: Request, who: Here) -> Response:
    """Choose a spreadsheet."""
    return _ask(request, who, "people")


@routes.get("/administration/import/organisations")
def ask_organisations(request: Request, who: Here) -> Response:
    """Choose a register."""
    return _ask(request, who, "organisations")


@routes.post("/administration/import/people")
def people(request: Request, who: Here, sent: Sent) -> Response:
    """Look at a spreadsheet of people, or record what was looked at."""
    return _answer(request, who, sent, "people")


@routes.post("/administration/import/organisations")
def organisations(request: Request, who: Here, sent: Sent) -> Response:
    """Look at a register, or record what was looked at."""
    return _answer(request, who, sent, "organisations")


def _ask(request: Request, who: Visitor, what: str) -> Response:
    _may(request, who, what)
    return _page(request, _Rows(what=what, beside={"dates": ""}))


def _may(request: Request, who: Visitor, what: str) -> None:
    with asking(site_of(request).installation, who.person) as question:
        question.may("person import" if what == "people" else "organisation import", ANYWHERE)


def _answer(request: Request, who: Visitor, sent: Posted, what: str) -> Response:
    _may(request, who, what)
    upload = _Rows(what=what, beside={"dates": ""})

    def work() -> None:
        (_people if what == "people" else _organisations)(request, who, upload)

    carried(request, who, sent, upload, work, row_by_row=True)
    on_page = "; or say below how dates are written"
    upload.wrong = [Wrong(one.where, one.got, one.want.replace(_TO_SAY, on_page)) for one in upload.wrong]
    return _page(request, upload)


def _people(request: Request, who: Visitor, upload: _Rows) -> None:
    installation = site_of(request).installation
    _small(upload)
    reading = people_importing.read([("the file", upload.data)], dates=_DATES.get(upload.beside["dates"]))
    _few(len(reading.rows))
    with asking(installation, who.person) as question:
        asked = asked_by(installation, who.person, door="import", command_id=upload.command)
        looked = people_importing.look(question, asked, reading)
    upload.report = looked.report
    if looked.decided.stopped is not None:
        raise looked.decided.stopped
    if upload.confirmed:
        people_importing.prepare(installation, looked.decided)
        upload.recorded = len(installation.engine.handle(looked.command).events)


def _small(upload: _Rows) -> None:
    try:
        small(Held("the file", upload.data))
    except TooMuch as error:
        raise no_file(error.sentence) from None


def _few(rows: int) -> None:
    if rows > MOST_ROWS:
        raise no_file(f"The file has {rows:,} rows. More than {MOST_ROWS:,} can be brought in on the command line")


def _organisations(request: Request, who: Visitor, upload: _Rows) -> None:
    installation = site_of(request).installation
    _small(upload)
    reading = read_organisations(upload.data, "the file")
    _few(len(reading.rows))
    asked = asked_by(installation, who.person, door="web", command_id=upload.command)
    with asking(installation, who.person) as question:
        looked = organisations_importing.look(question.now, asked, reading)
    rows = [
        {"sheet": "", "row": one.row, "outcome": one.outcome, "what": one.what, "why": one.reason,
         "changes": [{"field": c.field, "from": c.before, "to": c.after} for c in one.changes]}
        for one in looked.noted if one.outcome != "unchanged"
    ]  # fmt: skip
    upload.report = {**looked.report, "noted": rows, "notes": [], "sheets": []}
    if upload.confirmed:
        upload.recorded = len(installation.engine.handle(looked.command).events)


def _page(request: Request, upload: _Rows) -> Response:
    report = upload.report
    noted = report["noted"] if report else []
    changes = any(count for name, count in report["outcomes"].items() if name not in _SAME) if report else False
    return page(
        request, "administration/bring_in.html", status=upload.status, title=_TITLES[upload.what], upload=upload,
        report=report, noted=noted[:SHOWN], more=max(len(noted) - SHOWN, 0), faults=upload.faults, changes=changes,
    )  # fmt: skip
