"""A form being filled in: what was entered so far, and what is wrong with it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from reviewflow.errors import Fault
from reviewflow.web.forms.earlier import Earlier
from reviewflow.web.forms.entered import Entered, Raw, kept
from reviewflow.web.forms.wrong import sentence
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
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Input and sentence."""
    unmet: list[dict[str, Any]] = field(default_factory=list)
    since: list[str] = field(default_factory=list)
    """What others did since the page was opened."""
    draft: bool = False
    """Whether it was begun before."""

    def blame(self, faults: Iterable[Fault], found: Entered) -> None:
        """Note each fault at the input it is about."""
        beside = {"on": "on.day", "about": "about", "for": "for"}
        self.faults += [(beside.get(one.where) or found.input_of(one.where), sentence(one)) for one in faults]


def filled(sent: Posted) -> Filling:
    """What a browser sent."""
    version = sent.text("version")
    sane = version.isascii() and version.isdigit() and len(version) <= _MOST_DIGITS
    return Filling(
        raw=kept(sent.pairs), version=int(version) if sane else 0, command=command_id(sent.text("command")),
        about=sent.text("about"), behalf=sent.text("for"), earlier=Earlier.sent(sent),
        grown=sent.text("more"),
    )  # fmt: skip
