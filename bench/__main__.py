"""`make bench`: peers and us in turn in one run, part by part, as tables of figures and ratios.

The full form makes a store of a million events and takes about an hour; `--quick` takes some minutes and says less.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.document import write
from bench.growth import write_growth
from bench.machine import described, load
from bench.parts import PARTS, run_here
from bench.table import Size, Table, from_json, plain, to_json

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run what was asked for, print it, and write it down if asked."""
    given = asked()
    with tempfile.TemporaryDirectory() as name:
        given.store = given.store or Path(name)  # large stores serve several parts
        return _all(given)


def _all(asked: argparse.Namespace) -> int:
    machine = described()
    if not asked.quiet:
        print(f"{machine} {load()}\n", flush=True)
    tables: dict[str, Table] = {}
    failed = []
    for part in asked.only or PARTS:
        started = time.perf_counter()
        table = run_here(part, asked.size, asked.store) if asked.here else _apart(part, asked.size, asked.store)
        if table is None:
            failed.append(part)
            continue
        tables[part] = table
        if not asked.quiet:
            print(plain(table), f"({time.perf_counter() - started:,.0f} s)\n", sep="", flush=True)
    if asked.into is not None:
        found = {part: to_json(table) for part, table in tables.items()}
        asked.into.write_text(json.dumps(found), encoding="utf-8")
    if asked.write and tables:
        write(tables, machine)
        write_growth()
    if failed:
        print(f"FAILED, see above: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _apart(part: str, size: Size, store: Path) -> Table | None:
    """One part in a process of its own, so that none finds what another left in memory; None if it failed."""
    with tempfile.TemporaryDirectory() as name:
        into = Path(name) / "tables.json"
        words = [sys.executable, "-m", "bench", "--here", "--quiet", "--only", part, "--size", size]
        words += ["--store", str(store.resolve()), "--into", str(into)]
        if subprocess.run(words, cwd=ROOT, check=False).returncode:
            return None
        return from_json(json.loads(into.read_text(encoding="utf-8"))[part])


def asked() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(PARTS), help="this part; may be given several times")
    parser.set_defaults(size="full")
    parser.add_argument("--quick", dest="size", action="store_const", const="quick", help="some minutes for all of it")
    parser.add_argument("--size", choices=["tiny", "quick", "full"], help="tiny: only that it runs")
    parser.add_argument("--store", type=Path, metavar="DIR", help="where large stores are kept and taken again")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/explanation")
    parser.add_argument("--into", type=Path, metavar="FILE", help="all figures as JSON")
    parser.add_argument("--here", action="store_true", help="every part in this one process")
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
