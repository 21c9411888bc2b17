"""The log without reading it through: counts, the clock, whether it was moved, the workflows it published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reviewflow.errors import ReviewflowError
from reviewflow.events import decode
from reviewflow.keeping.doctor_check import Check
from reviewflow.keeping.doctor_patient import Patient
from reviewflow.registry.events import WorkflowPublished
from reviewflow.store.moved import moved_to
from reviewflow.workflow.digest import load

_A_LITTLE = timedelta(seconds=1)
_LOST = "records are gone or were slipped in: keep the store as it is, and restore a backup beside it"


def records(patient: Patient) -> Iterator[Check]:
    """Positions are 1, 2, 3, ...: as many as the last one says."""
    number, last = patient.log.count()
    if number == last:
        yield Check("records", "ok", f"{number:,} records, the last at position {last:,}")
    else:
        yield Check("records", "fault", f"{number:,} records, but the last has position {last:,}", _LOST)


def clock(patient: Patient) -> Iterator[Check]:
    """A clock that is behind: what is recorded now gets the moment of the last record."""
    with patient.store.snapshot() as snapshot:
        last = snapshot.log(snapshot.position() - 1, 1) if snapshot.position() else []
    now = patient.clock.now()
    if last and last[0].recorded_at - now > _A_LITTLE:
        found = f"it is {now:%Y-%m-%d %H:%M:%S}Z here, the last record is of {last[0].recorded_at:%Y-%m-%d %H:%M:%S}Z"
        todo = "set this machine's clock; until then everything is recorded at the moment of that record"
        yield Check("clock", "warning", found, todo)
    else:
        yield Check("clock", "ok", f"{now:%Y-%m-%d %H:%M:%S}Z, not behind the last record")


def moved(patient: Patient) -> Iterator[Check]:
    """Whether the store was moved elsewhere, and takes no writes."""
    with patient.store.reading() as connection:
        mark = moved_to(connection)
    if mark is None:
        yield Check("moved", "ok", "it was not moved elsewhere")
    else:
        found = f"it was moved to {mark.to} on {mark.at:%Y-%m-%d} and records nothing any more"
        yield Check("moved", "fault", found, "set REVIEWFLOW_STORE to where it is now")


def workflows(patient: Patient) -> Iterator[Check]:
    """Every definition that was ever published still loads, and has the digest it was published with."""
    number, wrong = 0, False
    with patient.store.snapshot() as snapshot:
        for stream in snapshot.touching("workflows"):
            for record in snapshot.stream(stream):
                event = decode(record.topic, record.body, record.position)
                if not isinstance(event, WorkflowPublished):
                    continue
                number += 1
                name = f"workflow {event.workflow}"
                try:
                    load(event.document, event.digest)
                except ReviewflowError as error:
                    wrong = True
                    yield Check(name, "fault", f"edition {event.edition} does not load: {error}", "please report this")
    if not wrong:
        yield Check("workflows", "ok", f"{number} published, all load")
