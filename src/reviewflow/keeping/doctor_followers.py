"""Those who follow the log, how far behind they are, and what they could not send."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.following import effects as sending
from reviewflow.following.lag import Lag, lags
from reviewflow.keeping.doctor_check import Check
from reviewflow.keeping.doctor_patient import Patient
from reviewflow.keeping.known_views import following

MANY = 10_000
"""Records behind which somebody should look whether `reviewflow run` runs at all."""


def followers(patient: Patient) -> Iterator[Check]:
    """Every follower: where it is, and whether it is broken."""
    with patient.store.snapshot() as snapshot:
        found = lags(snapshot, [view.name for view in following()])
    for one in found:
        yield _follower(one)


def _follower(one: Lag) -> Check:
    name = f"follower {one.name}"
    where = f"at position {one.position:,}, {one.behind:,} behind"
    if one.broken_at is not None:
        todo = "`reviewflow views rebuild` for a view; else look at the record, and let it try again"
        return Check(name, "fault", f"{where}; broken at {one.broken_at}: {one.why}", todo)
    if not one.known:
        return Check(name, "warning", f"{where}; this release does not run it", "nothing, if it is not wanted any more")
    if one.behind > MANY:
        return Check(name, "warning", where, "see that `reviewflow run` runs")
    return Check(name, "ok", where)


def effects(patient: Patient) -> Iterator[Check]:
    """What is to be sent, and what was set aside."""
    with patient.store.reading() as connection:
        counted = sending.counted(connection)
    aside = counted.get("aside", 0)
    told = f"{counted.get('waiting', 0):,} waiting, {aside:,} set aside"
    if aside:
        yield Check("effects", "warning", told, "`reviewflow effects list` says why; then retry or drop them")
    else:
        yield Check("effects", "ok", told)
