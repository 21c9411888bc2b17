"""What others did in a cycle since a page was opened: enough to look again before going on."""

from __future__ import annotations

from reviewflow.asking.cycle_show import history_of
from reviewflow.asking.one_cycle import OneCycle
from reviewflow.cycle import events as ev
from reviewflow.events import Event


def moved_since(one: OneCycle, version: int, step: str) -> list[str]:
    """In words, what happened after a version that matters to whoever is about to take `step`; newest last.

    What moves the cycle or mends its past matters, and what was done to this very step. Evidence and notes do not.
    """
    if not 0 < version < one.cycle.version:
        return []
    since = [
        record for record in one.records
        if record.version > version and record.event.by != one.question.viewer and _matters(record.event, step)
    ]  # fmt: skip
    return [f"{line.who}: {line.what}" for line in history_of(one).tell(since).lines] if since else []


def _matters(event: Event, step: str) -> bool:
    match event:
        case ev.TransitionTaken() | ev.MendingEvent():
            return True
        case ev.ActRecorded() | ev.AgreementGiven():
            return event.step == step
    return False
