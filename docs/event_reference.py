"""docs/reference/events.md, made of the events' own code: `python docs/event_reference.py > docs/reference/events.md`.

What a field means stands beside it in the code; the fields that many events share are explained once, here.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from reviewflow.cycle import events as cycle_events
from reviewflow.events import Event, Happened, Sealed, Unsealed, topics
from reviewflow.registry import events as registry_events

PAGE: Final = Path(__file__).parent / "reference" / "events.md"

PARTS: Final = (Happened, Sealed, registry_events.Identity, registry_events.ClosedDay)

COMMON: Final = {
    "assigned": "The role of the workflow that is assigned in this cycle.",
    "beside": "The version of the event that the note stands beside; without it, beside the cycle.",
    "calendar": "The calendar's name among those of its owner.",
    "closed": "Days on which nothing counts as a school day.",
    "completed": "The day on which the course was completed.",
    "consent_of": "The role that may consent.",
    "backdating_days": "How far back may be recorded without a lead's authority and a reason.",
    "corrects": "The version of the event that is corrected.",
    "course": "The course's name, as in `improvement-champion`.",
    "delegate": "Who may act for the absent person.",
    "delegation": "The id of the delegation.",
    "details": "Register data, plain: never about a person.",
    "digest": "The SHA-256 of the definition's normal form: its identity.",
    "due": "The day by which the step should be done.",
    "edition": "The edition, as the definition's author called it.",
    "email": "The e-mail address.",
    "file_digest": "The SHA-256 of the encrypted bytes of the file.",
    "file_name": "The file's name.",
    "file_size": "The bytes of the file before it was encrypted.",
    "grant": "The id of the role's grant.",
    "handle": "A short readable name that never changes.",
    "identities": "Identifiers that registers gave.",
    "kind": "Of which kind it is.",
    "met": "Names of the requirements that were met.",
    "name": "The name.",
    "named": "Named days: a name with its days.",
    "nation": "The nation whose calendar and registers it follows.",
    "nature": "The nature of the interest.",
    "note": "A remark on it.",
    "number": "The number of the cycle among those of its subject in that year.",
    "of": "The step or the role whose requirement it is.",
    "on": "The day.",
    "RoleEnded.on": "The last day on which it was held.",
    "TrainingWithdrawn.on": "The first day on which it no longer counts.",
    "AbsenceEnded.on": "The last day on which it held.",
    "AbsenceDelegated.until": "The last day.",
    "organisation": "The organisation's id.",
    "origin": "The state that was left.",
    "other": "The id of the organisation or person in whom there is an interest.",
    "owner": "The id of the programme or organisation whose calendar it is, or `installation`.",
    "partnership": "The partnership's id.",
    "person": "The person's id.",
    "person_name": "The person's name.",
    "predecessors": "Ids of the organisations that were.",
    "programme": "The programme's id.",
    "proposal": "The version of the proposal that holds the values and was signed.",
    "reason": "Why.",
    "removed": "Names of details that are no more.",
    "requirement": "The requirement's name.",
    "returns_to": "In a side state: the state it will go back to.",
    "roles": "Names of roles.",
    "scope": "The id of where the role is held, or `installation`.",
    "scope_kind": "What kind of place the scope is.",
    "since": "The first day.",
    "source": "The format it was read from, or `entered`; never a file's name.",
    "step": "The step's name in the definition.",
    "subject": "The id of the organisation, project or document that is reviewed.",
    "successor": "The id of the person who has the role from now on.",
    "successors": "Ids of the organisations that came after.",
    "text": "The text.",
    "time_zone": "The time zone in which its days are counted.",
    "to": "The state that was entered.",
    "training": "The id of the training.",
    "undoes": "The versions of the events.",
    "until": "The last day; without it, no end is known.",
    "valid_until": "The last day on which it counts; without it, for good.",
    "values": "The values of the step's form.",
    "waived": "Names of the requirements that were waived: not asked, and never counted as met.",
    "what": "What is shown: an item of the workflow's `visible`.",
    "workflow": "The workflow's name.",
    "year": "The year it belongs to, as in 2026 or 2026-27.",
    "about": "The id of the row that it is about.",
    "door": "The way it came in.",
    "happened": "When it happened.",
    "role": "The role in which they acted.",
    "on_behalf_of": "The absent person for whom they acted.",
    "batch": "The id of the batch that it came in with others.",
    "backdated": "Why it was recorded later than the programme's limit.",
    "at": "The time of day, where it is known.",
    "latest": "Not exactly then, but by then.",
    "box": "The encrypted text: base64 of the nonce and of AES-256-GCM over salt and text.",
    "commit": "HMAC-SHA256 of the text under its salt: what a disclosed text is checked against.",
    "length": "Characters of the text.",
    "scheme": "The register, as in `urn`.",
    "value": "The identifier.",
}
"""What a field means whose event does not say it itself; `EVENT.FIELD` where it means something else there."""

STREAMS: Final = {
    "ProgrammeSetUp": "programme-ID", "ProgrammeChanged": "programme-ID",
    "OrganisationRegistered": "organisation-ID", "OrganisationChanged": "organisation-ID",
    "OrganisationSucceeded": "organisation-ID",
    "PartnershipFormed": "partnership-ID", "MembershipBegan": "partnership-ID", "MembershipEnded": "partnership-ID",
    "CalendarPublished": "calendar-OWNER", "WorkflowPublished": "workflow-NAME",
}  # fmt: skip
"""The streams of events that are neither a cycle's nor a person's."""

_HEAD: Final = """# The events

