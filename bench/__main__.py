"""`make bench`: every timing, as a table of figures and ratios."""

from __future__ import annotations

import argparse
import os
import platform

from bench import batches, starting, whole_command, xes_import


def main() -> None:
    """Run what was asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--cycles", type=int, default=2_000, help="cycles in the store for the start-up timings")
    parser.add_argument("--only", choices=["commands", "batches", "import", "start"], help="one part")
    chosen = parser.parse_args()
    rows: list[tuple[str, str]] = []
    if chosen.only in (None, "commands"):
        rows += whole_command.run()
    if chosen.only in (None, "batches"):
        rows += batches.run()
    if chosen.only in (None, "import"):
        rows += xes_import.run()
    if chosen.only in (None, "start"):
        rows += starting.run(chosen.cycles)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    width = max(len(what) for what, _ in rows)
    for what, figure in rows:
        print(f"{what:<{width}}  {figure:>10}")


if __name__ == "__main__":
    main()
