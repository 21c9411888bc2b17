"""Out of one store and into another: what both then say of each cycle, told the same way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kit.world import World
from reviewflow.calling import Called
from reviewflow.cycle.fold import fold
from reviewflow.events import Asked, Event, Recorded, Unsealed
from reviewflow.exchange import Format, open_rows, writer
from reviewflow.history.export import Exporting, columns, write
from reviewflow.history.native import Report, import_rows, is_native
from reviewflow.vault.texts import replace_texts
from reviewflow.workflow.parse import Parsed

NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def elsewhere(parsed: Parsed) -> World:
    """A store that has the workflow, a programme and a partnership, and nobody but its administrator."""
    world = World()
    world.clock.set("2027-06-01")
    world.install()
    world.publish(parsed)
    world.partnership("cluster")
    return world


def cycles_of(world: World) -> list[str]:
    with world.knowing() as known:
        return [stream.removeprefix("cycle-") for stream in known.touching("cycles")]


def exported(world: World, path: Path, form: Format, **how: Any) -> Path:
    """Every cycle of a world in one file."""
    with world.knowing() as known, writer(form, path, columns=columns()) as to:
        for one in cycles_of(world):
            cycle = known.cycle(one)
            records = known.cycle_records(one)
            definition = known.definition(cycle.digest)
            zone = known.programme(cycle.programme).time_zone
            write(to, form, Exporting(cycle, records, definition, Called(known, world.vault), zone=zone, **how).made())
    return path


def imported(world: World, path: Path, by: str = "ada", **how: Any) -> Report:
    with open_rows(path, unquoted=True) as rows:
        if rows.header:
            assert is_native(rows.header)
        return import_rows(rows, world.engine, asked(world, by), **how)


def asked(world: World, by: str = "ada") -> Asked:
    return world.asked(by, entered_by=Unsealed("somebody at the keyboard"))


def opened(world: World, cycle: str) -> list[Recorded]:
    """The events of a cycle with their texts, and with nothing that says where and by whom they were recorded."""
    with world.knowing() as known:
        return [
            Recorded(0, NEVER, one.stream, one.version, plain(world, known, one)) for one in known.cycle_records(cycle)
        ]


def plain(world: World, known: Any, one: Recorded) -> Event:
    event = replace_texts(one.event, lambda text, path: Unsealed(world.vault.open(text, one.stream, one.version, path)))
    update: dict[str, Any] = {"entered_by": "somebody", "door": "cli"}
    if hasattr(event, "subject"):
        update["programme"] = known.programme(event.programme).handle
        update["partnership"] = event.partnership and known.partnership(event.partnership).handle
        update["subject"] = known.organisation(event.subject).handle
    return event.model_copy(update=update)


def states(world: World, cycle: str) -> dict[Any, Any]:
    """The cycle now, and as of every day on which anything happened, the day before and the day after."""
    records = opened(world, cycle)
    days = sorted({day for one in records for day in (one.event.happened.on,)})
    by_day = {day: fold(records, as_of=day) for day in days}
    prefixes = {("known", n): fold(records[:n]) for n in range(1, len(records))}
    return {"now": fold(records), **by_day, **prefixes}
