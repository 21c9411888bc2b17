"""The parts of the bench, in the order of the document; each is a module with `run(size, store) -> Table`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from bench.table import Size, Table

PARTS = {
    "append": "bench.append",
    "commands": "bench.commands",
    "postgresql": "bench.postgresql",
    "four-steps": "bench.four_steps",
    "replay": "bench.replay",
    "growing": "bench.growing",
    "questions": "bench.questions",
    "pages": "bench.pages",
    "rebuilding": "bench.rebuilding",
    "following": "bench.following",
    "keeping": "bench.keeping",
    "batches": "bench.batches",
    "import": "bench.xes_import",
}


def run_here(part: str, size: Size, store: Path | None) -> Table:
    """One part, in this process."""
    table: Table = import_module(PARTS[part]).run(size, store)
    return table._replace(size=size)
