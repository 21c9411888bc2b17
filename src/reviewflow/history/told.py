"""What becomes of each row of a source: exactly one of accepted, unchanged, already there, ignored, refused."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from reviewflow.apostrophe import with_apostrophe
from reviewflow.engine import Done
from reviewflow.errors import BadInput, Refused
from reviewflow.exchange.rows import Row

Outcome = Literal["accepted", "unchanged", "already", "ignored", "refused"]
Listener = Callable[[list[str]], object]
"""Hears the header, then each row that was not taken, in cells: place, case, reason, sentence, those of the source."""
PLACES: Final = 20
"""Places of refused rows that a report keeps for each reason; a file of the refused has them all."""
LATER: Final = (
    "later-rows-recorded",
    "it could be taken now, but later rows of its case are recorded, whose word it may overwrite; --retry takes it",
)
"""Why a row is left alone that no earlier import took, although it took later ones."""


class NotTaken(Exception):  # an answer, not an error: the row is refused and the import goes on
    """A row that cannot become a command: a code, and a sentence with got and want."""

    def __init__(self, code: str, sentence: str) -> None:
        """Both as a report tells them."""
        super().__init__(code, sentence)
        self.code, self.sentence = code, sentence


class Place(NamedTuple):
    """One row that was not taken."""

    place: str
    case: str
    sentence: str


@dataclass
class Reason:
    """Rows that were not taken for one reason."""

    count: int = 0
    places: list[Place] = field(default_factory=list)

    def add(self, place: Place) -> None:
        """One more; only the first are kept."""
        self.count += 1
        if len(self.places) < PLACES:
            self.places.append(place)


@dataclass
class Report:
    """What an import did, or would do."""

    mapping: str
    workflow: str
    form: str = ""
    dry_run: bool = False
    cases: int = 0
    rows: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    """Topic -> how many were recorded."""
    refused: dict[str, Reason] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)
    stopped: str | None = None
    """Where and why the reading ended before the end of the file."""

    @property
    def data(self) -> dict[str, Any]:
        """The report with keys that stay."""
        return {
            "mapping": self.mapping,
            "workflow": self.workflow,
            "format": self.form,
            "dry_run": self.dry_run,
            "cases": self.cases,
            "rows": self.rows,
            **{name: self.outcomes[name] for name in ("accepted", "unchanged", "already", "ignored", "refused")},
            "events": sum(self.events.values()),
            "events_by_topic": dict(sorted(self.events.items())),
            "ignored_because": self.ignored,
            "refused_because": {
                code: {"rows": reason.count, "places": [place._asdict() for place in reason.places]}
                for code, reason in sorted(self.refused.items(), key=lambda one: -one[1].count)
            },
            "stopped": self.stopped,
        }


@dataclass
class Fate:
    """What is heard of one row, until all of its commands are answered."""

    row: Row
    case: str
    topics: list[str] = field(default_factory=list)
    again: int = 0
    objection: tuple[str, str] | None = None
    ignored: str | None = None

    def hear(self, answer: Done | Refused | BadInput, *, tried: bool = False) -> None:
        """One answer of the engine; `tried` only, where later rows of the case are recorded."""
        if isinstance(answer, Done) and tried:
            if answer.events and self.objection is None:
                self.objection = LATER
        elif isinstance(answer, Done):
            if answer.repeated:
                self.again += 1
            else:
                self.topics += [one.event.topic for one in answer.events]
        elif self.objection is None:
            self.objection = _objection(answer)

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        if self.objection is not None:
            return "refused"
        if self.ignored is not None:
            return "ignored"
        if self.topics:
            return "accepted"
        return "already" if self.again else "unchanged"


def _objection(answer: Refused | BadInput) -> tuple[str, str]:
    if isinstance(answer, Refused):
        return answer.codes[0] if answer.codes else "refused", "; ".join(str(unmet) for unmet in answer.unmet)
    places = {fault.where for fault in answer.faults}
    sentence = "; ".join(str(fault) for fault in answer.faults)
    return ("not-opened", "its case was not opened") if places == {"cycle"} else ("bad-value", sentence)


class Refusals:
    """The file of all refused rows, as CSV, each with its cells; none if nobody asked for one."""

    def __init__(self, write: Any, header: tuple[str, ...]) -> None:
        """`header` are the columns of the source; without any, its cells stand as JSON in one column."""
        self._write, self._header = write, header
        if write is not None:
            write(["place", "case", "reason", "sentence", *(header or ("cells",))])

    def add(self, fate: Fate, code: str, sentence: str) -> None:
        """One more refused row."""
        if self._write is None:
            return
        cells = fate.row.cells
        own = [cells.get(name, "") for name in self._header] or [json.dumps(dict(cells), ensure_ascii=False)]
        self._write([with_apostrophe(text) for text in (fate.row.place, fate.case, code, sentence, *own)])


@contextmanager
def refusals_in(place: Path | Listener | None) -> Iterator[Any]:
    """What writes a row of the file of refusals; None without one."""
    if not isinstance(place, Path):
        yield place
        return
    with place.open("x", encoding="utf-8", newline="") as file:
        yield csv.writer(file).writerow


class Teller:
    """Adds up what became of the rows."""

    def __init__(self, report: Report, refusals: Refusals) -> None:
        """Both are added to."""
        self.report, self._refusals = report, refusals

    def tell(self, fate: Fate) -> None:
        """A row of which everything is known."""
        report = self.report
        outcome = fate.outcome
        report.outcomes[outcome] += 1
        report.events.update(fate.topics)
        if fate.ignored is not None and outcome == "ignored":
            report.ignored[fate.ignored] = report.ignored.get(fate.ignored, 0) + 1
        if fate.objection is not None:
            code, sentence = fate.objection
            if fate.topics:
                sentence = f"recorded {len(fate.topics)}, but: {sentence}"
            report.refused.setdefault(code, Reason()).add(Place(fate.row.place, fate.case, sentence))
            self._refusals.add(fate, code, sentence)
