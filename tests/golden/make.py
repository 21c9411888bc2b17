"""Writes the golden files that are missing: `python tests/golden/make.py`. It never overwrites one.

A golden file says what bytes an event is stored as. Those bytes are in people's logs: if a test on one fails,
the code is wrong, not the file. A shape that changes gets a new topic, and with it a new file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from golden.samples import records
from reviewflow.merkle.leaf import leaf_hash
from reviewflow.ports import Record

FOLDER = Path(__file__).parent / "topics"


def place(topic: str, folder: Path = FOLDER) -> Path:
    """The golden file of a topic."""
    return folder / f"{topic.replace('/', '-')}.json"


def written(record: Record) -> dict[str, Any]:
    """A record as a golden file says it: the body as text, the moment as ISO 8601, the leaf hash in hex."""
    kept = record._asdict()
    return kept | {
        "recorded_at": record.recorded_at.isoformat(), "body": record.body.decode(), "leaf": leaf_hash(record).hex(),
    }  # fmt: skip


def make(folder: Path = FOLDER) -> list[Path]:
    """Write what is missing; the files that were made."""
    folder.mkdir(exist_ok=True)
    made = []
    for topic, both in records().items():
        text = json.dumps({kind: written(record) for kind, (record, _) in both.items()}, indent=2, ensure_ascii=False)
        path = place(topic, folder)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text + "\n")
        except FileExistsError:
            continue
        made.append(path)
    return made


if __name__ == "__main__":
    for path in make():
        print(f"made {path.name}")
