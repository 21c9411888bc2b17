"""Many commands in one transaction against one by one, on a plain workflow, in one run; both are our own engine.

Whole cycles of five events, one after another, as an import brings them, entered by somebody who is registered.
Once recent, with a text in every tenth cycle; once years back, so that the reason is sealed in every event.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.commands import speed
from bench.places import COUNTY, Clock, found, opened, settings_for
from bench.table import Row, Size, Table
from bench.turns import Job, Side, in_turn, middle_half
from reviewflow.cycle.commands import OpenCycles, TakeStep
from reviewflow.engine import Done
from reviewflow.events import Asked, Command, Door, Happened, identify
from reviewflow.registry import commands as reg

A_BATCH, SUBJECTS = 500, 50
PLAIN = Path(__file__).with_name("plain.yaml")
FIRST = date(2015, 1, 1)
NOW = datetime(2026, 9, 7, 12, tzinfo=UTC)
STEPS = ("start", "remind", "answer", "accept")
DOES = "permission, facts, form, reads checked, event, views for every command; each answered for itself"


class Counts(NamedTuple):
    """How much is timed: commands one by one, and batches, a round."""

    rounds: int
    alone: int
    batches: int


COUNTS = {"tiny": Counts(1, 5, 1), "quick": Counts(9, 100, 1), "full": Counts(41, 100, 1)}


def run(size: Size, _store: Path | None = None) -> Table:
    """The table."""
    counts, rows = COUNTS[size], list[Row]()
    for backdated, kind in ((False, "hardly any text"), (True, "a reason sealed in every event")):
        with tempfile.TemporaryDirectory() as name:
            sides = {}
            for side, many in (("alone", 1), ("together", A_BATCH)):
                folder = Path(name) / side
                folder.mkdir()
                prepare(folder)
                given = {"folder": str(folder), "backdated": backdated, "many": many}
                sides[side] = Side("bench.batches:cycles", given)
            things = {"alone": counts.alone, "together": counts.batches}
            rates = in_turn(sides, counts.rounds, things, apart=size != "tiny")
        each = {"alone": 1, "together": A_BATCH}
        rates = rates._replace(rounds={s: [one * each[s] for one in found] for s, found in rates.rounds.items()})
        processor = {s: [each[s] / one for one in found] for s, found in rates.processor.items()}
        mark = "sealed-" if backdated else ""
        for side, what in (("alone", "one by one"), ("together", f"in batches of {A_BATCH}")):
            rows.append(speed(rates, side, f"{what}, {kind}, events", DOES)._replace(key=f"{mark}{side}"))
            value, spread = median(processor[side]), middle_half(processor[side])
            label = f"{what}, {kind}, events a second of processor"
            rows.append(Row(f"{mark}{side}-processor", label, value, "/s", spread))
        ratios = [b / a for a, b in zip(processor["alone"], processor["together"], strict=True)]
        what = f"in batches against one by one, {kind}, by processor"
        rows.append(Row(f"{mark}together-alone", what, median(ratios), " x", middle_half(ratios)))
    return Table(
        "batches", "Many commands in one transaction", rows, "SQLite in WAL mode with `synchronous=FULL`; one process."
    )


def prepare(folder: Path) -> None:
    """A store with the workflow, its two people, and what is reviewed."""
    clock = Clock(NOW)

    def asked(command_id: str) -> Asked:
        return Asked(id=command_id, at=clock.now(), by=COUNTY.administrator, entered_by=COUNTY.administrator)

    with opened(found(folder, None, PLAIN), clock) as engine:
        for name, role in (("edith", "editor"), ("alma", "assistant")):
            engine.handle(reg.RegisterPerson(asked=asked(name), person_name=name.title()))
            given = reg.GiveRole(
                asked=asked(role), person=identify(name), held=role, held_in=COUNTY.programme,
                held_in_kind="programme", since=FIRST,
            )  # fmt: skip
            engine.handle(given)
        for n in range(SUBJECTS):
            paper = f"paper-{n}"
            engine.handle(reg.RegisterOrganisation(asked=asked(paper), organisation_name=paper, handle=paper))


@contextmanager
def cycles(folder: str, client: int, *, backdated: bool, many: int) -> Iterator[Job]:
    """The next command, or the next `many` at once."""
    del client
    coming = whole_cycles(backdated=backdated)
    with opened(settings_for(Path(folder)), Clock(NOW)) as engine:

        def alone(_: int) -> None:
            engine.handle(next(coming))

        def together(_: int) -> None:
            answers = engine.handle_all(list(islice(coming, many)))
            assert all(isinstance(answer, Done) for answer in answers), answers

        yield alone if many == 1 else together


def whole_cycles(*, backdated: bool) -> Iterator[Command]:
    """Cycles without end: opened, started, a reminder, answered, accepted."""
    editor, operator = identify("edith"), COUNTY.administrator
    reason = "Brought in from the old register" if backdated else None
    door: Door = "cli" if backdated else "import"  # an import says why once, and not in every event
    for number in count():
        day = FIRST + timedelta(days=number % 3000) if backdated else NOW.date() - timedelta(days=len(STEPS))
        opening, *steps = (
            Asked(
                id=f"{number}-{place}-{backdated}", at=NOW, by=editor, entered_by=operator, door=door,
                happened=Happened(on=day + timedelta(days=place)), reason=reason, batch="bench",
            )
            for place in range(len(STEPS) + 1)
        )  # fmt: skip
        subject = identify(f"paper-{number % SUBJECTS}")
        yield OpenCycles(
            asked=opening, workflow="plain-review", programme=COUNTY.programme, subjects=(subject,), year=str(day.year)
        )
        for asked, step in zip(steps, STEPS, strict=True):
            values = {"reason": "A sound piece of work."} if step == "accept" and number % 10 == 0 else {}
            yield TakeStep(asked=asked, cycle=identify(opening.id), step=step, values=values)
