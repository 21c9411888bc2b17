"""The arithmetic of docs/explanation/growth.md, from measured figures: `python -m bench.growth` writes it afresh.

Nothing is measured here. What a line needs and nobody measured yet makes that line say so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from bench.document import EXPLANATION, between, measured
from bench.table import Table, number

PAGE = EXPLANATION / "growth.md"
UNMEASURED = "*not yet measured*"
SIZES = (24_000, 5_000_000)

EVENTS_A_CYCLE, CYCLES_A_YEAR = 40, 1
REGISTERED, REGISTRY_A_YEAR = 17.3, 4.0
"""Events that bring an organisation with five people into the registry, and changes of roles and training a year."""
TERMS, WEEK_HOURS, BUSIEST = 3, 40, 3.0
"""Terms a year; all of a term's events in the 40 working hours of its last week; the busiest against their mean."""
HALF, YEARS = 0.5, 10
"""Of what was measured, no more is counted on; years that are kept."""
EVIDENCE_MB = 2.0
"""Of evidence a cycle."""
NIGHT_HOURS, BACKUP_HOURS, LOG_GB = 8, 1, 1_000


class Input(NamedTuple):
    """One measured figure, by its row."""

    name: str
    what: str
    row: str


INPUTS = (
    Input("size_sqlite", "bytes of the log with its views, an event, SQLite", "growing.size-1000000"),
    Input("size_postgresql", "the same, PostgreSQL", "postgresql.size"),
    Input("size_keys", "bytes of the keys, an event", "growing.keys-1000000"),
    Input("size_backup", "bytes of a backup, an event", "keeping.size"),
    Input("one_sqlite", "whole commands a second, SQLite, one process", "commands.ours"),
    Input("four_postgresql", "whole commands a second, PostgreSQL, four clients", "postgresql.ours4"),
    Input("batch_postgresql", "events a second in batches, PostgreSQL", "postgresql.batches"),
    Input("p50", "a whole command at a million events, median, ms", "growing.p50-1000000"),
    Input("flat", "that against a thousand events", "growing.flat-p50"),
    Input("rebuild", "records a second, all views rebuilt while commands go on", "rebuilding.rate"),
    Input("follow", "records a second, a follower in batches", "following.batches"),
    Input("backup", "events a second, backup", "keeping.backup-rate"),
    Input("restore", "events a second, restore with all proofs", "keeping.restore-rate"),
)


class Figures(NamedTuple):
    """Measured figures by their names; None where there is none yet."""

    of: Mapping[str, float | None]

    def __getattr__(self, name: str) -> float:
        value = self.of.get(name)
        if value is None:
            raise LookupError(name)
        return value


def figures(tables: Mapping[str, Table]) -> Figures:
    """What the last full runs found; figures of the short forms are no basis for anything."""

    def value(row: str) -> float | None:
        part, _, key = row.partition(".")
        if part not in tables or tables[part].size != "full":
            return None
        return next((one.value for one in tables[part].rows if one.key == key), None)

    return Figures({one.name: value(one.row) for one in INPUTS})


class Line(NamedTuple):
    """One line of the reckoning: the formula in words, and what comes out for so many organisations."""

    what: str
    formula: str
    of: Callable[[int, Figures], str]


def events_a_year(organisations: int) -> float:
    """Of cycles and of the registry."""
    return organisations * (EVENTS_A_CYCLE * CYCLES_A_YEAR + REGISTRY_A_YEAR)


def busiest_hour(organisations: int) -> float:
    """Events a second in the busiest hour of the last week of a term."""
    return events_a_year(organisations) / TERMS / WEEK_HOURS / 3600 * BUSIEST


def kept(organisations: int, years: int = YEARS) -> float:
    """Events of so many years, the first registration included."""
    return organisations * REGISTERED + events_a_year(organisations) * years


def servers(organisations: int, rate: float) -> int:
    """How many logs that take half of `rate` a second share the busiest hour."""
    return math.ceil(busiest_hour(organisations) / (rate * HALF))


