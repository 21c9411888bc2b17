"""Calendars: closed days and named days, for everybody or for one programme, partnership or school; brought in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acting import asked_by
from reviewflow.asking.calendars import calendar
from reviewflow.asking.calendars_importing import Places, importing, report
from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Fault
from reviewflow.registry.bank_holidays import NATIONS
from reviewflow.registry.decide import explain
from reviewflow.registry.events import INSTALLATION
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.administration.carrying import Upload, carried
from reviewflow.web.administration.entry import Gathered
from reviewflow.web.administration.programmes import NATIONS_CALLED
from reviewflow.web.forms.wrong import Faults
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.uploads import KINDS, OTHERWISE, Kind, plain_text
from reviewflow.web.visiting import Here, Sent, Visitor, site_of

routes = APIRouter()

_HERE: Final = "/administration/calendars"
_IMPORT: Final = "/administration/import/calendar"
_AHEAD: Final = timedelta(days=500)
_BACK: Final = timedelta(days=100)
_KINDS: Final = {"csv": KINDS["csv"], "json": Kind(OTHERWISE, plain_text, "JSON")}
_EVERYBODY: Final = "everybody"


class Spell(NamedTuple):
    """Days on end of one name."""

    first: date
    last: date
    name: str


@dataclass
class _Days(Upload):
    """A calendar on its way."""

    report: dict[str, Any] | None = None
    owner: str = ""
    """What the owner is called."""
    address: str = ""
    """The page of what was published."""
    published: bool = False
    overtaken: bool = False
    """Somebody published others since these were looked at: they are to be looked at again."""


@routes.get(_HERE)
def show(request: Request, who: Here, of: str = "", school: str = "", said: str = "") -> Response:
    """What was published, from some months ago to the end of the next school year."""
    faults: Faults = []
    with asking(site_of(request).installation, who.person) as question:
        owners = _owners(question)
        today = question.day(question.only_programme())
        first, last = today - _BACK, today + _AHEAD
        wanted = school.strip() or of.strip()
        try:
            found = calendar(question, wanted or None, first, last)
        except BadInput:
            at = "school" if school.strip() or not any(one["value"] == of for one in owners) else "of"
            faults, found = [(at, "There is nothing of that name")], {"owner": INSTALLATION, "calendars": []}
        name = _called(question, found["owner"])
        may_import = question.allowed("calendar import", ANYWHERE)
    among = any(one["value"] == wanted for one in owners)
    return page(
        request, "administration/calendars.html", status=422 if faults else 200, faults=faults, name=name,
        of=wanted if among else "", school="" if among else wanted, owners=owners, first=first, last=last,
        calendars=[{**one, "closed": spells(one["closed"])} for one in found["calendars"]], may_import=may_import,
        said=said == "published",
    )  # fmt: skip


@routes.get(_IMPORT)
def ask(request: Request, who: Here, of: str = "") -> Response:
    """Choose a file of days, and say whose they are."""
    _may(request, who)
    return _page(request, _Days(beside={**_BESIDE, "of": of.strip()}))


@routes.post(_IMPORT)
def publish(request: Request, who: Here, sent: Sent) -> Response:
    """Look at a file of days, or publish what was looked at."""
    _may(request, who)
    days = _Days(beside=dict(_BESIDE))
    inputs = {"calendar": "name", "owner": "of"}
    carried(request, who, sent, days, lambda: _work(request, who, days), kinds=_KINDS, inputs=inputs)
    if days.published and not days.faults:
        return RedirectResponse(days.address, 303)
    return _page(request, days)


_BESIDE: Final = {"of": "", "name": "", "nation": "", "against": ""}
"""`against`: the digest of the days with which these were compared on the page that was looked at."""


def _may(request: Request, who: Visitor) -> None:
    with asking(site_of(request).installation, who.person) as question:
        question.may("calendar import", ANYWHERE)


def _work(request: Request, who: Visitor, days: _Days) -> None:
    installation = site_of(request).installation
    asked = asked_by(installation, who.person, door="web", command_id=days.command)
    beside, form = days.beside, Gathered()
    with asking(installation, who.person) as question:
        theirs = form.read(lambda: _may_for(question, beside["of"]), False)  # noqa: FBT003 - what is so otherwise
        nation = beside["nation"] or (None if theirs else NATIONS[0])  # the file is read whoever's days it holds
        command = form.read(lambda: importing(
            question, asked, days.data, owner=beside["of"] or None if theirs else None, name=beside["name"] or None,
            nation=nation, places=Places("of", "nation"),
        ), None)  # fmt: skip
        if command is not None:
            form.read(lambda: explain(command, question.now), None)
        form.check()
        assert command is not None
        days.report = report(question, command)
        days.owner = _called(question, command.owner)
    before, other = days.report["before"], days.report["new"] or days.report["gone"]
    now = before["digest"] if before else ""
    days.overtaken = days.confirmed and bool(other) and now != beside["against"]
    beside["against"] = now
    days.published = days.confirmed and not days.overtaken
    installation.engine.handle(command, dry_run=not days.published)
    shown = {"said": "published"} | ({"of": beside["of"]} if beside["of"] else {})
    days.address = f"{_HERE}?{urlencode(shown)}"


def _may_for(question: Question, owner: str) -> bool:
    """Whoever may bring in days for a school of theirs is told so, who said of none that these are its days."""
    kind, target = question.find.place(owner, "of") if owner else (INSTALLATION, INSTALLATION)
    if not question.allowed("calendar import", Scope(kind, target)):  # type: ignore[arg-type]  # one of those kinds
        want = "give a school, partnership or programme of yours: days for" if not owner else "choose one of yours: for"
        raise BadInput("the form", [Fault("of", "", f"{want} {_called(question, target)} are not yours to bring in")])
    return True


def _called(question: Question, owner: str) -> str:
    return _EVERYBODY if owner == INSTALLATION else question.called.named(owner)


def _owners(question: Question) -> list[dict[str, str]]:
    folded = (getattr(question.now, kind)(one) for kind in _GROUPS for one in question.find.all(kind))
    return [{"value": one.handle, "text": one.name} for one in folded if one is not None]


_GROUPS: Final = ("programme", "partnership")


def spells(days: Iterable[Mapping[str, Any]]) -> list[Spell]:
    """Days in order, with those on end that have the same name as one."""
    found: list[Spell] = []
    for one in sorted(days, key=lambda day: (str(day["name"]), day["on"])):
        before = found[-1] if found else None
        if before is not None and before.name == one["name"] and one["on"] - before.last <= timedelta(days=1):
            found[-1] = before._replace(last=one["on"])
        else:
            found.append(Spell(one["on"], one["on"], one["name"]))
    return sorted(found)


def _page(request: Request, days: _Days) -> Response:
    looked = days.report if days.report is not None and not days.faults else None
    told = {}
    for kind in ("days", "new", "gone"):
        rows = looked[kind] if looked else []
        told[kind] = {
            "closed": spells(one for one in rows if one["kind"] == "closed"),
            "named": [one for one in rows if one["kind"] == "named"],
            "number": len(rows),
        }
    return page(
        request, "administration/calendar_import.html", status=days.status, upload=days, faults=days.faults,
        report=looked, told=told, owner=days.owner,
        nations=[{"value": name, "text": called} for name, called in NATIONS_CALLED],
    )  # fmt: skip
