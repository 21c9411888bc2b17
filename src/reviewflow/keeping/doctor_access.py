"""What the log does not hold: passwords, sessions, links, tokens, drafts; and nothing of anybody who was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.access.rows.counting import count, count_of
from reviewflow.access.tables import TABLES
from reviewflow.keeping.doctor_check import UNSEEN, Check
from reviewflow.keeping.doctor_patient import Patient
from reviewflow.store.schema import SCHEMA


def tables(patient: Patient) -> Iterator[Check]:
    """The tables of access."""
    if patient.version != SCHEMA:
        yield Check("sign-in", "warning", f"{UNSEEN}the store is of another version")
        return
    wrong = patient.log.differences(TABLES)
    for name, faults in wrong.items():
        todo = (
            "restore a backup of the store, or copy it elsewhere (`reviewflow store copy`): people sign in anew there"
        )
        yield Check(f"table {name}", "fault", "; ".join(faults), todo)
    if not wrong:
        yield _rows(patient)


def _rows(patient: Patient) -> Check:
    with patient.store.snapshot() as snapshot:
        gone = [stream.removeprefix("person-") for stream in snapshot.touching("forgotten")]
        counted, left = count(snapshot.connection), count_of(snapshot.connection, gone)
    told = ", ".join(f"{number:,} {name}" for name, number in counted.items())
    if left:
        found = f"{told}; {left:,} of them of people who were forgotten: no one can read or use them"
        return Check(
            "sign-in", "warning", found, "see that `reviewflow run` or `reviewflow serve` runs: once a day they go"
        )
    return Check("sign-in", "ok", told)
