"""Everything that a supporter would ask for, looked at one by one; what is broken keeps nothing else from being told.

Nothing is changed. Each subject has a file of its own, `doctor_*.py`; it is a generator of checks that may fail at any
place: then that is what is told, and the next subject has its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewflow.errors import ReviewflowError, StoreUnreachable
from reviewflow.keeping.doctor_check import UNSEEN, Check
from reviewflow.keeping.doctor_patient import Patient, Unopened
from reviewflow.ports import Clock
from reviewflow.registry.permissions import OPERATOR
from reviewflow.registry.permissions import check as permitted
from reviewflow.settings import Settings

Checks = Callable[[Patient], Iterator[Check]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What belongs together; `deep` ones are looked at only when that is asked for."""

    name: str
    checks: Checks
    deep: bool = False


def examine(
    settings: Settings, clock: Clock, *, deep: bool = False, heard: Callable[[str, int, int], None] | None = None
) -> Iterator[Check]:
    """Every check, as it is done. `heard` is told what is being read, how far, of how much."""
    permitted("doctor", [OPERATOR])
    with Patient(settings, clock, deep=deep, heard=heard) as patient:
        for subject in _subjects():
            if deep or not subject.deep:
                yield from _each(subject, patient)


def _each(subject: Subject, patient: Patient) -> Iterator[Check]:
    try:
        yield from subject.checks(patient)
    except Unopened as error:
        # Why it cannot be opened is told once, where somebody tried first.
        if error.told:
            yield Check(subject.name, "warning", f"{UNSEEN}{error.what} cannot be opened")
        else:
            yield Check(subject.name, "fault", error.why, error.todo)
    except StoreUnreachable as error:
        yield Check(subject.name, "fault", f"{error.what}: {error.why}", error.remedy)
    except ReviewflowError as error:
        yield Check(subject.name, "fault", str(error))
    except Exception as error:  # noqa: BLE001 - a doctor who faints helps nobody
        found = f"could not be looked at: {type(error).__name__}: {error}"
        yield Check(subject.name, "fault", found, "please report this")


def _subjects() -> tuple[Subject, ...]:
    from reviewflow.keeping import (
        doctor_access,
        doctor_evidence,
        doctor_followers,
        doctor_keys,
        doctor_log,
        doctor_places,
        doctor_reading,
        doctor_settings,
        doctor_store,
        doctor_views,
    )

    return (
        Subject("settings", doctor_settings.settings),
        Subject("versions", doctor_settings.versions),
        Subject("store", doctor_store.reached),
        Subject("tables", doctor_store.tables),
        Subject("triggers", doctor_store.guards),
        Subject("durability", doctor_store.durability),
        Subject("pages", doctor_store.pages),
        Subject("records", doctor_log.records),
        Subject("clock", doctor_log.clock),
        Subject("moved", doctor_log.moved),
        Subject("workflows", doctor_log.workflows),
        Subject("views", doctor_views.layout),
        Subject("followers", doctor_followers.followers),
        Subject("effects", doctor_followers.effects),
        Subject("sign-in", doctor_access.tables),
        Subject("keys", doctor_keys.keys),
        Subject("keys of people", doctor_keys.people),
        Subject("forgotten", doctor_keys.forgotten),
        Subject("evidence", doctor_evidence.newest),
        Subject("places", doctor_places.modes),
        Subject("disk", doctor_places.room),
        Subject("events", doctor_reading.read_through, deep=True),
        Subject("views check", doctor_views.rebuilt, deep=True),
    )
