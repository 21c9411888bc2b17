"""The log read from end to end, once for all who look at each record: events, sets, texts, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from reviewflow.cycle.events import EvidenceAdded
from reviewflow.errors import ImpossibleHistory, IntegrityBroken, ReviewflowError
from reviewflow.events import Event, Text
from reviewflow.keeping.doctor_check import UNSEEN, Check
from reviewflow.keeping.doctor_evidence import judged
from reviewflow.keeping.doctor_patient import Patient, Unopened
from reviewflow.keeping.tally import Tally
from reviewflow.ports import Forgotten, Record, Snapshot
from reviewflow.store.proving import first_gap
from reviewflow.store.recounting import Recount
from reviewflow.vault.texts import replace_texts
from reviewflow.vault.vault import KeyVault
from reviewflow.views.telling import Teller

BATCH = 1000
_LOST = "keep the store as it is, and restore a backup beside it"


def read_through(patient: Patient) -> Iterator[Check]:
    """Every record decodes, follows the one before it, and folds; sets, texts and files are what it says."""
    with ExitStack() as stack:
        reading = _Reading(patient, stack.enter_context(Recount()))
        # A snapshot a batch, for a long one holds up others; the last one also has what came meanwhile.
        with patient.store.snapshot() as snapshot:
            end = snapshot.position()
        while reading.position < end and not reading.broken:
            with patient.store.snapshot() as snapshot:
                reading.go_on(snapshot)
            patient.heard("records", reading.position, end)
        with patient.store.snapshot() as snapshot:
            while reading.position < snapshot.position() and not reading.broken:
                reading.go_on(snapshot)
            yield from reading.events(None if reading.broken else first_gap(snapshot.connection))
            yield from reading.sets(snapshot.connection)
        yield from reading.texts()
        yield from judged(patient, reading.files, "all files")


class _Reading:
    """What was read so far."""

    def __init__(self, patient: Patient, recount: Recount) -> None:
        self.position = 0
        self.broken: ReviewflowError | None = None
        self.files: list[tuple[int, str]] = []
        self._recount, self._tally, self._teller = recount, Tally(), Teller()
        self._vault = _vault(patient)
        self._opened: Counter[str] = Counter()
        self._unopened: list[str] = []

    def go_on(self, snapshot: Snapshot) -> None:
        """Take some more records."""
        records = snapshot.log(self.position, BATCH)
        try:
            self._tally.take(records)
            told = self._teller.tell(snapshot, records)
        except (IntegrityBroken, ImpossibleHistory) as error:
            self.broken = error
            return
        for one in told:
            self._look(*one)
        self.position = records[-1].position

    def _look(self, record: Record, event: Event, _: object) -> None:
        self._recount.add((key, record.stream) for key in dict.fromkeys(event.touches()))
        if isinstance(event, EvidenceAdded) and event.file_digest is not None:
            self.files.append((record.position, event.file_digest))
        if self._vault is not None:
            replace_texts(event, lambda text, path: self._open(text, record, path))

    def _open(self, text: Text, record: Record, path: str) -> Text:
        assert self._vault is not None
        try:
            self._vault.open(text, record.stream, record.version, path)
        except Forgotten:
            self._opened["removed"] += 1
        except ReviewflowError as error:
            self._unopened.append(f"position {record.position}: {error}")
        else:
            self._opened["opened"] += 1
        return text

    def events(self, gap: IntegrityBroken | None) -> Iterator[Check]:
        """Whether every record is an event that can follow what stands before it."""
        wrong = self.broken or gap
        if wrong is not None:
            yield Check("events", "fault", str(wrong), _LOST)
        else:
            told = f"{self.position:,} decode, follow one another, and fold; SHA-256 of all: {self._tally.digest}"
            yield Check("events", "ok", told)

    def sets(self, connection: Any) -> Iterator[Check]:
        """Whether the log counts its sets as the events touch them."""
        if self.broken:
            yield Check("sets", "warning", f"{UNSEEN}not every record could be read")
            return
        wrong = self._recount.differences(connection)
        if wrong:
            yield Check("sets", "fault", "; ".join(wrong), _LOST)
        else:
            yield Check("sets", "ok", "heads and touched are what the events say")

    def texts(self) -> Iterator[Check]:
        """Whether every sealed text opens, or was forgotten."""
        if self._vault is None:
            yield Check("texts", "warning", f"{UNSEEN}the keys or the master key are not at hand")
            return
        told = f"{self._opened['opened']:,} open, {self._opened['removed']:,} were forgotten"
        if self._unopened:
            found = f"{told}, {len(self._unopened):,} do not open; the first: {self._unopened[0]}"
            yield Check("texts", "fault", found, "restore the keys that belong to this store")
        else:
            yield Check("texts", "ok", told)


def _vault(patient: Patient) -> KeyVault | None:
    try:
        return patient.vault if patient.vault.readable else None
    except Unopened:
        return None
