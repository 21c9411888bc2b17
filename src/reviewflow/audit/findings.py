"""What rechecking found, in words: a decision that would not be met as now known, why not, since when that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from reviewflow.audit.line import acting_for
from reviewflow.audit.plain_text import for_terminal
from reviewflow.audit.words import CycleHistory
from reviewflow.cycle.rechecking import Finding
from reviewflow.cycle.seeing import HIDDEN


class FoundLine(NamedTuple):
    """One finding as a viewer is told of it; `day` and `known_since` are None where they may not see dates."""

    cycle: str
    version: int
    position: int
    topic: str
    what: str
    by: str
    role: str
    day: date | None
    of: str
    """The step, or the role, that has the requirement."""
    requirement: str
    sentence: str
    source: str | None
    person: str | None
    """Whose eligibility it is."""
    corrected_by: int | None
    known_since: datetime | None
    known_position: int | None
    """The record from which it has been known; None if it was not met even by what was known at the time."""
    known_topic: str | None
    judged: bool
    """False where it can no longer be judged: `sentence` says why."""

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return self._asdict()

    def texts(self) -> list[str]:
        """As lines for a terminal."""
        day = f"{self.day} " if self.day else ""
        texts = [
            f"{self.cycle}, event {self.version}: {day}{self.by} ({self.role}): {self.what}",
            f"    {self.requirement}: {self.sentence}" if self.requirement else f"    {self.sentence}",
            f"    {self._known}",
        ]
        if self.corrected_by is not None:
            texts.append(f"    judged as corrected by event {self.corrected_by}")
        return [for_terminal(text) for text in texts]

    @property
    def _known(self) -> str:
        if not self.judged:
            return "cannot be judged any more"
        if self.known_position is None:
            return "not met even by what was known then"
        since = f"{self.known_since.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.known_since else HIDDEN
        return f"known since {since}, record {self.known_position}"


def found_line(finding: Finding, history: CycleHistory, in_names: Callable[[str], str]) -> FoundLine | None:
    """One finding; None if it may not even be told that this was decided. `in_names` puts names for ids."""
    line = history.line(finding.decision)
    if line is None:
        return None
    dated, known, telling = line.happened is not None, finding.known, history.telling
    person = finding.asked.person
    return FoundLine(
        history.handle, line.version, line.position, line.topic, line.what, acting_for(line.by, line.on_behalf_of),
        line.role, finding.day if dated else None, finding.asked.of, finding.asked.requirement,
        in_names(finding.sentence), finding.source,
        telling.person(person, finding.decision.event.by) if person else None,
        finding.corrected,
        known.recorded_at if known and dated else None,
        known.position if known else None,
        known.event.topic if known else None,
        judged=not finding.unjudged,
    )  # fmt: skip


def found_texts(lines: Iterable[FoundLine]) -> list[str]:
    """Findings for a terminal."""
    return [text for line in lines for text in line.texts()]
