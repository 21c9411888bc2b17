"""Bringing in people and organisations: upload, look at what each row would do, confirm.

Between looking and confirming the file is with the browser, in the form itself: names and addresses are kept nowhere
on the server before they are sealed. What is confirmed is decided anew, so nothing depends on what was shown.
"""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from reviewflow.asking import organisations_importing, people_importing
from reviewflow.asking.acting import asked_by
from reviewflow.asking.question import asking
from reviewflow.errors import BadInput, Fault, Refused
from reviewflow.registry.commands import ImportOrganisations
from reviewflow.registry.decide import explain
from reviewflow.registry.people_cells import Order
from reviewflow.registry.people_reading import read_people
from reviewflow.registry.registers import read_organisations
from reviewflow.registry.scopes import ANYWHERE
from reviewflow.sheets.reading import read_sheets
from reviewflow.web.acting import refused
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.small import Faults
from reviewflow.web.rendering import page
from reviewflow.web.uploads import ROOM, NotTaken, TooManyAtOnce, uploaded
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a file; larger ones are for the command line."""
_UNPACKED: Final = 40 * 1024 * 1024
MOST_ROWS: Final = 5_000
"""Rows of a file: each is decided while the pages of others wait."""
_DATES: Final[dict[str, Order | None]] = {"": None, "dmy": "dmy", "mdy": "mdy"}
_TO_SAY: Final = "; or say with --dates dmy (or mdy) how such dates are written"
_PIECE: Final = 300_000
"""Characters of the file in one hidden field: a multiple of four, and below what one field may have."""
_SHOWN: Final = 500
_TITLES: Final = {"people": "Bring in people", "organisations": "Bring in organisations"}


@dataclass
class Upload:
    """A file on its way, and what came of looking at it."""

    what: str
    data: bytes = b""
    dates: str = ""
    """How dates written as text are read."""
    command: str = ""
    faults: Faults = field(default_factory=list)
    wrong: list[dict[str, str]] = field(default_factory=list)
    """What is wrong in the file, each with its cell."""
    report: dict[str, Any] | None = None
    recorded: int | None = None
    """Events that were recorded; None while it was only looked at."""

    @property
    def pieces(self) -> list[str]:
        """The file as text, in pieces that fields can hold."""
        whole = base64.b64encode(self.data).decode()
        return [whole[begin : begin + _PIECE] for begin in range(0, len(whole), _PIECE)]


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
    return _answer(request, who, sent, Upload("people"))


@routes.post("/administration/import/organisations")
def organisations(request: Request, who: Here, sent: Sent) -> Response:
    """Look at a register, or record what was looked at."""
    return _answer(request, who, sent, Upload("organisations"))


def _ask(request: Request, who: Visitor, what: str) -> Response:
    _may(request, who, what)
    return _page(request, Upload(what))


def _may(request: Request, who: Visitor, what: str) -> None:
    with asking(site_of(request).installation, who.person) as question:
        question.may("person import" if what == "people" else "organisation import", ANYWHERE)


def _answer(request: Request, who: Visitor, sent: Posted, upload: Upload) -> Response:
    _may(request, who, upload.what)
    confirmed = bool(sent.text("confirmed"))
    upload.command, upload.dates = command_id(sent.text("command")), sent.text("dates")
    try:
        upload.data = _kept(sent) if confirmed else _new(sent)
        with ROOM.taken(_UNPACKED):
            (_people if upload.what == "people" else _organisations)(request, who, upload, record=confirmed)
    except NotTaken as error:
        upload.faults = [("file", error.sentence)]
    except TooManyAtOnce:
        upload.faults = [("file", "Several files are being read just now. Try again in a minute")]
    except BadInput as error:
        upload.wrong = [
            {"where": f.where, "got": f.got, "want": f.want.replace(_TO_SAY, "; or say below how dates are written")}
            for f in error.faults
            if f.where != "file"
        ]
        upload.faults = [("file", f.want) for f in error.faults if f.where == "file"] or [("", _summary(upload))]
    except Refused as error:
        with asking(site_of(request).installation, who.person) as question:
            upload.wrong = [{"where": "", "got": "", "want": text} for _, text in refused(question, error)]
        upload.faults = [("", _summary(upload))]
    return _page(request, upload)


def _summary(upload: Upload) -> str:
    number = len(upload.wrong)
    return f"{number:,} {'thing is' if number == 1 else 'things are'} wrong in the file. Nothing was recorded."


def _new(sent: Posted) -> bytes:
    file = uploaded(sent.file("file"))
    if file is None:
        raise BadInput("the form", [Fault("file", "", "Choose a file")])
    return _fitting(file.data)


def _kept(sent: Posted) -> bytes:
    text = "".join(str(value) for name, value in sent.pairs if name == "piece")
    try:
        return _fitting(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise BadInput("the form", [Fault("file", "", "Choose the file again")]) from None


def _fitting(data: bytes) -> bytes:
    """No file that would take the memory of everybody else's pages."""
    if len(data) > LARGEST:
        most = f"{LARGEST // 1024 // 1024} MB"
        want = f"The file must be smaller than {most}. Larger ones can be brought in on the command line"
        raise BadInput("the form", [Fault("file", "", want)])
    if sum(_unpacked(data)) > _UNPACKED:
        raise BadInput("the form", [Fault("file", "", "The file holds far more than a list of people or schools")])
    return data


