"""What the tests let another process do with a store: `python other_process.py JOB PATH ...`.

Each line it prints is something it was told by the store, flushed at once.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from hashlib import sha256

from reviewflow.errors import StreamMoved
from reviewflow.store.sql import SqlStore
from store.batches import Seen, batch, staged


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


def race(store: SqlStore, name: str, last: str) -> None:
    """Try to append each version of one stream once."""
    say("ready")
    sys.stdin.readline()
    for version in range(1, int(last) + 1):
        try:
            store.append(batch(staged("cycle-a", version, body=name.encode())))
            say(f"won {version}")
        except StreamMoved:
            say(f"lost {version}")


def pour(store: SqlStore, name: str) -> None:
    """Append pairs without end; say what was acknowledged."""
    version = 0
    while True:
        body = sha256(f"{name} {version}".encode()).digest() * 40
        pair = staged(f"cycle-{name}", version + 1, "visits-of:ben", body=body), staged(f"person-{name}-{version}", 1)
        records = store.append(batch(*pair, command=f"{name}-{version}"))
        version += 1
        say(f"{records[0].position} {sha256(body).hexdigest()}")


def fork(store: SqlStore) -> None:
    """A parent and its child use one store, each with connections of its own."""
    store.append(batch(staged("cycle-a", 1)))
    parents = store._links.writer()
    with store.snapshot() as snapshot:
        child = os.fork()
        if not child:
            store.append(batch(staged("cycle-b", 1)))
            with store.snapshot() as own:
                say(f"child sees {own.position()}; uses its parent's connection: {store._links.writer() is parents}")
            store.close()
            os._exit(0)
        os.waitpid(child, 0)
        say(f"the snapshot from before sees {len(snapshot.log())}")
    store.append(batch(staged("cycle-a", 2)))
    with store.snapshot() as snapshot:
        say(f"parent sees {snapshot.position()}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    job, path, *words = sys.argv[1:]
    with SqlStore(path, Now(), [Seen()]) as opened:
        {"race": race, "pour": pour, "fork": fork}[job](opened, *words)
