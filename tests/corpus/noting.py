"""What is written down beside a store of the corpus, and asked of it again by every later release."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from reviewflow.events import Text, decode
from reviewflow.merkle.leaf import leaf_hash
from reviewflow.ports import Forgotten, Record
from reviewflow.settings import Settings
from reviewflow.vault.texts import replace_texts
from reviewflow.views.cycles import list_cycles
from reviewflow.wiring import Installation, open_installation

REMOVED = "[removed]"


def settings_in(folder: Path, store: str | None = None) -> Settings:
    """An unpacked store of the corpus, whatever the environment says."""
    return Settings(
        store=store or f"sqlite:///{folder / 'reviewflow.db'}", keys=folder / "reviewflow.keys",
        evidence=folder / "reviewflow.evidence", master_key_file=folder / "reviewflow.master-key",
    )  # fmt: skip


def noted(settings: Settings) -> dict[str, Any]:
    """Records, states, texts and files, as the release at hand reads them."""
    with open_installation(settings) as installation:
        return {**_records(installation), "cycles": _states(installation), "files": _files(installation)}


def _records(installation: Installation) -> dict[str, Any]:
    stored, topics, texts = hashlib.sha256(), set(), []
    with installation.store.snapshot() as snapshot:
        position = 0
        while records := snapshot.log(position, 500):
            for record in records:
                stored.update(leaf_hash(record))
                topics.add(record.topic)
                texts += _texts(installation, record)
            position = records[-1].position
    return {
        "records": position, "sha256": stored.hexdigest(), "topics": sorted(topics), "texts": len(texts),
        "removed": texts.count(REMOVED), "texts_sha256": hashlib.sha256("\0".join(texts).encode()).hexdigest(),
    }  # fmt: skip


def _texts(installation: Installation, record: Record) -> list[str]:
    """Every text of a record, opened."""
    found: list[str] = []

    def look(text: Text, path: str) -> Text:
        try:
            found.append(installation.vault.open(text, record.stream, record.version, path))
        except Forgotten:
            found.append(REMOVED)
        return text

    replace_texts(decode(record.topic, record.body, record.position), look)
    return found


def _states(installation: Installation) -> dict[str, Any]:
    with installation.store.reading() as connection, installation.engine.knowing() as known:
        rows = list_cycles(connection)
        folded = {row.handle: known.cycle(row.id) for row in rows}
    return {handle: [cycle.state, cycle.version] for handle, cycle in sorted(folded.items()) if cycle is not None}


def _files(installation: Installation) -> dict[str, int]:
    folder = installation.settings.evidence_path
    return {file.name: file.stat().st_size for file in sorted(folder.rglob("*")) if file.is_file()}
