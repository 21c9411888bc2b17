"""A process with two threads: one asks the store, the other says every moment that it is alive."""

from __future__ import annotations

import sys
import threading
from time import sleep

from faults.site import heard
from faults.worker import Now, say
from reviewflow.wiring import open_installation


def main(settings: str) -> None:
    """Until killed; `ready` in the midst of a first question, then it waits for a line, and asks again."""
    with open_installation(heard(settings), Now()) as opened:

        def ask() -> None:
            with opened.store.snapshot() as snapshot:
                snapshot.position()

        with opened.store.snapshot() as snapshot:
            snapshot.position()
            say("ready")
            sys.stdin.readline()
        threading.Thread(target=ask, daemon=True).start()
        while True:
            sleep(0.05)
            say("tick")
