"""A process that rebuilds views again and again in small batches, and says how far it is: `rebuilder.py FOLDER URL`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kit.clock import FixedClock
from kit.stored import settings_in
from reviewflow.following.rebuilding import Rebuilding
from reviewflow.wiring import open_installation


def main(folder: str, url: str) -> None:
    clock = FixedClock(datetime(2026, 9, 7, 12, tzinfo=UTC))
    with open_installation(settings_in(Path(folder), url), clock) as opened:
        while True:
            Rebuilding(opened.store, opened.views, clock, batch=10, tell=lambda one: print(*one, flush=True)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
