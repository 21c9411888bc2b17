"""Evidence of a cycle: what there is, adding some, and fetching a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from reviewflow.asking.evidence import addable, evidence_of, file_of
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.asking.standing_in import absent
from reviewflow.cycle.commands import AddEvidence
from reviewflow.engine import Done
from reviewflow.errors import BadInput
from reviewflow.web.doing import Outcome, asked, back, told_done, tried
from reviewflow.web.forms.around import rows_of
from reviewflow.web.forms.earlier import Earlier
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.wrong import Faults, placed
from reviewflow.web.rendering import page
from reviewflow.web.sending_files import SentFile
from reviewflow.web.sentences import asking
from reviewflow.web.trouble import told
from reviewflow.web.uploads import (
    ACCEPTED,
    LISTED,
    MOST,
    ROOM,
    NotTaken,
    TooManyAtOnce,
    Uploaded,
    media_type,
    uploaded,
)
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

_BUSY: Final = "Several large files are being read just now. Nothing was lost or recorded. Try again in a minute."
_INPUTS: Final = {"kind": "kind", "text": "text", "file name": "file", "on": "on.day", "evidence": "text", "": "kind"}


@dataclass
class Filling:
    """Evidence being added, as far as it was typed."""

    kind: str = ""
    about: dict[str, str] = field(default_factory=dict)
    """By place: the row that was chosen."""
    text: str = ""
    behalf: str = ""
    earlier: Earlier = field(default_factory=Earlier)
    command: str = ""
    faults: Faults = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)


_CLOSED: Final = "Nothing was added: you cannot add evidence to this review now. Below it says why"


@routes.get("/cycles/{handle}/evidence")
def show(request: Request, handle: str, who: Here, done: int = 0, kind: str = "") -> Response:
    """What there is, and a form for more."""
    filling = Filling(command=command_id(), kind=kind, behalf=request.query_params.get("for", ""))
    return _page(request, who, handle, filling, done=done)


@routes.post("/cycles/{handle}/evidence")
def add(request: Request, handle: str, who: Here, sent: Sent) -> Response:
    """Add it."""
    filling, file = _filling(sent), None
    try:
        file = uploaded(sent.file("file"))
    except NotTaken as wrong:
        filling.faults.append(("file", wrong.sentence))
    try:
        with ROOM.taken(2 * len(file.data) if file else 0):
            outcome, one_handle = _added(request, who, handle, filling, file)
    except TooManyAtOnce:
        return told(request, 503, [_BUSY], {"retry-after": "30"})
    if outcome is not None and outcome.done is not None:
        return back(one_handle, "evidence", outcome.done)
    if outcome is not None:
        filling.faults += outcome.faults
        filling.outcome = outcome
    if file is not None:
        filling.faults.append(("file", "Choose the file again: a browser does not keep it"))
    return _page(request, who, handle, filling, status=422)


@routes.get("/cycles/{handle}/evidence/{version:int}")
def fetch(request: Request, handle: str, version: int, who: Here) -> Response:
    """The file of one piece of evidence, to be saved."""
    with asking(site_of(request).installation, who.person) as question:
        one = look(question, handle, "cycle show")
        size = next((item.file_size or 0 for item in one.cycle.evidence if item.version == version), 0)
        try:
            ROOM.take(2 * size)
        except TooManyAtOnce:
            return told(request, 503, [_BUSY], {"retry-after": "30"})
        kept = None
        try:
            kept = file_of(question, handle, version)
        finally:
            ROOM.give(size if kept is not None and kept.data is not None else 2 * size)
        if kept.data is None:
            return page(request, "evidence_gone.html", status=410, cycle=one.data(), why=kept.name)
    return SentFile(kept.name, kept.data, media_type(kept.name, kept.data), ROOM, size)


def _filling(sent: Posted) -> Filling:
    about = {
        key.removeprefix("about."): value
        for key, value in sent.pairs
        if key.startswith("about.") and isinstance(value, str)
    }
    return Filling(
        sent.text("kind"), about, sent.text("text").replace("\r\n", "\n"), sent.text("for"), Earlier.sent(sent),
        command_id(sent.text("command")),
    )  # fmt: skip


def _added(
    request: Request, who: Visitor, handle: str, filling: Filling, file: Uploaded | None
) -> tuple[Outcome | None, str]:
    """What came of it, None where it was not tried; and the handle of the cycle."""
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        group = one.definition.evidence_kinds().get(filling.kind)
        if group is None:
            filling.faults.append(("kind", "Say what kind of evidence it is"))
        elif group.about and not filling.about.get(group.about):
            filling.faults.append((f"about.{group.about}", "Say what it is about"))
        if not filling.text.strip() and file is None and not any(at == "file" for at, _ in filling.faults):
            filling.faults.append(("text", "Write what was seen, or choose a file, or both"))
        try:
            happened = filling.earlier.happened()
            behalf = absent(question, one, filling.behalf)
        except BadInput as error:
            filling.faults += placed(error.faults, _INPUTS)
    if filling.faults or group is None:
        return None, one.cycle.handle
    by = asked(installation, who.person, behalf, filling.command, happened=happened, reason=filling.earlier.reason)
    command = AddEvidence(
        asked=by, cycle=one.cycle.id, kind=filling.kind, about=filling.about.get(group.about or ""),
        text=filling.text.strip() or None, file_name=file.name if file else None,
    )  # fmt: skip

    def act() -> Done:
        engine = installation.engine
        return engine.add_evidence(command, file.data) if file else engine.handle(command)

    return tried(act, {**_INPUTS, "about": f"about.{group.about}"}), one.cycle.handle


def _page(
    request: Request, who: Visitor, handle: str, filling: Filling, *, status: int = 200, done: int = 0
) -> Response:
    installation = site_of(request).installation
    with asking(installation, who.person) as question:
        one = look(question, handle, "cycle show")
        behalf = absent(question, one, filling.behalf)
        by = asked(installation, who.person, behalf)
        groups = addable(question, one, by)
        opened = [each for each in groups if each["open"]]
        # Where there is no form (any more), nothing in it can be mended.
        faults = filling.faults if opened or not filling.faults else [("", _CLOSED)]
        return page(
            request, "evidence.html", status=status, cycle=one.data(), filling=filling, faults=faults,
            found=evidence_of(question, one), open_groups=opened,
            closed_groups=[each for each in groups if not each["open"]], places=_places(question, one, groups),
            behalf=behalf.name if behalf else None, accepted=ACCEPTED, listed=LISTED,
            most=MOST // (1024 * 1024), done=told_done(question, one, done) if done else None,
            unmet=filling.outcome.unmet(question, one),
            earlier=filling.earlier.part(dict(filling.faults)), link=f"/cycles/{quote(one.cycle.handle)}/evidence",
        )  # fmt: skip


def _places(question: Question, one: OneCycle, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What evidence may be about: each place once, with the rows there and the kinds that need one of them."""
    found: dict[str, dict[str, Any]] = {}
    for group in groups:
        if group["open"] and group["about"]:
            choices = rows_of(question, one, group["about"])
            place = found.setdefault(
                group["about"],
                {"name": f"about.{group['about']}", "place": group["about"], "rows": choices, "kinds": []},
            )
            place["kinds"] += [kind["title"] for kind in group["kinds"]]
    needed = sum(len(group["kinds"]) for group in groups if group["open"])
    return [{**place, "always": len(place["kinds"]) == needed} for place in found.values()]
