"""Writes one store of the corpus, by the release at hand: `python tests/corpus/make.py NAME`.

It never overwrites one: what a release wrote stays as it was written, for every later release to open. To write one
by another release, put that release's `src` into PYTHONPATH and this tree's `tests` beside it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from corpus.making import tell
from corpus.noting import noted, settings_in

STORES = Path(__file__).parent / "stores"


def make(name: str, folder: Path = STORES) -> tuple[Path, Path]:
    """The packed store and the note beside it; `FileExistsError` if there is one of this name."""
    packed, note = folder / f"{name}.tar.xz", folder / f"{name}.json"
    if packed.exists() or note.exists():
        raise FileExistsError(f"{packed} is there; what was written once stays")
    with TemporaryDirectory() as place:
        work = Path(place)
        key = work / "reviewflow.master-key"
        key.write_bytes(base64.encodebytes(os.urandom(32)))
        key.chmod(0o600)
        settings = settings_in(work)
        tell(work, settings.store)
        told = json.dumps(noted(settings), indent=2, ensure_ascii=False)
        with tarfile.open(packed, "x:xz", preset=9) as archive:
            for file in sorted(work.rglob("*")):
                archive.add(file, str(file.relative_to(work)), recursive=False, filter=_nobody)
    note.write_text(told + "\n", encoding="utf-8")
    return packed, note


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of who made it, and when."""
    entry.uid = entry.gid = 0
    entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def unpack(name: str, to: Path, folder: Path = STORES) -> Path:
    """A store of the corpus in a folder of its own; the modes of its files are kept."""
    with tarfile.open(folder / f"{name}.tar.xz") as archive:
        archive.extractall(to, filter="data")
    for kept in (to, *to.rglob("*")):
        kept.chmod(0o700 if kept.is_dir() else 0o600)
    return to


if __name__ == "__main__":
    for made in make(sys.argv[1]):
        print(f"made {made.name}, {made.stat().st_size:,} bytes")