def _unpacked(data: bytes) -> Iterator[int]:
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                yield from (one.file_size for one in packed.infolist())
        except (zipfile.BadZipFile, ValueError, OSError):
            return  # whoever reads it says what is wrong


def _people(request: Request, who: Visitor, upload: Upload, *, record: bool) -> None:
    installation = site_of(request).installation
    sheets = read_sheets(upload.data, "the file")
    reading = read_people(sheets, "the file", dates=_DATES.get(upload.dates))
    _few(len(reading.rows))
    with asking(installation, who.person) as question:
        asked = asked_by(installation, who.person, door="import", command_id=upload.command)
        command = people_importing.importing(question, asked, reading)
        decided = explain(command, question.now)
        upload.report = people_importing.report(reading, decided)
    if decided.stopped is not None:
        raise decided.stopped
    if record:
        installation.vault.prepare(stream for stream, _ in decided.events)
        upload.recorded = len(installation.engine.handle(command).events)


def _few(rows: int) -> None:
    if rows > MOST_ROWS:
        want = f"The file has {rows:,} rows. More than {MOST_ROWS:,} can be brought in on the command line"
        raise BadInput("the form", [Fault("file", "", want)])


def _organisations(request: Request, who: Visitor, upload: Upload, *, record: bool) -> None:
    installation = site_of(request).installation
    reading = read_organisations(upload.data, "the file")
    _few(len(reading.rows))
    asked = asked_by(installation, who.person, door="web", command_id=upload.command)
    command = ImportOrganisations(asked=asked, rows=reading.rows)
    with asking(installation, who.person) as question:
        noted = explain(command, question.now).noted
    found = organisations_importing.report(reading.format, reading.total, noted, reading.faults)
    rows = [
        {"sheet": "", "row": one.row, "outcome": one.outcome, "what": one.what, "why": one.reason,
         "changes": [{"field": c.field, "from": c.before, "to": c.after} for c in one.changes]}
        for one in noted if one.outcome != "unchanged"
    ]  # fmt: skip
    upload.report = {**found, "noted": rows, "notes": [], "sheets": []}
    if record:
        upload.recorded = len(installation.engine.handle(command).events)


def _page(request: Request, upload: Upload) -> Response:
    report = upload.report
    noted = report["noted"] if report else []
    changes = any(count for name, count in report["outcomes"].items() if name not in _SAME) if report else False
    return page(
        request, "administration/bring_in.html", status=422 if upload.faults else 200, title=_TITLES[upload.what],
        upload=upload, report=report, noted=noted[:_SHOWN], more=max(len(noted) - _SHOWN, 0), faults=upload.faults,
        wrong=upload.wrong[:_SHOWN], more_wrong=max(len(upload.wrong) - _SHOWN, 0), changes=changes,
    )  # fmt: skip


_SAME: Final = frozenset({"same", "unchanged", "listed", "former", "refused"})
