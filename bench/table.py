"""What a part found: rows of figures with their spread, their aim, and what each side does; as text and as Markdown.

Every row has a key (`part.row`) by which other documents name it, and its figure as a number beside the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

Size = Literal["tiny", "quick", "full"]
"""How long a part takes: a smoke test, some minutes for all parts, or as long as the figures need."""


class Row(NamedTuple):
    """One figure."""

    key: str
    what: str
    value: float
    unit: str = ""
    spread: tuple[float, float] | None = None
    """The middle half of the rounds."""
    aim: str = ""
    met: bool | None = None
    does: str = ""
    """What this side does and does not do."""
    memory: float | None = None
    """The most that its process held, MB."""
    processor: float | None = None
    """Seconds of processor that it took, whatever else the machine did."""

    @property
    def figure(self) -> str:
        """The number with its unit, three digits or so."""
        return f"{number(self.value)}{self.unit}"

    @property
    def between(self) -> str:
        """The spread in words."""
        return "" if self.spread is None else f"{number(self.spread[0])} to {number(self.spread[1])}"

    @property
    def held(self) -> str:
        """The memory in words."""
        return "" if self.memory is None else f"{number(self.memory)} MB"

    @property
    def worked(self) -> str:
        """The processor time in words."""
        return "" if self.processor is None else f"{number(self.processor)} s"

    @property
    def verdict(self) -> str:
        """The aim, and whether it was met."""
        if self.met is None:
            return self.aim
        return f"{self.aim}: {'met' if self.met else '**missed**'}"


class Table(NamedTuple):
    """What one part found."""

    part: str
    title: str
    rows: Sequence[Row]
    settings: str = ""
    """Durability, sizes and versions that matter to this part."""
    notes: Sequence[str] = ()
    size: Size = "full"
    """The form that was run."""

    def row(self, key: str) -> Row:
        """The row of that key."""
        return next(row for row in self.rows if row.key == key)


def number(value: float) -> str:
    """Three digits that count, with commas, never an exponent; what was counted is told as it is."""
    if isinstance(value, int):
        return f"{value:,}"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 or value == 0 else f"{value:.3f}"


def at_least(value: float, least: float) -> bool:
    """Whether a figure is as large as was aimed at, as it is printed."""
    return round(value, 2) >= least


def markdown(table: Table) -> str:
    """A heading, the settings, the table, the notes."""
    header = ("row", "what", "figure", "middle half", "processor", "peak memory", "aim", "what it does and does not do")
    cells = [
        (f"`{table.part}.{row.key}`", row.what, row.figure, row.between, row.worked, row.held, row.verdict, row.does)
        for row in table.rows
    ]
    # A column in which nothing stands is left out.
    kept = [n for n in range(len(header)) if any(line[n] for line in cells)]
    lines = [f"### {table.title}", ""]
    settings = " ".join(part for part in (table.settings, *_short(table)) if part)
    if settings:
        lines += [settings, ""]
    lines += [_line([header[n] for n in kept]), _line(["---"] * len(kept))]
    lines += [_line([line[n].replace("|", "\\|") for n in kept]) for line in cells]
    for note in table.notes:
        lines += ["", note]
    return "\n".join(lines) + "\n"


def plain(table: Table) -> str:
    """The same for a terminal."""
    lines = [f"== {table.title}", *([table.settings] if table.settings else []), *_short(table)]
    wide = max((len(row.what) for row in table.rows), default=0)
    for row in table.rows:
        worked = f"{row.worked} of processor" if row.processor is not None else ""
        told = (f"({row.between})" if row.spread else "", worked, row.held, row.verdict.replace("*", ""))
        more = "  ".join(part for part in told if part)
        lines.append(f"{row.what:<{wide}}  {row.figure:>12}  {more}".rstrip())
    return "\n".join([*lines, *table.notes]) + "\n"


def to_json(table: Table) -> dict[str, Any]:
    """Everything, for the file of what was measured."""
    return {**table._asdict(), "rows": [row._asdict() for row in table.rows], "notes": list(table.notes)}


def from_json(data: dict[str, Any]) -> Table:
    """The table again."""

    def row(one: dict[str, Any]) -> Row:
        spread = one["spread"]
        return Row(**{**one, "spread": tuple(spread) if spread else None})

    return Table(**{**data, "rows": [row(one) for one in data["rows"]], "notes": tuple(data["notes"])})


def _short(table: Table) -> list[str]:
    return (
        [] if table.size == "full" else ["**Short form**: few rounds, smaller stores; the aims are for the full one."]
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
