"""A whole command on SQLite against raw sqlite3 and against eventsourcing's stock load and save, in turn."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.ours import prepare
from bench.table import Row, Size, Table, at_least
from bench.turns import Rates, Side, in_turn, middle_half

OURS = (
    "permission, facts folded, a rule, the form, a text sealed, what was read checked, one event, all synchronous"
    " views; commit waited for"
)
RAW = "one INSERT of as many bytes, the same unique keys, commit waited for; nothing else"
STOCK = "loads an aggregate of ten events, triggers one, saves, commit waited for; no rules, sealing, views, read check"

SLOW_DISK = (
    "The slower a disk syncs, the more all sides wait alike, and the kinder a ratio is to whoever works more. Processor"
    " time does not depend on the disk."
)
NAMES = {"ours": "ours", "raw": "raw sqlite3", "stock": "eventsourcing stock"}


class Counts(NamedTuple):
    """How much is timed."""

    rounds: int
    things: int
    cycles: int


COUNTS = {"tiny": Counts(1, 3, 10), "quick": Counts(15, 60, 40), "full": Counts(61, 75, 40)}


def run(size: Size, _store: Path | None = None) -> Table:
    """The table."""
    counts = COUNTS[size]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, counts.cycles)
        sides = {
            "ours": Side("bench.ours:commands", {"folder": name, "cycles": counts.cycles}),
            "raw": Side("bench.peers.raw:sqlite", {"folder": name}),
            "stock": Side("bench.peers.stock:sqlite", {"folder": name}),
            "cached": Side("bench.peers.stock:sqlite", {"folder": name, "cached": True}),
        }
        rates = in_turn(sides, counts.rounds, counts.things, apart=size != "tiny")
    return Table(
        "commands",
        "A whole command, SQLite",
        [
            speed(rates, "ours", "whole command, ours", OURS),
            speed(rates, "raw", "raw sqlite3", RAW),
            speed(rates, "stock", "eventsourcing, stock", STOCK),
            speed(rates, "cached", "eventsourcing, its aggregate cache on", f"{STOCK}; most loads come from memory"),
            *(processor(rates, side, f"processor time of one, {what}") for side, what in NAMES.items()),
            against(rates, "ours", "raw", "ours against raw sqlite3", 0.30),
            against(rates, "ours", "stock", "ours against eventsourcing stock", 2.0),
            against(rates, "ours", "cached", "ours against eventsourcing with its cache", None),
        ],
        "SQLite in WAL mode with `synchronous=FULL` on every side; one process, one thread each.",
        [SLOW_DISK],
    )


def speed(rates: Rates, side: str, what: str, does: str) -> Row:
    """How many a second a contender did."""
    return Row(side, what, rates.median(side), "/s", rates.spread(side), does=does)


def against(rates: Rates, side: str, other: str, what: str, least: float | None) -> Row:
    """Round against round, and the least that was promised."""
    found = rates.ratios(side, other)
    value = median(found)
    aim, met = ("", None) if least is None else (f"at least {least:g}", at_least(value, least))
    return Row(f"{side}-{other}", what, value, " x", middle_half(found), aim, met)


def processor(rates: Rates, side: str, what: str) -> Row:
    """What one took of the processor in the client's process, whatever it waited for."""
    found = [seconds * 1e6 for seconds in rates.processor[side]]
    return Row(f"{side}-processor", what, median(found), " µs", middle_half(found))
