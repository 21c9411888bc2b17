"""The master key: 32 bytes that wrap every other key. Never stored by us beside what it protects."""

from __future__ import annotations

import os
import shlex
import subprocess
from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from pathlib import Path
from typing import NamedTuple

from reviewflow.errors import BadInput, Fault, StoreUnreachable
from reviewflow.vault.boxes import KEY_BYTES, Randomness
from reviewflow.vault.durable import sync_folder, write_durably


class Names(NamedTuple):
    """How the three places are called where they are set."""

    value: str
    file: str
    command: str


NAMES = Names("REVIEWFLOW_MASTER_KEY", "REVIEWFLOW_MASTER_KEY_FILE", "REVIEWFLOW_MASTER_KEY_COMMAND")
NEW_NAMES = Names("REVIEWFLOW_NEW_MASTER_KEY", "REVIEWFLOW_NEW_MASTER_KEY_FILE", "REVIEWFLOW_NEW_MASTER_KEY_COMMAND")
_WHAT = "the master key"


def resolve_master_key(
    value: str | None = None,
    file: Path | None = None,
    command: str | None = None,
    *,
    seconds: float = 60,
    names: Names = NAMES,
) -> bytes | None:
    """The master key from the one place that was given, None if none was: base64 of 32 bytes in each.

    Args:
        value: the key itself, from REVIEWFLOW_MASTER_KEY.
        file: a file that holds it, from REVIEWFLOW_MASTER_KEY_FILE.
        command: a command that prints it, from REVIEWFLOW_MASTER_KEY_COMMAND; run without a shell.
        seconds: how long the command may take.
        names: how the places are called in messages.
    """
    given = [name for name, place in zip(names, (value, file, command), strict=True) if place]
    if len(given) > 1:
        raise StoreUnreachable(_WHAT, f"{' and '.join(given)} are all set", "set one of them only")
    if value:
        return _decode(value, names.value)
    if file:
        return _decode(_read(file, names.file), f"{names.file} {file}")
    if command:
        return _decode(_run(command, seconds, names.command), names.command)
    return None


def create_master_key(path: Path, random: Randomness = os.urandom) -> None:
    """Write a new random master key to a new file, mode 0600; an existing file is never touched."""
    try:
        write_durably(path, b2a_base64(random(KEY_BYTES)), 0o600)
        try:
            sync_folder(path.parent)
        except OSError:
            path.unlink()
            raise
    except FileExistsError as error:
        want = "a new file: every text sealed under a key is lost with that key"
        raise BadInput("a new master key", [Fault(str(path), "a file that exists", want)]) from error
    except OSError as error:
        raise StoreUnreachable(_WHAT, f"cannot write {path}: {error.strerror}", "no key was made") from error


def master_key_beside(store_path: Path, key_file_path: Path) -> str | None:
    """A warning if whoever copies the store's folder gets the master key with it, else None."""
    store, key = store_path.resolve(), key_file_path.resolve()
    if not key.is_relative_to(store.parent):
        return None
    return (
        f"WARNING: the master key {key} lies beside the store {store}. Whoever copies that folder can read every "
        f"sealed text, and a backup of it keeps what is forgotten later. Move the key to another place, better "
        f"another machine, and name it with {NAMES.file}, or print it with {NAMES.command}."
    )


def _decode(text: str, source: str) -> bytes:
    # Neither the text nor what it decodes to is ever shown: a key with one wrong letter is still a key.
    try:
        key = a2b_base64(text.strip(), strict_mode=True)
    except (NotBase64, ValueError) as error:
        raise _unfit(source, "something that is not base64") from error
    if len(key) != KEY_BYTES:
        raise _unfit(source, f"base64 of {len(key)} bytes")
    return key


def _unfit(source: str, got: str) -> StoreUnreachable:
    remedy = "make one with `head -c 32 /dev/urandom | base64`, or put the right one back"
    return StoreUnreachable(_WHAT, f"{source}: got {got}, want base64 of {KEY_BYTES} bytes", remedy)


def _read(file: Path, name: str) -> str:
    try:
        return file.read_text("ascii")
    except UnicodeDecodeError as error:
        raise _unfit(f"{name} {file}", "something that is not base64") from error
    except OSError as error:
        remedy = f"put the file back, or unset {name} to read with texts hidden"
        raise StoreUnreachable(_WHAT, f"cannot read {file}: {error.strerror}", remedy) from error


def _run(command: str, seconds: float, name: str) -> str:
    remedy = f"try the command by hand, or unset {name} to read with texts hidden"
    try:
        words = shlex.split(command)
        # The administrator's own setting; no shell, so that nothing in it is expanded.
        done = subprocess.run(  # noqa: S603
            words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=seconds
        )
        if done.returncode == 0:
            return done.stdout.decode("ascii")
        complaint = done.stderr.decode(errors="replace").strip().splitlines()
        why = f"it ended with {done.returncode}" + (f": {complaint[-1][:200]}" if complaint else "")
    except UnicodeDecodeError as error:
        raise _unfit(name, "something that is not base64") from error
    except subprocess.TimeoutExpired:
        why = f"no answer within {seconds:g} seconds"
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
    raise StoreUnreachable(_WHAT, f"{name}: {why}", remedy)