LINES = (
    Line("cycles a year", f"organisations x {CYCLES_A_YEAR}", lambda n, _: f"{n * CYCLES_A_YEAR:,}"),
    Line("events a year", f"organisations x ({EVENTS_A_CYCLE} + {REGISTRY_A_YEAR:g})",
         lambda n, _: f"{events_a_year(n):,.0f}"),
    Line("events on a mean day", "events a year / 365", lambda n, _: f"{events_a_year(n) / 365:,.0f}"),
    Line("events in the last week of a term", f"events a year / {TERMS}",
         lambda n, _: f"{events_a_year(n) / TERMS:,.0f}"),
    Line("appends a second in its busiest hour", f"that / {WEEK_HOURS} hours / 3,600 x {BUSIEST:g}",
         lambda n, _: f"{number(busiest_hour(n))}"),
    Line("of what SQLite took on the bench machine, one process", "that / `commands.ours`",
         lambda n, f: _percent(busiest_hour(n) / f.one_sqlite)),
    Line("of what PostgreSQL took there, four clients", "that / `postgresql.ours4`",
         lambda n, f: _percent(busiest_hour(n) / f.four_postgresql)),
    Line("servers like that one, used by half", f"that / (`postgresql.ours4` x {HALF:g}), rounded up",
         lambda n, f: f"{servers(n, f.four_postgresql):,}"),
    Line("log and views a year, SQLite", "events a year x `growing.size-1000000`",
         lambda n, f: _bytes(events_a_year(n) * f.size_sqlite)),
    Line("log and views a year, PostgreSQL", "events a year x `postgresql.size`",
         lambda n, f: _bytes(events_a_year(n) * f.size_postgresql)),
    Line("keys a year", "events a year x `growing.keys-1000000`", lambda n, f: _bytes(events_a_year(n) * f.size_keys)),
    Line("evidence a year", f"cycles a year x {EVIDENCE_MB:g} MB", lambda n, _: _bytes(n * EVIDENCE_MB * 1e6)),
    Line(f"events kept after {YEARS} years", f"organisations x {REGISTERED:g} + events a year x {YEARS}",
         lambda n, _: f"{kept(n):,.0f}"),
    Line("all views rebuilt then, commands going on", "events kept / `rebuilding.rate`",
         lambda n, f: _time(kept(n) / f.rebuild)),
    Line("a follower from the beginning", "events kept / `following.batches`",
         lambda n, f: _time(kept(n) / f.follow)),
    Line("a backup, evidence apart", "events kept / `keeping.backup-rate`", lambda n, f: _time(kept(n) / f.backup)),
    Line("its size", "events kept x `keeping.size`", lambda n, f: _bytes(kept(n) * f.size_backup)),
    Line("a restore with all proofs", "events kept / `keeping.restore-rate`",
         lambda n, f: _time(kept(n) / f.restore)),
    Line("a follower in the busiest hour", "appends a second then / `following.batches`",
         lambda n, f: _percent(busiest_hour(n) / f.follow)),
)  # fmt: skip

A_YEAR = EVENTS_A_CYCLE * CYCLES_A_YEAR + REGISTRY_A_YEAR
PEAK = A_YEAR / TERMS / WEEK_HOURS / 3600 * BUSIEST
"""Of one organisation: appends a second in the busiest hour."""
KEPT = REGISTERED + A_YEAR * YEARS
"""Of one organisation: events after ten years."""


class Limit(NamedTuple):
    """What breaks, and the number of organisations in one log at which it does."""

    what: str
    formula: str
    at: Callable[[Figures], float]
    then: str


