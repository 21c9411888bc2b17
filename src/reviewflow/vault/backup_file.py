"""A backup of the vault, as a file. THIS IS A STORED FORMAT: tests/vault holds golden bytes.

Lines of ASCII, each ended by one newline:
    reviewflow vault backup, format 1
    {"destroy_by":"2026-04-05","forgotten":2,"keys":3,"made_at":"2026-03-01T12:30:00+00:00","master_key":"16 hex"}
    key OWNER BASE64           every key, still wrapped by the master key, in the order of the owners
    forgotten STREAM MOMENT    everything forgotten, in order; names are percent-encoded
    end HEX                    HMAC-SHA256 of all bytes before this line, under a key derived from the master key
Nothing comes after. So a byte that was changed, a line that was dropped, added or taken from another
backup, and an end that is missing are all found, before anything is restored.
"""

from __future__ import annotations

import hmac
import json
import re
from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final, NamedTuple
from urllib.parse import quote, unquote

from reviewflow.errors import BadInput, Fault
from reviewflow.vault.keys import CHUNK, Whole, Wrapped
from reviewflow.vault.master_source import fingerprint

FIRST: Final = b"reviewflow vault backup, format 1\n"
_ANY_FORMAT: Final = re.compile(rb"reviewflow vault backup, format (\d+)\n")
_LONGEST: Final = 4096
_END: Final = re.compile(rb"end ([0-9a-f]{64})\n")


class Header(NamedTuple):
    """What a backup says of itself."""

    made_at: str
    destroy_by: str
    keys: int
    forgotten: int
    master_key: str


def write_backup(out: BinaryIO, whole: Whole, made_at: str, destroy_by: str, master_key: bytes) -> Header:
    """Write all of it."""
    forgotten = whole.forgotten()
    header = Header(made_at, destroy_by, whole.count(), len(forgotten), fingerprint(master_key))
    seal = _seal(master_key)

    def line(data: bytes) -> None:
        seal.update(data)
        out.write(data)

    line(FIRST)
    line(json.dumps(header._asdict(), sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n")
    for chunk in whole.chunks():
        line(b"".join(b"key %s %s" % (quote(owner, safe="").encode(), b2a_base64(wrapped)) for owner, wrapped in chunk))
    for _, stream, at in forgotten:
        line(f"forgotten {quote(stream, safe='')} {at}\n".encode())
    out.write(f"end {seal.hexdigest()}\n".encode())
    return header


def read_header(file: BinaryIO, name: str) -> Header:
    """What the backup says of itself, which is not proved yet; `BadInput` for another kind of file."""
    first, second = file.readline(len(FIRST) + 20), file.readline(_LONGEST)
    if first != FIRST:
        newer = _ANY_FORMAT.fullmatch(first)
        got = f"format {int(newer[1])}" if newer else "another kind of file"
        raise _bad(name, got, "want a backup of the vault, format 1" + ("; use a newer release" if newer else ""))
    try:
        said = json.loads(second)
        header = Header(**said)
    except (ValueError, TypeError) as error:
        raise _bad(name, "a second line that cannot be read", "want a file as `vault backup` wrote it") from error
    kinds = (str, str, int, int, str)
    if any(type(value) is not kind for value, kind in zip(header, kinds, strict=True)):
        raise _bad(name, "a second line that cannot be read", "want a file as `vault backup` wrote it")
    return header


def check_whole(file: BinaryIO, name: str, master_key: bytes) -> None:
    """`BadInput` unless every byte is as it was written under this master key."""
    for _ in _sealed_lines(file, name, master_key):
        pass


def read_rows(
    file: BinaryIO, name: str, master_key: bytes, size: int = CHUNK
) -> Iterator[tuple[list[Wrapped], list[tuple[str, str]]]]:
    """Keys, and forgotten (stream, moment), so many lines at a time.

    They may be used once it has come to its end: there `BadInput` tells that they are not as they were written.
    """
    keys, forgotten = list[Wrapped](), list[tuple[str, str]]()
    for line in islice(_sealed_lines(file, name, master_key), 2, None):
        kind, _, rest = line.decode("ascii", "replace").rstrip("\n").partition(" ")
        one, _, other = rest.partition(" ")
        try:
            if kind == "key":
                keys.append((unquote(one), a2b_base64(other, strict_mode=True)))
            elif kind == "forgotten":
                forgotten.append((unquote(one), other))
            else:
                raise _bad(name, f"a line that begins {kind[:20]!r}", "use the release that wrote it")
        except (NotBase64, ValueError) as error:
            raise _bad(name, "a line that cannot be read", "want a file as `vault backup` wrote it") from error
        if len(keys) + len(forgotten) >= size:
            yield keys, forgotten
            keys, forgotten = [], []
    yield keys, forgotten


def _sealed_lines(file: BinaryIO, name: str, master_key: bytes) -> Iterator[bytes]:
    """Every line but the last, which must seal those before it."""
    file.seek(0)
    seal = _seal(master_key)
    for line, last in _lines(file):
        if last:
            if (found := _END.fullmatch(line)) is None:
                raise _bad(name, "a file that is cut short, or goes on after its end", "want all of it and no more")
            if not hmac.compare_digest(found[1], seal.hexdigest().encode()):
                raise _bad(name, "a file that was altered", "want every byte as `vault backup` wrote it")
        else:
            seal.update(line)
            yield line


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Each line, and whether it is the last; a line that never ends counts as the last."""
    line = file.readline(_LONGEST)
    while line:
        following = file.readline(_LONGEST) if line.endswith(b"\n") else b""
        yield line, not following
        line = following


def _seal(master_key: bytes) -> hmac.HMAC:
    return hmac.new(hmac.digest(master_key, b"reviewflow vault backup", "sha256"), digestmod="sha256")


def _bad(name: str, got: str, want: str) -> BadInput:
    return BadInput(name, [Fault("", got, want)])
