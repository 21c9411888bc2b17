"""The decision about many rows at once: each is decided like its own command, after the rows before it.

Memberships first, then people, roles and training, so that a row may speak of what another sheet brings.
Nothing is recorded unless every row may be; what is wrong with any is told with its cell.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reviewflow.errors import BadInput, Fault, Refused, ReviewflowError, Unmet
from reviewflow.registry.bulk import Bulk
from reviewflow.registry.bulk_names import FOLLOWS
from reviewflow.registry.bulk_rows import FIELDS, Became, decide_row
from reviewflow.registry.commands import ImportPeople
from reviewflow.registry.decided import Decided, Noted
from reviewflow.registry.known import Known
from reviewflow.registry.people_sheet import MembershipRow, PersonRow, RoleRow, Row, TrainingRow

_ORDER: Final[tuple[type[Row], ...]] = (MembershipRow, PersonRow, RoleRow, TrainingRow)


def import_people(command: ImportPeople, known: Known) -> Decided:
    """What comes of every row."""
    bulk = Bulk(command, known)
    noted: dict[int, Noted] = {}
    faults: list[tuple[int, Fault]] = []
    refused: list[tuple[int, Unmet]] = []
    for kind in _ORDER:
        for number, row in enumerate(command.rows):
            if not isinstance(row, kind):
                continue
            try:
                became = decide_row(bulk, row)
            except BadInput as error:
                found = [Fault(row.place.cell(FIELDS.get(f.where, f.where)), f.got, f.want) for f in error.faults]
                faults += [(number, fault) for fault in found]
                became = Became("refused", "", "; ".join(f"{f.got}: {f.want}" for f in found))
            except Refused as error:
                # The row that is to blame tells what is wrong; those that only follow from it are not told again.
                told = [u for u in error.unmet if u.code != FOLLOWS]
                refused += [(number, replace(u, sentence=f"{row.place}: {u.sentence}")) for u in told]
                became = Became("refused", "", "; ".join(u.sentence for u in error.unmet))
            if became.outcome == "refused" and isinstance(row, PersonRow):
                bulk.spoiled |= {row.email.casefold(), row.id.casefold()} - {""}
            noted[number] = Noted(row.place.row, *became, row.place.sheet)
    in_order = tuple(noted[number] for number in sorted(noted))
    return Decided(bulk.events, in_order, _stopped(command, faults, refused))


def _stopped(
    command: ImportPeople, faults: list[tuple[int, Fault]], refused: list[tuple[int, Unmet]]
) -> ReviewflowError | None:
    """Everything that is wrong, in the order of the file."""
    if faults or command.faults:
        told = [*faults, *((number, Fault("", "", str(unmet))) for number, unmet in refused)]
        return BadInput(command.cause, [*command.faults, *(fault for _, fault in sorted(told, key=lambda t: t[0]))])
    if refused:
        return Refused(command.cause, [unmet for _, unmet in sorted(refused, key=lambda t: t[0])])
    return None
