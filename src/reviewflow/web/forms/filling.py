"""A form being filled in: what was entered so far, and what is wrong with it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from reviewflow.web.forms.earlier import Earlier
from reviewflow.web.forms.entered import Entered, Raw, kept
from reviewflow.web.forms.wrong import Faults
from reviewflow.web.visiting import Posted

_COMMAND: Final = re.compile(r"[0-9a-f]{32}")
_MOST_DIGITS: Final = 9


def command_id(text: str = "") -> str:
    """The id that a page was given to send along, so that what is sent twice is done once; else a new one."""
    return text if _COMMAND.fullmatch(text) else secrets.token_hex(16)


@dataclass
class Filling:
    """One form of a step on its way."""

    raw: Raw = field(default_factory=dict)
    version: int = 0
    """The cycle's, when the page was opened."""
    command: str = field(default_factory=command_id)
    about: str = ""
    behalf: str = ""
    earlier: Earlier = field(default_factory=Earlier)
    grown: str = ""
    """The list or rows that another one is added to."""
    faults: Faults = field(default_factory=list)
    unmet: list[dict[str, Any]] = field(default_factory=list)
    since: list[str] = field(default_factory=list)
    """What others did since the page was opened."""
    draft: bool = False
    """Whether it was begun before."""


_BESIDE: Final = {"on": "on.day", "by": "on.day", "at": "at", "about": "about", "for": "for", "reason": "reason"}


def input_of(where: str, found: Entered) -> str:
    """The id of the input that a fault is about: of the step's own, or one of those beside them.

    The engine names what is beside them, where it corrects several events, as in `event 12: on`.
    """
    where = where.rpartition(": ")[2]
    return found.input_of(where) or _BESIDE.get(where, "")


def filled(sent: Posted) -> Filling:
    """What a browser sent."""
    version = sent.text("version")
    sane = version.isascii() and version.isdigit() and len(version) <= _MOST_DIGITS
    return Filling(
        raw=kept(sent.pairs), version=int(version) if sane else 0, command=command_id(sent.text("command")),
        about=sent.text("about"), behalf=sent.text("for"), earlier=Earlier.sent(sent),
        grown=sent.text("more"),
    )  # fmt: skip
