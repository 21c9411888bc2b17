"""The difference of two moments of one cycle: what was, what is, which events make it so, and why they do.

`compare(a, b)` and `compare(b, a)` say the same with their sides exchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from reviewflow.audit.beside import Beside
from reviewflow.audit.comparable import ORDER, Fact, Key, concerns, facts_of, label
from reviewflow.audit.line import Line, counted, line_texts, untold
from reviewflow.audit.naming import Names
from reviewflow.audit.plain_text import for_terminal
from reviewflow.audit.replay import Moment, Replayed, replay
from reviewflow.audit.telling import Telling, sayings_of
from reviewflow.audit.words import CycleHistory
from reviewflow.cycle.events import MendingEvent
from reviewflow.cycle.seeing import Seeing
from reviewflow.events import Recorded
from reviewflow.workflow.definition import Definition

Side = Literal["before", "after"]
Why = Literal["happened", "known", "both", "undone", "corrected"]

WHY: Final[dict[Why, str]] = {
    "happened": "happened between the two days",
    "known": "became known between the two moments",
    "both": "happened, and became known, between the two",
    "undone": "was undone between the two moments",
    "corrected": "its day was corrected between the two moments",
}


class Difference(NamedTuple):
    """One fact that is not the same; None where there was none. `versions` are the events that make it so."""

    key: Key
    what: str
    before: str | None
    after: str | None
    versions: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.what}: {_shown(self.before)} -> {_shown(self.after)}"


class Between(NamedTuple):
    """An event that counts at one of the moments only, and why not at the other. `line` None: not to be told."""

    recorded: Recorded
    counts: Side
    why: Why
    line: Line | None


class Compared(NamedTuple):
    """The whole difference. `hidden` facts differ, or may differ, and are not shown to the viewer."""

    before: Replayed
    after: Replayed
    differences: tuple[Difference, ...]
    between: tuple[Between, ...]
    hidden: int

    @property
    def empty(self) -> bool:
        """Whether nothing at all is different, shown or not."""
        return not self.differences and not self.hidden

    @property
    def sentence(self) -> str:
        """The outcome in one sentence; also of no difference."""
        if self.before.cycle is None and self.after.cycle is None:
            return "no difference: the cycle was not open at either moment"
        if not self.empty:
            more = f", {self.hidden} more not shown to you" if self.hidden else ""
            return counted(len(self.differences), "difference") + more
        if not self.between:
            return "no difference: the same events count at both moments"
        events = counted(len(self.between), "event")
        return f"no difference: the cycle is the same, though not the same events count ({events} at one moment only)"

    def data(self) -> dict[str, Any]:
        """As JSON holds it; what may not be told is only counted."""
        return {
            "before": str(self.before.moment),
            "after": str(self.after.moment),
            "sentence": self.sentence,
            "differences": [d._asdict() for d in self.differences],
            "events": [{**b.line.data(), "counts": b.counts, "why": b.why} for b in self.between if b.line],
            "hidden": self.hidden,
            "untold": sum(1 for b in self.between if b.line is None),
        }


def compare(
    records: Sequence[Recorded], before: Moment, after: Moment, definition: Definition, names: Names, *,
    seeing: Seeing | None = None, zone: str = "UTC",
) -> Compared:  # fmt: skip
    """What differs between two moments of one cycle, from all events of its stream in order."""
    one, other = replay(records, before), replay(records, after)
    stream = records[0].stream if records else ""
    beside = Beside(records, definition)
    first, second = (
        facts_of(
            r.cycle,
            Telling(definition, names, stream, sayings_of(r.cycle) if r.cycle else (), seeing, zone, beside=beside),
        )
        for r in (one, other)
    )
    between = _between(records, one, other, CycleHistory(records, definition, names, seeing=seeing, zone=zone))
    words = Telling(definition, names, stream, (), seeing, zone)
    keys = sorted(first.keys() | second.keys(), key=lambda key: _place(key, definition))
    differing = [key for key in keys if _compared(first, key) != _compared(second, key)]
    concealed = {key for facts in (first, second) for key, fact in facts.items() if fact.hidden}
    # A field may be hidden as one side says it and not as the other: then it is hidden on both, with its rows.
    shown = [key for key in differing if not any(key[:n] in concealed for n in range(1, len(key) + 1))]
    told = [b for b in between if b.line is not None]
    differences = [
        Difference(key, label(key, words), _text(first, key), _text(second, key), _versions(told, key)) for key in shown
    ]
    return Compared(one, other, tuple(differences), tuple(between), len(concealed & set(differing)))


def compared_texts(compared: Compared, *, details: bool = False) -> list[str]:
    """The difference for a terminal: the facts, then the events and why they count at one moment only."""
    texts = [f"before: {compared.before.moment}", f"after:  {compared.after.moment}", compared.sentence]
    texts += [f"  {for_terminal(str(one))}  (by {_by(one.versions)})" for one in compared.differences]
    for between in compared.between:
        if between.line is not None:
            texts += line_texts(between.line, details=details)
            texts.append(f"          {WHY[between.why]}; counts only {between.counts}")
    missing = sum(1 for between in compared.between if between.line is None)
    return [*texts, untold(missing)] if missing else texts


def _shown(text: str | None) -> str:
    return "nothing" if text is None else text or "an empty text"


def _by(versions: tuple[int, ...]) -> str:
    return f"event {', '.join(map(str, versions))}" if versions else "events not shown to you"


def _between(records: Sequence[Recorded], one: Replayed, other: Replayed, history: CycleHistory) -> list[Between]:
    first, second = ({r.version for r in side.used} for side in (one, other))
    found = []
    for recorded in records:
        counts_first, counts_second = recorded.version in first, recorded.version in second
        if counts_first != counts_second:
            missing, there = (other, one) if counts_first else (one, other)
            side: Side = "before" if counts_first else "after"
            found.append(Between(recorded, side, _why(recorded, missing, there.moment), history.line(recorded)))
    return found


def _why(recorded: Recorded, missing: Replayed, counts_at: Moment) -> Why:
    """Why an event does not count at a moment."""
    moment = missing.moment
    if recorded in missing.undone:
        return "undone"
    if moment.knows(recorded):
        # The day asked about is the same, or the day it was first said to have happened lies within.
        told_otherwise = moment.as_of == counts_at.as_of or moment.holds(recorded)
        return "corrected" if told_otherwise and missing.cycle is not None else "happened"
    return "known" if moment.holds(recorded) or isinstance(recorded.event, MendingEvent) else "both"


def _versions(between: Sequence[Between], key: Key) -> tuple[int, ...]:
    return tuple(
        b.recorded.version
        for b in between
        if any(key[: len(start)] == start for start in concerns(b.recorded.event, b.recorded.version))
    )


def _compared(facts: dict[Key, Fact], key: Key) -> tuple[bool, object]:
    fact = facts.get(key)
    return fact is not None, fact.compared if fact else None


def _text(facts: dict[Key, Fact], key: Key) -> str | None:
    fact = facts.get(key)
    return fact.text if fact else None


def _place(key: Key, definition: Definition) -> tuple[int, int, int, Key]:
    """Rooms as people ask for them, steps and fields in the author's order; the rest by name."""
    room, *rest = key
    steps = ["opens", *definition.steps(), *definition.roles]
    step = rest[0] if rest else ""
    fields = list(definition.fields(step)) if room == "value" else []
    field = rest[2] if room == "value" else ""
    return (
        ORDER.index(room) if room in ORDER else len(ORDER),
        steps.index(step) if step in steps else len(steps),
        fields.index(field) if field in fields else len(fields),
        key,
    )
