"""Events being corrected on one page: for each its day, what it is about, its form; filled, read back, put in place.

The inputs of the first event have their own names; those of another begin with `eNUMBER.`, as in `e13.on.day`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Final

from reviewflow.asking.correctable import Correctable
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Happened
from reviewflow.web.forms.asked import Around, Part, parts
from reviewflow.web.forms.earlier import day_of, day_part
from reviewflow.web.forms.entered import DATE_PARTS, Entered, entered, kept
from reviewflow.web.forms.filled import changed, filled
from reviewflow.web.forms.filling import input_of
from reviewflow.web.forms.wrong import Faults, placed
from reviewflow.workflow.definition import Definition

_OF_ANOTHER: Final = re.compile(r"e\d{1,9}\.")
_EVENT: Final = re.compile(r"event (\d{1,9})\b(?:: )?")

Pairs = Sequence[tuple[str, object]]


@dataclass
class Corrected:
    """One event with what was entered for it."""

    event: Correctable
    begin: str
    """What the names of its inputs begin with."""
    raw: dict[str, list[str]]
    on: dict[str, str]
    at: str = ""
    latest: bool = False
    about: str = ""
    seen: int = 0
    """The last correction of the event when the page was opened."""
    found: Entered = field(default_factory=lambda: Entered({}, {}))
    faults: Faults = field(default_factory=list)

    @classmethod
    def begun(cls, definition: Definition, event: Correctable, begin: str = "") -> Corrected:
        """As the event stands now."""
        happened = event.happened
        boxes = (happened.on.day, happened.on.month, happened.on.year) if event.dated else ("", "", "")
        hour = happened.at.isoformat("minutes") if happened.at and event.dated else ""
        return cls(
            event, begin, filled(definition, event.fields, event.values),
            dict(zip(DATE_PARTS, map(str, boxes), strict=True)), hour, bool(happened.latest and event.dated),
            event.about or "", event.corrected_by,
        )  # fmt: skip

    @classmethod
    def sent(cls, definition: Definition, event: Correctable, begin: str, pairs: Pairs) -> Corrected:
        """As a browser sent it; an event that was only just added, as it stands."""
        own = [(name.removeprefix(begin), text) for name, text in pairs if _is_of(name, begin)]
        texts = {name: text for name, text in own if isinstance(text, str)}
        if begin and "seen" not in texts:
            return cls.begun(definition, event, begin)
        seen = texts.get("seen", "")
        return cls(
            event, begin, kept(own), {part: texts.get(f"on.{part}", "").strip() for part in DATE_PARTS},
            texts.get("at", "").strip(), bool(texts.get("latest")), texts.get("about", ""),
            int(seen) if re.fullmatch(r"\d{1,9}", seen, re.ASCII) else 0,
        )  # fmt: skip

    def says(self, definition: Definition) -> dict[str, Any]:
        """What is said otherwise, as `asking.mending.corrections` takes it; faults are noted."""
        event = self.event
        if self.seen != event.corrected_by:
            self.seen = event.corrected_by
            called = f"event {event.version}" if self.begin else "this event"
            self.faults.append(("", f"Somebody corrected {called} since you opened the page: look again"))
        before = self._entered(definition, filled(definition, event.fields, event.values))
        self.found = self._entered(definition, self.raw)
        said: dict[str, Any] = {}
        if values := changed(definition, event.fields, before.values, self.found.values):
            said["values"] = values
        if self.about and self.about != event.about:
            said["about"] = self.about
        try:
            moment = self._moment()
        except BadInput as error:
            self.faults += placed(error.faults, self.input_of)
            return said
        if moment is not None and moment != event.happened:
            said |= {"by" if moment.latest else "on": moment.on.isoformat()}
            said |= {"at": moment.at.isoformat("minutes")} if moment.at else {}
        return said

    def input_of(self, where: str) -> str:
        """The input of this event that a fault is about; the first one where it is about none."""
        return f"{self.begin}{input_of(where, self.found) or 'on.day'}"

    def parts(self, definition: Definition, around: Around, grown: str) -> list[Part]:
        """The questions of its form, of those fields that may be seen; each row keeps its id."""
        if not self.event.step:
            return []
        inner = grown.removeprefix(self.begin) if _is_of(grown, self.begin) else ""
        asked = parts(definition, self.event.step, self.raw, around, self._errors(), inner)
        shown = [part for part in asked if part.name.partition(".")[2] in self.event.fields]
        return [
            _under(part._replace(ids=_ids(part, self.raw)) if part.kind == "rows" else part, self.begin)
            for part in shown
        ]

    def day(self) -> Part:
        """The question for its day."""
        return _under(day_part("on", "Day it happened", self.on, self._errors()), self.begin)

    def error(self, name: str) -> str:
        """What is wrong with one of its inputs that is no part of its form."""
        return self._errors().get(name, "")

    def _errors(self) -> Mapping[str, str]:
        mine = [(at.removeprefix(self.begin), text) for at, text in self.faults if at]
        return dict(reversed(mine))

    def _entered(self, definition: Definition, raw: Mapping[str, list[str]]) -> Entered:
        event = self.event
        found = entered(definition, event.step, raw) if event.step else Entered({}, {})
        return Entered({name: value for name, value in found.values.items() if name in event.fields}, found.inputs)

    def _moment(self) -> Happened | None:
        """The day and the time that were entered; None where none was, of an event whose day is not shown."""
        day = day_of(self.on, "on")
        if day is None and not self.event.dated and not self.at:
            return None
        if day is None:
            raise BadInput("the day", [Fault("on", "", "the day it happened")])
        if not self.at:
            return Happened(on=day, latest=self.latest or None)
        try:
            hour = time.fromisoformat(self.at)
        except ValueError:
            raise BadInput("the time", [Fault("at", self.at, "expected a time of day, as in 14:30")]) from None
        return Happened(on=day, at=hour.replace(second=0, microsecond=0, tzinfo=None), latest=self.latest or None)


def blamed(events: Sequence[Corrected], where: str) -> tuple[Corrected, str]:
    """Which event a fault of the engine is about, as in `event 12: on`, and the place in it."""
    found = _EVENT.match(where)
    version = int(found[1]) if found else 0
    one = next((each for each in events if each.event.version == version), events[0])
    return one, where[found.end() :] if found else where


def events_named(sentence: str) -> list[int]:
    """The events that a sentence of the engine is about, as in `event 13 could not stand`."""
    return [int(one[1]) for one in _EVENT.finditer(sentence)]


def _is_of(name: str, begin: str) -> bool:
    return name.startswith(begin) if begin else not _OF_ANOTHER.match(name)


def _under(part: Part, begin: str) -> Part:
    """The same question with the names of another event's inputs."""
    if not begin:
        return part
    inner = [[_under(cell, begin) for cell in row] for row in part.parts]
    return part._replace(name=f"{begin}{part.name}", parts=inner)


def _ids(part: Part, raw: Mapping[str, list[str]]) -> list[str]:
    return [(raw.get(f"{part.name}.{number}.id") or [""])[-1] for number in range(1, len(part.parts) + 1)]
