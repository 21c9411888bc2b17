"""Evidence of a cycle: what there is, as the viewer may see it, and what they could add now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, NamedTuple

from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.foretelling import Foretold, foretold
from reviewflow.asking.one_cycle import OneCycle, look
from reviewflow.asking.question import Question
from reviewflow.audit.naming import REMOVED, SEALED
from reviewflow.cycle.commands import AddEvidence
from reviewflow.cycle.state import Evidence
from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.events import Asked
from reviewflow.ports import Forgotten
from reviewflow.workflow.definition import EvidenceGroup

_ANY_TEXT: Final = "something"
"""What is added is not judged, only who adds it, when, and about what."""


class Kept(NamedTuple):
    """A file as it was added."""

    name: str
    size: int
    data: bytes | None
    """None: it cannot be read any more, or not without the master key; `name` says which."""


def evidence_of(question: Question, one: OneCycle) -> dict[str, Any]:
    """What was added and counts, the last first; `hidden`: how much of it may not even be told to the viewer."""
    there = {item.version: item for item in one.cycle.evidence}
    told = history_of(one).tell([record for record in one.records if record.version in there])
    items = []
    for line in reversed(told.lines):
        item = there[line.version]
        seen = one.seeing.evidence(item.by)
        details = [detail.data() for detail in line.details if seen and detail.name in ("about", "text")]
        items.append({
            "version": item.version, "kind": item.kind, "title": one.titles.kind(item.kind), "who": line.who,
            "role": line.role, "happened": line.happened, "details": details, "seen": seen,
            "file": _file(question, one, item) if seen else None,
        })  # fmt: skip
    return {"items": items, "hidden": told.untold}


def _file(question: Question, one: OneCycle, item: Evidence) -> dict[str, Any] | None:
    if item.file_digest is None:
        return None
    name = _name(question, one, item)
    return {"name": name, "size": item.file_size, "readable": name not in (REMOVED, SEALED)}


def _name(question: Question, one: OneCycle, item: Evidence) -> str:
    if item.file_name is None:
        return f"evidence-{item.version}"
    return question.called.open(item.file_name, one.cycle.stream, item.version, "file_name")


def addable(question: Question, one: OneCycle, asked: Asked) -> list[dict[str, Any]]:
    """The kinds of evidence in the author's groups, each with whether whoever asks can add it now, and else why not."""
    found = []
    for group in one.definition.evidence.values():
        rows = one.setting().rows(group.about) if group.about else []
        said = _foretold(question, one, asked, group, rows)
        found.append({
            "kinds": [{"kind": kind, "title": title} for kind, title in group.kinds.items()],
            "help": group.help, "about": group.about, "rows": rows, "open": said.open,
            "by": [one.titles.role(role) for role in group.by],
            "requirements": said.data(question, one.seeing),
        })  # fmt: skip
    return found


def _foretold(question: Question, one: OneCycle, asked: Asked, group: EvidenceGroup, rows: list[str]) -> Foretold:
    kind = next(iter(group.kinds))
    command = AddEvidence(asked=asked, cycle=one.cycle.id, kind=kind, text=_ANY_TEXT, about=rows[0] if rows else None)
    if not group.about or rows:
        return foretold(question, command)
    # Nothing is there that it could be about: what else stands against it is not judged before that.
    step = one.titles.step(group.about.partition(".")[0])
    return Foretold((Unmet("nothing-to-be-about", f"first comes “{step}”: it is about a row of that"),))


def file_of(question: Question, typed: str, version: int) -> Kept:
    """The file of one piece of evidence, to whom evidence is shown; `BadInput` if there is none."""
    one = look(replace(question, known=question.now), typed, "cycle show")
    item = next((item for item in one.cycle.evidence if item.version == version), None)
    if item is None or item.file_digest is None:
        raise BadInput("evidence", [Fault("evidence", str(version), "no event of this cycle that added a file")])
    if not one.seeing.evidence(item.by):
        sentence = "the workflow does not show the evidence of this cycle to this person"
        raise Refused("cycle show", [Unmet("not-visible", sentence)])
    installation = question.installation
    name, size = _name(question, one, item), item.file_size or 0
    try:
        data = installation.vault.open_file(installation.engine.files.get(item.file_digest), one.cycle.stream)
    except Forgotten:
        return Kept(REMOVED if installation.vault.readable else SEALED, size, None)
    return Kept(name, size, data)
