"""A form being filled in: what was entered so far, and what is wrong with it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from reviewflow.errors import BadInput, Fault
from reviewflow.events import Happened
from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.entered import DATE_PARTS, Entered, Raw, kept
from reviewflow.web.visiting import Posted

_COMMAND: Final = re.compile(r"[0-9a-f]{32}")
_BESIDE: Final = ("on.day", "on.month", "on.year", "latest", "reason")
_BEGINNING: Final = re.compile(r"^(expected |must be given: )")
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
    beside: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_BESIDE, ""))
    """When it happened, and why that is told late."""
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
        for fault in faults:
            want = _BEGINNING.sub("", fault.want)
            text = f"got {fault.got}; want {want}" if fault.got else f"enter {want}"
            at = beside.get(fault.where) or found.input_of(fault.where)
            self.faults.append((at, text[:1].upper() + text[1:]))

    def happened(self) -> Happened | None:
        """The day it happened; None for just now. `BadInput` for what is no day."""
        given = [self.beside[f"on.{part}"] for part in reversed(DATE_PARTS)]
        if not any(given):
            return None
        try:
            day = date(*(int(one) for one in given))
        except (ValueError, OverflowError):
            got = "/".join(one or "?" for one in reversed(given))
            raise BadInput("the day", [Fault("on", got, "a real date, as in 14 3 2026")]) from None
        return Happened(on=day, latest=True if self.beside["latest"] else None)

    def earlier(self) -> Part:
        """The question for that day."""
        value = {part: self.beside[f"on.{part}"] for part in DATE_PARTS}
        error = dict(self.faults).get("on.day", "")
        return Part("date", "on", "Day it happened", "", optional=False, value=value, error=error)


def filled(sent: Posted) -> Filling:
    """What a browser sent."""
    version = sent.text("version")
    sane = version.isascii() and version.isdigit() and len(version) <= _MOST_DIGITS
    return Filling(
        raw=kept(sent.pairs), version=int(version) if sane else 0, command=command_id(sent.text("command")),
        about=sent.text("about"), behalf=sent.text("for"), beside={key: sent.text(key).strip() for key in _BESIDE},
        grown=sent.text("more"),
    )  # fmt: skip
