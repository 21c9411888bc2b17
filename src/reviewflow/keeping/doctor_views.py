"""The views: tables as this release makes them, and rows as the log gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reviewflow.following.checking import check
from reviewflow.keeping.doctor_check import UNSEEN, Check
from reviewflow.keeping.doctor_patient import Patient
from reviewflow.keeping.known_views import every_view
from reviewflow.knowing import Folds, Knowing
from reviewflow.store.schema import SCHEMA
from reviewflow.views.addresses import keyed_by
from reviewflow.views.assembled import all_views
from reviewflow.workflow.definition import Definition


def layout(patient: Patient) -> Iterator[Check]:
    """Tables, columns, keys and indexes of every view."""
    if patient.version != SCHEMA:
        yield Check("views", "warning", f"{UNSEEN}the store is of another version")
        return
    well = []
    for view in every_view():
        wrong = patient.log.differences(view.tables)
        if wrong:
            found = "; ".join(f"{name}: {', '.join(faults)}" for name, faults in wrong.items())
            yield Check(f"view {view.name}", "fault", found, f"`reviewflow views rebuild {view.name}`")
        else:
            well.append(view.name)
    if well:
        yield Check("views", "ok", f"{', '.join(well)}: tables as this release makes them")


def rebuilt(patient: Patient) -> Iterator[Check]:
    """Every view filled again elsewhere and compared, while commands go on."""
    if not patient.vault.readable:
        yield Check("views rebuilt", "warning", f"{UNSEEN}the master key is not at hand")
        return
    views = all_views(_definitions(patient), keyed_by(patient.vault))
    for one in check(patient.store, views, tell=lambda told: patient.heard("views", told.done, told.of)):
        name, todo = f"view {one.view.name} rebuilt", f"`reviewflow views rebuild {one.view.name}`"
        if one.broken_at is not None:
            found = f"it cannot be filled from the log: broken at {one.broken_at}: {one.why}"
            yield Check(name, "fault", found, "see what is said of that record")
        elif one.difference is not None:
            yield Check(name, "fault", str(one.difference), todo)
        else:
            yield Check(name, "ok", f"every row is what the log gives, up to position {one.compared_at or 0:,}")


def _definitions(patient: Patient) -> Callable[[str], Definition]:
    folds = Folds()

    def find(digest: str) -> Definition:
        kept = folds.definitions.get(digest)
        if kept is not None:
            return kept
        with patient.store.snapshot() as snapshot:
            return Knowing(snapshot, folds, str).definition(digest)

    return find