LIMITS = (
    Limit("one SQLite file takes half of its appends in the busiest hour", "`commands.ours` x 0.5 / peak",
          lambda f: f.one_sqlite * HALF / PEAK, "move to PostgreSQL (`store copy`)"),
    Limit("one PostgreSQL server takes half of its appends in the busiest hour", "`postgresql.ours4` x 0.5 / peak",
          lambda f: f.four_postgresql * HALF / PEAK, "a larger server, then programmes in logs of their own"),
    Limit(f"rebuilding all views of {YEARS} years takes longer than a night ({NIGHT_HOURS} h)",
          f"`rebuilding.rate` x {NIGHT_HOURS} h / kept", lambda f: f.rebuild * NIGHT_HOURS * 3600 / KEPT,
          "nothing stands still meanwhile; programmes in logs of their own are rebuilt side by side"),
    Limit(f"a restore takes longer than a night ({NIGHT_HOURS} h)", f"`keeping.restore-rate` x {NIGHT_HOURS} h / kept",
          lambda f: f.restore * NIGHT_HOURS * 3600 / KEPT, "a standby, and base backups of the database besides"),
    Limit(f"a backup takes longer than {BACKUP_HOURS} hour", "`keeping.backup-rate` x 1 h / kept",
          lambda f: f.backup * BACKUP_HOURS * 3600 / KEPT, "at night; people go on working meanwhile"),
    Limit(f"the log with its views passes {LOG_GB:,} GB in {YEARS} years", "1 TB / (kept x `postgresql.size`)",
          lambda f: LOG_GB * 1e9 / (KEPT * f.size_postgresql), "a larger disk, then programmes in logs of their own"),
)  # fmt: skip


def inputs(known: Figures) -> Iterator[str]:
    """The measured figures that everything is reckoned from."""
    yield "| figure | measured | bench row |"
    yield "|---|---|---|"
    for one in INPUTS:
        value = known.of[one.name]
        yield f"| {one.what} | {UNMEASURED if value is None else number(value)} | `{one.row}` |"


def reckoning(known: Figures) -> Iterator[str]:
    """Line by line, for both sizes."""
    yield f"| what | how | {SIZES[0]:,} schools | {SIZES[1] // 1_000_000} million organisations |"
    yield "|---|---|---|---|"
    for line in LINES:
        cells = [_or_unmeasured(line.of, size, known) for size in SIZES]
        yield f"| {line.what} | {line.formula} | {' | '.join(cells)} |"


def limits(known: Figures) -> Iterator[str]:
    """What breaks first, in that order; what is not measured last."""
    yield "| at so many organisations in one log | this happens | how | and then |"
    yield "|---|---|---|---|"

    def at(limit: Limit) -> float:
        try:
            return limit.at(known)
        except LookupError:
            return math.inf

    for limit in sorted(LIMITS, key=at):
        value = at(limit)
        shown = UNMEASURED if value == math.inf else f"{_rounded(value):,}"
        yield f"| {shown} | {limit.what} | {limit.formula} | {limit.then} |"


def write_growth() -> None:
    """The page, from what is known now."""
    known = figures(measured())
    page = PAGE.read_text(encoding="utf-8")
    for mark, lines in (("inputs", inputs), ("reckoning", reckoning), ("limits", limits)):
        page = between(page, mark, "\n".join(lines(known)))
    PAGE.write_text(page, encoding="utf-8")


def _or_unmeasured(of: Callable[[int, Figures], str], size: int, known: Figures) -> str:
    try:
        return of(size, known)
    except LookupError:
        return UNMEASURED


def _percent(part: float) -> str:
    return f"{part * 100:,.0f} %" if part >= 0.1 else f"{part * 100:.1f} %"


def _bytes(size: float) -> str:
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= scale:
            return f"{number(size / scale)} {unit}"
    return f"{number(size / 1e3)} kB"


def _time(seconds: float) -> str:
    for unit, scale in (("days", 86400 * 2), ("h", 7200), ("min", 120)):
        if seconds >= scale:
            return f"{number(seconds / {'days': 86400, 'h': 3600, 'min': 60}[unit])} {unit}"
    return f"{number(seconds)} s"


def _rounded(value: float) -> int:
    """Two digits that count: more would pretend."""
    digits = max(0, len(str(int(value))) - 2)
    return round(int(value), -digits)


if __name__ == "__main__":
    write_growth()
