"""Fetches GOV.UK Frontend while reviewflow is built, and writes the few files of it that our pages use.

Law: a build never fails because of this, and never leaves half a folder. Without it pages work unstyled.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from building.stylesheet import without_fonts_and_pictures, without_source_map

PACKAGE: Final = "govuk-frontend"
WANTED: Final = "6.3"
"""Goes with the macros of govuk-frontend-jinja 4.1; a newer patch of it may come."""
SECONDS: Final = 60
FOLDER: Final = Path("src/reviewflow/web/static/govuk")
FILES: Final = ("govuk-frontend.css", "govuk-frontend.js", "LICENSE", "VERSION")

Npm = Callable[[], Sequence[str]]

_VERSION = re.compile(re.escape(WANTED) + r"\.\d+")
_LARGEST: Final = 2_000_000
"""Bytes of one file in the package; the largest is an eighth of it."""
_LICENCE: Final = """GOV.UK Frontend {version}, without its fonts and images.

The MIT License (MIT)

Copyright (C) Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""  # the package names its licence in package.json, and carries no text of it


class NotFetchedError(Exception):
    """The package could not be had, or is not what was asked for."""


class Package(NamedTuple):
    """What we take of the package."""

    version: str
    stylesheet: str
    script: str


def ensure(root: Path, npm: Npm, warn: Callable[[str], None], *, seconds: float = SECONDS) -> bool:
    """Write the folder below `root` unless it is there already; whether it is there at the end.

    `npm` says what to call, without arguments. `warn` gets one sentence where it could not be had.
    """
    folder = root / FOLDER
    if version_at(folder):
        return True
    try:
        with tempfile.TemporaryDirectory(prefix="reviewflow-build-") as inside:
            package = read(_fetched(npm(), Path(inside), seconds))
        write(folder, package)
    except (NotFetchedError, ImportError, OSError) as error:
        warn(f"{PACKAGE} {WANTED} could not be had: {error}. The pages will work, unstyled; build again when it can.")
    return bool(version_at(folder))


def version_at(folder: Path) -> str | None:
    """The version that lies there whole, if it is one that we want."""
    with suppress(OSError, UnicodeDecodeError):
        version = (folder / "VERSION").read_text("utf-8").strip()
        if _VERSION.fullmatch(version) and all((folder / name).is_file() for name in FILES):
            return version
    return None


def _fetched(npm: Sequence[str], inside: Path, seconds: float) -> bytes:
    """The package as npm packs it."""
    # npm's own settings say which registry; nothing in the package is run.
    words = [*npm, "pack", f"{PACKAGE}@{WANTED}", "--ignore-scripts", "--no-update-notifier",
             "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]  # fmt: skip
    with (inside / "said").open("w+b") as said:
        environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is ours
                words, cwd=inside, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise NotFetchedError(f"npm cannot be started: {error.strerror or error}") from error
        try:
            code = process.wait(seconds)
        except BaseException as error:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # also what npm may have started
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise NotFetchedError(f"npm has not answered within {seconds:g} seconds") from error
            raise
        if code:
            said.seek(0)
            lines = [line for line in said.read().decode(errors="replace").splitlines() if "error" in line.lower()]
            told = re.sub(r"\w+://\S+", "(an address)", "; ".join(lines[:2]))  # registries are nobody's business
            raise NotFetchedError(f"npm ended with {code}" + (f" ({told})" if told else ""))
    packed = sorted(inside.glob("*.tgz"))
    if len(packed) != 1:
        raise NotFetchedError(f"npm packed {len(packed)} files; want one")
    return packed[0].read_bytes()


def read(packed: bytes) -> Package:
    """What we take of a packed package, of which name and version are checked."""
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
            about = json.loads(_text(archive, "package/package.json"))
            name, version = about.get("name"), str(about.get("version"))
            if name != PACKAGE or not _VERSION.fullmatch(version):
                raise NotFetchedError(f"got {name} {version}; want {PACKAGE} {WANTED}")
            stylesheet = without_fonts_and_pictures(_text(archive, "package/dist/govuk/govuk-frontend.min.css"))
            script = without_source_map(_text(archive, "package/dist/govuk/govuk-frontend.min.js"))
    except (tarfile.TarError, EOFError, KeyError, ValueError, AttributeError) as error:
        raise NotFetchedError(f"the package cannot be read: {error}") from error
    return Package(version, stylesheet, script)


def _text(archive: tarfile.TarFile, name: str) -> str:
    member = archive.getmember(name)
    inside = archive.extractfile(member) if member.isfile() and member.size <= _LARGEST else None
    if inside is None:
        raise NotFetchedError(f"{name} in the package is no file of at most {_LARGEST:,} bytes")
    return inside.read().decode()


def write(folder: Path, package: Package) -> None:
    """The folder, whole or not at all: written beside, then renamed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".govuk-", dir=folder.parent))
    try:
        beside.chmod(0o755)
        licence = _LICENCE.format(version=package.version)
        for name, text in zip(
            FILES, (package.stylesheet, package.script, licence, f"{package.version}\n"), strict=True
        ):
            (beside / name).write_text(text, "utf-8")
        if folder.exists() and not version_at(folder):  # an older one
            shutil.rmtree(folder)
        with suppress(OSError):  # of two builds at once the second finds it there
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    if not version_at(folder):
        raise NotFetchedError(f"{folder} could not be written")
