"""Where files lie: who may read them, and whether there is room."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from reviewflow.keeping.doctor_check import Check, Verdict
from reviewflow.keeping.doctor_patient import Patient
from reviewflow.keeping.key_places import master_key_of

_OTHERS = 0o077
_MEGABYTE = 1024 * 1024
SCARCE, GONE = 500 * _MEGABYTE, 20 * _MEGABYTE
"""Bytes free below which it is said, and below which nothing can go on for long."""


def modes(patient: Patient) -> Iterator[Check]:
    """Keys and evidence are nobody else's to read."""
    given = patient.settings
    wanted: list[tuple[str, Path | str | None, Verdict]] = [
        ("keys file", given.keys_place, "fault"),
        ("master key file", master_key_of(given).real_file, "fault"),
        ("evidence folder", given.evidence_path, "warning"),
    ]
    looked = []
    for name, path, verdict in wanted:
        if not isinstance(path, Path) or not path.exists():
            continue
        mode = path.stat().st_mode & 0o777
        looked.append(name)
        if mode & _OTHERS:
            want = "700" if path.is_dir() else "600"
            yield Check(name, verdict, f"{path} has mode {mode:03o}: others may get at it", f"chmod {want} {path}")
    yield Check("modes", "ok", f"looked at: {', '.join(looked) or 'nothing, no file is there'}")


def room(patient: Patient) -> Iterator[Check]:
    """Free space where the store, the keys and the evidence lie."""
    given = patient.settings
    seen = set()
    places = (given.store_path if given.in_file else None, given.keys_place, given.evidence_path)
    for path in (place for place in places if isinstance(place, Path)):
        folder = path if path.is_dir() else path.parent
        if not folder.is_dir() or folder.stat().st_dev in seen:
            continue
        seen.add(folder.stat().st_dev)
        free = shutil.disk_usage(folder).free
        wanted = max(SCARCE, 2 * path.stat().st_size if path.is_file() else 0)  # a copy, or VACUUM, takes as much
        found = f"{free // _MEGABYTE:,} MB free where {folder.resolve()} is"
        if free < GONE:
            yield Check("disk", "fault", found, "make room: nothing can be recorded when it is full")
        elif free < wanted:
            yield Check("disk", "warning", f"{found}; want {wanted // _MEGABYTE:,}", "make room soon")
        else:
            yield Check("disk", "ok", found)
