"""Bringing in organisations from a register: what became of each row, in counts and where it matters one by one."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NamedTuple

from reviewflow.errors import Fault
from reviewflow.events import Asked
from reviewflow.knowing import Knowing
from reviewflow.registry.commands import ImportOrganisations, LinkOrganisations
from reviewflow.registry.decide import explain
from reviewflow.registry.decided import Noted
from reviewflow.registry.links import LinkReading
from reviewflow.registry.registers import Reading

_USUAL: Final = frozenset({"registered", "unchanged", "changed"})
"""Outcomes that are counted only; the others are told row by row."""


class Looked(NamedTuple):
    """What an import would do."""

    command: ImportOrganisations | LinkOrganisations
    noted: tuple[Noted, ...]
    report: dict[str, Any]


def look(known: Knowing, asked: Asked, reading: Reading) -> Looked:
    """A register, decided in thought."""
    command = ImportOrganisations(asked=asked, rows=reading.rows)
    noted = explain(command, known).noted
    return Looked(command, noted, report(reading.format, reading.total, noted, reading.faults))


def look_at_links(known: Knowing, asked: Asked, reading: LinkReading) -> Looked:
    """What its organisations became, decided in thought."""
    command = LinkOrganisations(asked=asked, links=reading.rows)
    noted = explain(command, known).noted
    return Looked(command, noted, report("links", reading.total, noted, reading.faults))


def report(format_: str, total: int, noted: tuple[Noted, ...], faults: tuple[Fault, ...]) -> dict[str, Any]:
    """All of it as data."""
    return {
        "format": format_,
        "rows": total,
        "outcomes": dict(sorted(Counter(one.outcome for one in noted).items())),
        "skipped": len(faults),
        "changed_fields": dict(Counter(c.field for one in noted for c in one.changes).most_common()),
        "changes": [
            {"row": one.row, "organisation": one.what, "field": c.field, "from": c.before, "to": c.after}
            for one in noted
            for c in one.changes
        ],
        "noted": [
            {"row": one.row, "outcome": one.outcome, "what": one.what, "reason": one.reason}
            for one in noted
            if one.outcome not in _USUAL
        ],
        "faults": [{"where": f.where, "got": f.got, "want": f.want} for f in faults],
    }
