"""A command that a page gives: what came of it, in the shape in which a form shows what stands against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.acting import asked_by
from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import OneCycle
from reviewflow.asking.question import Question
from reviewflow.asking.standing_in import Absent
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Refused
from reviewflow.events import Asked, Happened
from reviewflow.web.forms.wrong import sentence
from reviewflow.wiring import Installation

Faults = list[tuple[str, str]]
"""Id of an input, and what is wrong there."""


class Outcome(NamedTuple):
    """Done, or what is wrong with what was given, or why not."""

    done: Done | None = None
    faults: tuple[tuple[str, str], ...] = ()
    refused: Refused | None = None


def asked(
    installation: Installation, person: str, behalf: Absent | None, command: str | None = None, *,
    happened: Happened | None = None, reason: str | None = None,
) -> Asked:  # fmt: skip
    """The visitor asks for something just now, perhaps for somebody absent. `command`: the id that their page had."""
    return asked_by(
        installation, person, door="web", command_id=command, happened=happened, reason=reason or None,
        on_behalf_of=behalf.id if behalf else None,
    )  # fmt: skip


def tried(act: Callable[[], Done], inputs: Mapping[str, str]) -> Outcome:
    """Act. `inputs`: for the place that a fault names the id of its input; under "" where no other fits."""
    try:
        return Outcome(act())
    except BadInput as error:
        return Outcome(faults=tuple((inputs.get(one.where, inputs.get("", "")), sentence(one)) for one in error.faults))
    except Refused as error:
        return Outcome(refused=error)


def back(handle: str, room: str, done: Done) -> Response:
    """To a page of the cycle, which tells what was done; `room` is its last part, empty for the cycle itself."""
    place = f"/cycles/{quote(handle)}" + (f"/{room}" if room else "")
    return RedirectResponse(f"{place}?done={done.position or 0}", 303)


def told_done(question: Question, one: OneCycle, position: int) -> str | None:
    """What the visitor did just now, in words: from the log, so that no address can claim what was not done."""
    mine = [
        record for record in question.known.cycle_records(one.cycle.id)
        if record.position == position and question.viewer in (record.event.by, record.event.entered_by)
    ]  # fmt: skip
    lines = history_of(one).tell(mine).lines if mine else ()
    return f"{lines[0].what[:1].upper()}{lines[0].what[1:]}" if lines else None
