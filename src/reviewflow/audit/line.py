"""An event in words: data first, a sentence second. The doors show the texts; `--json` shows `Line.data()`.

Texts in a `Line` are as people wrote them; `texts` makes them safe for a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from reviewflow.audit.plain_text import for_terminal
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.events import Happened


class Detail(NamedTuple):
    """One thing said, with its label; `name` is the place in the event or form, as in `actions.a1`."""

    label: str
    value: str
    name: str = ""
    beside: tuple[Detail, ...] = ()
    """What stands beside it: notes, answers."""

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        found: dict[str, Any] = {"label": self.label, "value": self.value, "name": self.name}
        return {**found, "beside": [one.data() for one in self.beside]} if self.beside else found


class Waived(NamedTuple):
    """A requirement that was not asked: waived, never met. `otherwise` says what it would have asked."""

    requirement: str
    otherwise: str | None

    def __str__(self) -> str:
        return f"{self.requirement} ({self.otherwise})" if self.otherwise else self.requirement


class Line(NamedTuple):
    """One event in words. `recorded_at`, `happened` and `late` are None where the viewer may not see dates."""

    position: int
    version: int
    stream: str
    cycle: str | None
    """The handle of the cycle it belongs to."""
    topic: str
    recorded_at: datetime | None
    happened: Happened | None
    late: int | None
    """Days between: 0 if it was recorded on the day it happened."""
    by: str
    role: str
    on_behalf_of: str | None
    entered_by: str | None
    """Who was signed in, only where it was not `by`."""
    door: str
    cause: str | None
    """The command, for whoever may see all of this event."""
    batch: str | None
    what: str
    details: tuple[Detail, ...]
    met: tuple[str, ...]
    waived: tuple[Waived, ...]
    backdated: str | None
    """Why it was recorded later than the policy's limit."""
    hidden: bool
    """Whether something in it is not shown to the viewer."""
    corrected_by: int | None = None
    """The event (its version) that corrected it last."""
    undone_by: int | None = None
    """The event (its version) that says that it never happened."""
    beside: int | None = None
    """The event (its version) under which it is shown."""

    @property
    def sentence(self) -> str:
        """When, who in which role, what; then everything that a reader must not overlook."""
        when = f"{self.happened} " if self.happened else ""
        return "; ".join([f"{when}{self.who} ({self.role}): {self.what}", *self.remarks])

    @property
    def who(self) -> str:
        """Who acted, and for whom."""
        return acting_for(self.by, self.on_behalf_of)

    @property
    def remarks(self) -> list[str]:
        """What is out of the ordinary: late, entered by another, waived."""
        found = [later(self.late)] if self.late else []
        found += [f"reason: {self.backdated}"] if self.backdated else []
        found += [f"entered by {self.entered_by}"] if self.entered_by else []
        found += ["imported"] if self.door == "import" else []
        found += [f"corrected by event {self.corrected_by}"] if self.corrected_by else []
        found += [f"undone by event {self.undone_by}: it never happened"] if self.undone_by else []
        return found + [f"waived: {one.requirement}" for one in self.waived]

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        happened = self.happened.model_dump(mode="json", exclude_none=True) if self.happened else None
        return {
            **self._asdict(),
            "recorded_at": self.recorded_at.isoformat() if self.recorded_at else None,
            "happened": happened,
            "details": [detail.data() for detail in self.details],
            "met": list(self.met),
            "waived": [one._asdict() for one in self.waived],
            "sentence": self.sentence,
        }


class Told(NamedTuple):
    """Lines, and how many events stand between them that may not even be told to the viewer."""

    lines: tuple[Line, ...]
    untold: int = 0

    def below(self) -> dict[int | None, list[Line]]:
        """The lines shown under each event, in the order of recording; under None those that stand for themselves."""
        told = {line.version for line in self.lines}
        found: dict[int | None, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.beside if line.beside in told else None, []).append(line)
        return found

    def threads(self) -> list[dict[str, Any]]:
        """As JSON holds it, each line with what stands beside it."""
        below = self.below()

        def data(line: Line) -> dict[str, Any]:
            return {**line.data(), "replies": [data(one) for one in below.get(line.version, ())]}

        return [data(line) for line in below.get(None, ())]


def acting_for(by: str, absent: str | None) -> str:
    """As in "Ben Example for Ada Example": who acted, and in whose name."""
    return f"{by} for {absent}" if absent else by


def later(days: int) -> str:
    """How late something was recorded."""
    return f"recorded {counted(days, 'day')} later"


def untold(number: int) -> str:
    """How many events are left out."""
    return f"{counted(number, 'event')} not shown to you"


def counted(number: int, what: str) -> str:
    """As in 1 day, 2 days."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def detail_texts(details: Iterable[Detail], indent: str = "    ") -> list[str]:
    """Details as lines for a terminal; a value of several lines stands below its label."""
    texts = []
    for label, value, _, beside in details:
        head = f"{indent}{for_terminal(label)}: "
        first, *rest = for_terminal(value, lines=True).split("\n")
        if rest:
            texts += [head.rstrip(), *(f"{indent}    {one}".rstrip() for one in (first, *rest))]
        else:
            texts.append(f"{head}{first}")
        texts += detail_texts(beside, f"{indent}    ")
    return texts


def line_texts(line: Line, *, details: bool = True, in_log: bool = False) -> list[str]:
    """One event for a terminal: its number and sentence, then its details.

    The number is the version; in the log it is the position, and a cycle is named with the version within it.
    """
    cycle = f"{line.cycle}, event {line.version}: " if line.cycle else ""
    number = f"{line.position:>6}  {cycle}"
    texts = [for_terminal((number if in_log else f"{line.version:>6}  ") + line.sentence)]
    if details:
        texts += detail_texts(line.details, " " * 10)
        texts += detail_texts((Detail("Waived, not met", str(one)) for one in line.waived), " " * 10)
        texts += detail_texts([Detail("Requirements met", ", ".join(line.met))] if line.met else [], " " * 10)
    return texts


def told_texts(told: Told, *, details: bool = True, in_log: bool = False) -> list[str]:
    """A history for a terminal; `in_log` for any part of the log."""
    texts = [text for line in told.lines for text in line_texts(line, details=details, in_log=in_log)]
    return [*texts, untold(told.untold)] if told.untold else texts


def thread_texts(told: Told) -> list[str]:
    """The history of one cycle for a terminal: notes and answers indented, directly beneath what they stand beside."""
    below = told.below()

    def texts(lines: Iterable[Line], indent: str) -> Iterator[str]:
        for line in lines:
            yield from (f"{indent}{text}" for text in line_texts(line))
            yield from texts(below.get(line.version, ()), f"{indent}    ")

    found = list(texts(below.get(None, ()), ""))
    return [*found, untold(told.untold)] if told.untold else found


def shown(values: Sequence[str]) -> str:
    """Several values in one text, those that are hidden told once."""
    seen = [value for value in values if value != HIDDEN]
    return ", ".join([*seen, HIDDEN] if len(seen) < len(values) else seen)