Everything that is known is kept as these events, in one ordered log. Made from the code; a test compares the two.

A record holds an event with its `position` in the log (1, 2, 3, … with no gaps), `recorded_at`, its `stream` and
`version` in it, the `topic`, and the id of the command that made it. `tests/golden/topics/` shows the bytes of each.
A topic ends in the version of its shape; stored events are never rewritten.

- **Streams**: `cycle-ID` for a cycle, `person-ID` for a person, and `programme-ID`, `organisation-ID`,
  `partnership-ID`, `calendar-OWNER`, `workflow-NAME`. An ID is opaque: sixteen letters and digits.
- **Sets** are named groups of streams that an event touches, such as all visits of a person. A decision notes which
  sets and streams it read; if one has moved by the time it is recorded, it is decided again.
- **Sealed** fields hold texts that only the vault can open: of a person's stream under the person's key, of a cycle's
  under the cycle's, else under the installation's. **Plain** ones hold ids, names of the workflow, dates and numbers,
  and the public register data of organisations. **By the form**: texts are sealed unless the field says `plain: true`;
  choices, numbers, dates, yes or no and ids are plain.
"""

_FOOT: Final = """---

Made by `python docs/event_reference.py > docs/reference/events.md`.
"""


def render() -> str:
    """The whole page."""
    parts = [_HEAD, "## What every event says\n", _table(Event, list(Event.model_fields))]
    for title, kinds in _chapters():
        parts.append(f"## {title}\n")
        parts += [_event(kind) for kind in kinds]
    parts.append("## Parts of events\n")
    for part in PARTS:
        parts += [f"### {part.__name__}\n", f"{_sentence(part)}\n", _table(part, list(part.model_fields))]
    return "\n".join([*parts, _FOOT])


def _chapters() -> Iterator[tuple[str, list[type[Event]]]]:
    ours = [kind for kind in topics.values() if kind.__module__.startswith("reviewflow.")]
    yield "Of a cycle", [kind for kind in ours if kind.__module__ == cycle_events.__name__]
    yield "Of the registry", [kind for kind in ours if kind.__module__ == registry_events.__name__]


def _event(kind: type[Event]) -> str:
    own = [name for name in kind.model_fields if name not in Event.model_fields]
    lines = [f"### {kind.topic}\n", f"{kind.__name__}: {_sentence(kind)}\n", f"Stream: `{stream_of(kind)}`.\n"]
    touched = _touched(kind)
    lines.append(f"Sets: {touched}\n" if touched else "Sets: none.\n")
    if own:
        lines.append(_table(kind, own))
    return "\n".join(lines)


def stream_of(kind: type[Event]) -> str:
    """How the streams are called in which an event stands."""
    if issubclass(kind, cycle_events.CycleEvent):
        return "cycle-ID"
    return STREAMS.get(kind.__name__, "person-ID")


def _table(kind: type[BaseModel], names: list[str]) -> str:
    rows = ["| field | type | kept | meaning |", "|---|---|---|---|"]
    for name in names:
        annotation = kind.model_fields[name].annotation
        cells = (f"`{name}`", _type(annotation), _kept(name, annotation), meaning(kind, name))
        rows.append(f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |")
    return "\n".join(rows) + "\n"


def meaning(kind: type[BaseModel], field: str) -> str:
    """What a field means: as its class says, or what it means everywhere."""
    for cls in kind.__mro__:
        if field in vars(cls).get("__annotations__", {}):
            said = _field_docs(cls).get(field)
            return " ".join(said.split()) if said else COMMON[common_key(kind, field)]
    raise KeyError(field)


def common_key(kind: type[BaseModel], field: str) -> str:
    """Where the meaning of a field stands that its class does not say itself."""
    own = f"{kind.__name__}.{field}"
    return own if own in COMMON else field


@cache
def _tree(cls: type) -> ast.ClassDef:
    found = ast.parse(inspect.getsource(cls)).body[0]
    assert isinstance(found, ast.ClassDef)
    return found


def _field_docs(cls: type) -> dict[str, str]:
    """Field -> the text that stands right after it."""
    body = _tree(cls).body
    return {
        one.target.id: after.value.value
        for one, after in pairwise(body)
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)
    }  # fmt: skip


def _touched(kind: type[Event]) -> str:
    """What an event says of the sets it touches, and their names."""
    names = ", ".join(f"`{name}`" for name in set_names(kind))
    return f"{_sentence(kind.touches)} {names}" if names else ""


def set_names(kind: type[Event]) -> tuple[str, ...]:
    """The names of the sets that an event touches, with its fields in capitals."""
    return tuple(dict.fromkeys(_set_names(kind.touches)))


def _set_names(function: Any) -> Iterator[str]:
    """The texts that a function makes, with the fields that go into them in capitals."""
    tree = ast.parse(dedent(inspect.getsource(function)))
    assert isinstance(tree.body[0], ast.FunctionDef)
    for node in ast.walk(ast.Module(tree.body[0].body[1:], [])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = getattr(inspect.getmodule(function), node.func.id, None)
            if inspect.isfunction(called):
                yield from _set_names(called)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(_part(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not _inside_text(tree, node):
            yield node.value


def _inside_text(tree: ast.AST, node: ast.AST) -> bool:
    return any(node in ast.walk(text) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr))


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    names = re.findall(r"[a-z_]+", ast.unparse(part.value).partition("[")[0])
    return "_OR_".join(name for name in names if name not in ("self", "or", "i")).upper()


def _sentence(documented: Any) -> str:
    return " ".join((inspect.getdoc(documented) or "").split())


def _kept(name: str, annotation: Any) -> str:
    if annotation == dict[str, Any]:
        return "by the form" if name == "values" else "plain"
    if Unsealed in get_args(annotation):
        return "plain id, or sealed" if str in get_args(annotation) else "sealed"
    return "plain"


def _type(annotation: Any) -> str:
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        if Unsealed in inside:
            words = ["id or text" if str in inside else "text"]
        else:
            words = [_type(one) for one in inside if one is not NoneType]
        return f"{' or '.join(words)}{', may be absent' if NoneType in inside else ''}"
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in inside)
    if origin in (list, tuple):
        return f"list of {_type(inside[0])}"
    if origin is dict:
        return "object" if inside[1] is Any else f"object of {_type(inside[1])}"
    simple = {str: "string", int: "whole number", bool: "yes or no", date: "date"}
    return simple.get(annotation) or _linked(annotation.__name__)


def _linked(name: str) -> str:
    """A part of events by its name: `ClosedDay` is a closed day."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return words if name == "time" else f"[{words}](#{name.lower()})"


if __name__ == "__main__":
    sys.stdout.write(render())
