"""The preloaded disk: compiled from `shim/disk.c` when it is needed, and how a program is told to run on it."""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "shim" / "disk.c"
SOUND, FULL, READ_ONLY, BROKEN, DEADLY = range(5)


@cache
def shim() -> Path:
    """The compiled library; where there is no compiler, or no LD_PRELOAD, the test is skipped and says so."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not sys.platform.startswith("linux") or compiler is None:
        pytest.skip("NO FAULTS OF DISKS WERE TRIED: this needs Linux and a C compiler (cc, gcc or clang)")
    made = Path(tempfile.mkdtemp(prefix="rfshim")) / "disk.so"
    how = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(made), str(SOURCE), "-ldl", "-lpthread"]
    done = subprocess.run([compiler, *how], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"the shim was not compiled:\n{done.stderr}")
    return made


def preloaded() -> dict[str, str]:
    """The environment of a cradle whose children may be told to watch a folder."""
    return {"LD_PRELOAD": str(shim())}


def watch(folder: Path, *, trace: Path | None = None, control: Path | None = None) -> None:
    """In such a child: from now on the changes in a folder are written down, or answered as `control` says."""
    os.environ["RF_WATCH"] = str(folder.resolve())
    for name, path in (("RF_TRACE", trace), ("RF_CONTROL", control)):
        if path is not None:
            os.environ[name] = str(path)
    ctypes.CDLL(None).rf_watch()


class Faulty:
    """A disk that is full, read-only or broken when a test says so."""

    def __init__(self, control: Path) -> None:
        """`control` is the file that the watching program looks at."""
        self.control = control
        control.write_bytes(bytes(16))
        with control.open("r+b") as file:
            self._told = mmap.mmap(file.fileno(), 16)

    def become(self, mode: int, room: int = 0) -> None:
        """`room`: the bytes that a full disk still has."""
        self._told[:] = struct.pack("=qq", mode, room)
