"""Words that nobody else writes, and a search for them in bytes, in every form in which they might have leaked."""

from __future__ import annotations

import hashlib
import json
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from itertools import count
from pathlib import Path


class Marks:
    """Makes marked words and remembers them."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._numbers = count(1)

    def __call__(self, kind: str) -> str:
        """A word for a place; capitals, and a letter that is not ASCII, so that other ways to write it differ."""
        number = next(self._numbers)
        mark = f"Qx{kind.title()}{number:03d}Zéw"
        self.made.append(mark)
        return mark

    def email(self) -> str:
        """An address nobody has."""
        mark = f"Qxemail{next(self._numbers):03d}Zw@Example.org"
        self.made.append(mark)
        return mark


def forms(mark: str) -> Iterator[tuple[str, bytes]]:
    """Every form in which a mark might stand in a file: encodings, escapes, and what it hashes to."""
    for spelling in dict.fromkeys([mark, mark.casefold(), mark.upper(), mark.strip()]):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1", "unicode_escape"):
            yield encoding, spelling.encode(encoding)
        yield "json", json.dumps(spelling)[1:-1].encode()
        plain = spelling.encode()
        yield "hex", plain.hex().encode()
        yield "HEX", plain.hex().upper().encode()
        yield "base32", b32encode(plain)[: len(plain) * 8 // 5 - 1]
        yield from _base64(plain)
        yield "backwards", plain[::-1]
        for name in ("sha256", "sha1", "md5", "blake2b", "sha3_256", "sha512"):
            digest = hashlib.new(name, plain)
            yield name, digest.digest()
            yield f"{name} hex", digest.hexdigest().encode()
            yield f"{name} base64", b64encode(digest.digest()).rstrip(b"=")


def _base64(plain: bytes) -> Iterator[tuple[str, bytes]]:
    """Base64 of a text that stands anywhere within a longer one: the middle, for each of three ways to begin."""
    for before in range(3):
        for name, encode in (("base64", b64encode), ("url base64", urlsafe_b64encode)):
            middle = encode(b"\0" * before + plain + b"\0" * 3)
            yield f"{name} after {before}", middle[4 if before else 0 : (before + len(plain)) // 3 * 4]


_HEAD = 8
"""Forms are looked up by their first bytes; one that is shorter is looked for alone."""


class Search:
    """Looks for every form of every mark in one go over the bytes."""

    def __init__(self, marks: list[str]) -> None:
        self.exact: dict[bytes, list[tuple[bytes, str, str]]] = {}
        self.folded: dict[bytes, list[tuple[bytes, str, str]]] = {}
        for mark in marks:
            for form, wanted in forms(mark):
                assert len(wanted) >= _HEAD, (mark, form)
                self.exact.setdefault(wanted[:_HEAD], []).append((wanted, mark, form))
                if form.startswith("utf-"):
                    lower = wanted.lower()
                    self.folded.setdefault(lower[:_HEAD], []).append((lower, mark, f"{form}, small letters"))

    def found(self, data: bytes) -> list[tuple[str, str]]:
        """Every mark that stands in some bytes, with the form it stands in."""
        return [*_look(data, self.exact), *_look(data.lower(), self.folded)]

    def found_under(self, folder: Path) -> list[tuple[str, str, str]]:
        """The same for every file in a folder, and for the names of the files."""
        found = []
        for path in sorted(folder.rglob("*")):
            found += [(path.name, *one) for one in self.found(str(path.relative_to(folder)).encode())]
            if path.is_file():
                found += [(path.name, *one) for one in self.found(path.read_bytes())]
        return found


def _look(data: bytes, heads: dict[bytes, list[tuple[bytes, str, str]]]) -> list[tuple[str, str]]:
    found = []
    for at in range(len(data) - _HEAD + 1):
        near = heads.get(data[at : at + _HEAD])
        if near:
            found += [(mark, form) for wanted, mark, form in near if data.startswith(wanted, at)]
    return found
