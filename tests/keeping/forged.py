"""Backups taken apart and put together otherwise, with every digest made to fit again: what only content gives away."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from reviewflow.keeping.backup_format import HEAD, MANIFEST
from reviewflow.keeping.container import END, Container, header, padding

Members = list[tuple[str, bytes]]


def taken_apart(path: Path) -> tuple[Members, dict[str, Any]]:
    """The members between the first and the manifest, and what the manifest says."""
    found: Members = []
    with path.open("rb") as file:
        container = Container(file, str(path))
        while True:
            member = container.member()
            data = b"".join(container.content(member))
            if member.name == MANIFEST:
                return found[1:], json.loads(data.splitlines()[0])
            found.append((member.name, data))


def boundaries(path: Path) -> list[int]:
    """Where each header, content and padding begins, and where the end does."""
    found = []
    with path.open("rb") as file:
        container = Container(file, str(path))
        name = ""
        while name != MANIFEST:
            member = container.member()
            name = member.name
            found += [member.offset, container.offset, container.offset + member.size]
            for _ in container.content(member):
                pass
        return [*found, container.offset]


def put_together(path: Path, members: Iterable[tuple[str, bytes]], manifest: dict[str, Any], **more: Any) -> Path:
    """A file whose digests are right, whatever is in it; `head`, `line` and `end` may be others."""
    head = more.get("head", HEAD)
    first = more.get("line", json.dumps({"format": 1, "reviewflow": "x", "tables": 2}, separators=(",", ":"))).encode()
    data = b"".join(member(name, content) for name, content in [(head, first + b"\n"), *members])
    line = more.get("manifest", json.dumps(manifest, sort_keys=True, separators=(",", ":"))).encode() + b"\n"
    data += header(MANIFEST, len(line) + 65) + line
    data += sha256(data).hexdigest().encode() + b"\n"
    path.write_bytes(data + padding(len(line) + 65) + more.get("end", END))
    return path


def member(name: str, content: bytes) -> bytes:
    """One of them."""
    return header(name, len(content)) + content + padding(len(content))


def packed(number: int, plain: bytes) -> tuple[str, bytes]:
    """A part of records with whatever bytes."""
    packing = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    data = packing.compress(plain) + packing.flush()
    return f"records/{number:08}-{sha256(data).hexdigest()}.gz", data


def unpacked(data: bytes) -> bytes:
    """The bytes of a part."""
    return zlib.decompress(data, zlib.MAX_WBITS | 16)
