"""Small forms that are ours, not a workflow's: their questions, filled with what was entered, and what was entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from reviewflow.errors import BadInput, Fault
from reviewflow.web.forms.asked import FEW, Choice, Part
from reviewflow.web.forms.earlier import day_of as day_in
from reviewflow.web.forms.earlier import entered_day
from reviewflow.web.forms.entered import DATE_PARTS
from reviewflow.web.forms.wrong import Faults
from reviewflow.web.visiting import Posted

__all__ = ["Faults", "Small", "day_of", "needed", "needed_day"]


class Small(NamedTuple):
    """Makes the questions of one form. `sent` is what was entered last, empty at first."""

    sent: Posted = Posted(())
    faults: Sequence[tuple[str, str]] = ()

    def text(self, name: str, label: str, hint: str = "", *, optional: bool = False, value: str = "") -> Part:
        """A line of text; `value` is there at first."""
        return self._part("text", name, label, hint, optional=optional, value=value)

    def long_text(self, name: str, label: str, hint: str = "", *, optional: bool = False) -> Part:
        """Several lines."""
        return self._part("long_text", name, label, hint, optional=optional)

    def day(self, name: str, label: str, hint: str = "", *, optional: bool = False) -> Part:
        """A day, entered as three numbers."""
        given = {one: self.sent.text(f"{name}.{one}").strip() for one in DATE_PARTS}
        part = self._part("date", name, label, hint, optional=optional)
        return part._replace(value=given, error=part.error or self._fault(f"{name}.day"))

    def one_of(
        self, name: str, label: str, choices: Sequence[tuple[str, str]], hint: str = "", *, optional: bool = False,
        value: str = "",
    ) -> Part:  # fmt: skip
        """One of a few values, each with what it is called."""
        kind = "one_of" if len(choices) <= FEW // 2 and not optional else "one_of_many"
        part = self._part(kind, name, label, hint, optional=optional, value=value)
        return part._replace(choices=[Choice(*one) for one in choices])

    def _part(self, kind: str, name: str, label: str, hint: str, *, optional: bool, value: str = "") -> Part:
        given = self.sent.text(name) if self.sent.pairs else value
        return Part(kind, name, label, hint, optional, given, error=self._fault(name))

    def _fault(self, name: str) -> str:
        return next((text for at, text in self.faults if at == name), "")


def day_of(sent: Posted, name: str) -> date | None:
    """The day that was entered; None for none. `BadInput` for what is no day."""
    return day_in(entered_day(sent, name), f"{name}.day")


def needed(sent: Posted, **wanted: str) -> dict[str, str]:
    """Texts that must be given, by the names of their inputs; `BadInput` says of each that is missing what to enter."""
    given = {name: sent.text(name).strip() for name in wanted}
    missing = [Fault(name, "", wanted[name]) for name, text in given.items() if not text]
    if missing:
        raise BadInput("the form", missing)
    return given


def needed_day(sent: Posted, name: str, want: str) -> date:
    """A day that must be given."""
    found = day_of(sent, name)
    if found is None:
        raise BadInput("the form", [Fault(f"{name}.day", "", want)])
    return found
