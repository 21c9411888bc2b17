"""Evidence files: those of the newest records, or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewflow.cycle.events import EvidenceAdded
from reviewflow.errors import IntegrityBroken, StoreUnreachable
from reviewflow.events import decode
from reviewflow.keeping.doctor_check import Check
from reviewflow.keeping.doctor_patient import Patient

LOOKED_BACK = 2000
"""Records behind the last one in which the newest files are looked for."""
NEWEST = 20
_TODO = "restore it from a backup; the log says which file it was (`reviewflow audit log`)"


def newest(patient: Patient) -> Iterator[Check]:
    """The files that were added last: there, and with the digest by which they are called."""
    with patient.store.snapshot() as snapshot:
        records = snapshot.log(max(snapshot.position() - LOOKED_BACK, 0), LOOKED_BACK)
    found: list[tuple[int, str]] = []
    for record in reversed(records):
        if record.topic == EvidenceAdded.topic and len(found) < NEWEST:
            event = decode(record.topic, record.body, record.position)
            assert isinstance(event, EvidenceAdded)
            if event.file_digest is not None:
                found.append((record.position, event.file_digest))
    yield from judged(patient, found, "the newest files")


def judged(patient: Patient, files: Iterable[tuple[int, str]], which: str) -> Iterator[Check]:
    """Files by the position that added them and their digest: a check for each that is not well, else one for all."""
    seen, wrong = set(), False
    for position, digest in files:
        if digest in seen:
            continue
        seen.add(digest)
        try:
            patient.files.get(digest)
        except (IntegrityBroken, StoreUnreachable) as error:
            wrong = True
            why = error.why if isinstance(error, IntegrityBroken) else str(error)
            yield Check("evidence", "fault", f"of position {position}: {why}", _TODO)
    if not wrong:
        yield Check("evidence", "ok", f"{which} looked at ({len(seen):,}): there, and as they were")
