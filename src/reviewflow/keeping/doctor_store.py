"""The store's database: reached, of which version, its tables and triggers, what outlives a loss of power."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from reviewflow.keeping.doctor_check import UNSEEN, Check
from reviewflow.keeping.doctor_patient import Patient, Unopened
from reviewflow.store.schema import SCHEMA

_GUARD = "find out who took it away, look at everything (`doctor --deep`), then `reviewflow store upgrade` puts it back"
_KEEP = "keep the store as it is, and restore a backup beside it"


def reached(patient: Patient) -> Iterator[Check]:
    """Whether there is a database, whether it is a store, and whether it is one of this release."""
    server, found = patient.look.server(), patient.version
    what = patient.look.what.removeprefix("the store ")
    if found == SCHEMA:
        _ = patient.store
        yield Check("store", "ok", f"{what}, {server}, tables of version {found}")
        return
    with suppress(Unopened):  # why not is told here, and need not be told again
        _ = patient.store
    todo = "run `reviewflow store upgrade`" if found < SCHEMA else "use the release that made it, or a newer one"
    yield Check("store", "fault", f"{what}, {server}: tables of version {found}, want {SCHEMA}", todo)


def tables(patient: Patient) -> Iterator[Check]:
    """The tables of the log and of what belongs to it."""
    if patient.version != SCHEMA:
        yield Check("tables", "warning", f"{UNSEEN}the store is of another version")
        return
    wrong = patient.log.differences()
    for name, faults in wrong.items():
        yield Check(f"table {name}", "fault", "; ".join(faults), _KEEP)
    if not wrong:
        yield Check("tables", "ok", "those of the log are as this release makes them, with keys, indexes and checks")


def guards(patient: Patient) -> Iterator[Check]:
    """What refuses that a record is changed or removed."""
    wrong = patient.log.guards()
    for name in wrong:
        found = f"{name} is not there as it should be: records are not protected"
        yield Check(f"trigger {name}", "fault", found, _GUARD)
    if not wrong:
        yield Check("triggers", "ok", "records can be neither changed nor removed")


def durability(patient: Patient) -> Iterator[Check]:
    """Settings of the database, and what our role may do there."""
    look = patient.look
    for one in (*look.settings(), *(look.rights() if patient.version else ())):
        yield Check(one.name, one.verdict, one.found, "" if one.verdict == "ok" else f"want {one.want}")


def pages(patient: Patient) -> Iterator[Check]:
    """What the database finds wrong with itself."""
    faults = patient.look.damage(deep=patient.deep)
    for fault in faults:
        yield Check("pages", "fault", fault, _KEEP)
    if not faults:
        yield Check("pages", "ok", "the database finds nothing wrong with itself")
