"""Files that people add: which kinds, how large, and what their names may be. What is not listed is refused.

A file is known by the end of its name and by its first bytes, both (OWASP, File Upload Cheat Sheet): no kind here is
one that a browser runs, and a page with another ending is none. Nothing is kept under the name that it came with.
"""

from __future__ import annotations

import io
import threading
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

MOST: Final = 25 * 1024 * 1024
"""Bytes of one file."""
LONGEST_NAME: Final = 150
"""Characters; with what file systems add to a name that is there already it still fits into 255 bytes mostly."""
OTHERWISE: Final = "application/octet-stream"
_AT_ONCE: Final = 3 * MOST
"""Bytes of files that one process holds at a time, sealed or not: whoever comes on top is asked to come again."""
_LOOKED_AT: Final = 4096
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"
_MARKUP: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<iframe", b"<!--")
"""What makes a browser take a text for a page, were it to guess (WHATWG, MIME Sniffing, section 7.1)."""
_BRANDS: Final = {
    "heic": (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"),
    "m4a": (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash"),
}


class Kind(NamedTuple):
    """A kind of file: what it is sent as, and whether bytes look like one."""

    media_type: str
    fits: Callable[[bytes], bool]
    called: str


def _begins(*with_any: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(with_any)


def _office(part: str) -> Callable[[bytes], bool]:
    """A zip with the part that makes it such a document, and no macros."""

    def fits(data: bytes) -> bool:
        names = _packed(data)
        return part in names and "[Content_Types].xml" in names and not any("vbaProject" in name for name in names)

    return fits


def _packed(data: bytes) -> set[str]:
    if not data.startswith(b"PK\x03\x04"):
        return set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return set()


def _open_document(what: str) -> Callable[[bytes], bool]:
    """The first thing in it says what it is, not packed (OpenDocument 1.3, part 2, section 3.3)."""
    said = f"mimetype{_OPEN}.{what}".encode()
    return lambda data: data.startswith(b"PK\x03\x04") and data[30:].startswith(said) and bool(_packed(data))


def _media(kind: str) -> Callable[[bytes], bool]:
    return lambda data: data[4:8] == b"ftyp" and data[8:12] in _BRANDS[kind]


def _mp3(data: bytes) -> bool:
    if data.startswith(b"ID3"):
        return True
    # A frame: eleven bits set, then version, layer 3, a bit rate and a sampling rate that exist (ISO/IEC 11172-3).
    return (
        len(data) > 3  # noqa: PLR2004 - bytes of its header
        and data[0] == 0xFF  # noqa: PLR2004
        and data[1] & 0xE6 == 0xE2  # noqa: PLR2004
        and data[2] >> 4 not in (0, 15)
        and data[2] >> 2 & 3 != 3  # noqa: PLR2004
    )


def plain_text(data: bytes) -> bool:
    """Nothing but text, and no page: neither control characters nor the beginning of markup."""
    begin = data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begin.startswith(_MARKUP):
        return False
    return not any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in data[:_LOOKED_AT]) and b"\0" not in data  # noqa: PLR2004


KINDS: Final[dict[str, Kind]] = {
    "pdf": Kind("application/pdf", _begins(b"%PDF-"), "PDF"),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _office("word/document.xml"), "Word"),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _office("xl/workbook.xml"), "Excel"),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", _office("ppt/presentation.xml"), "PowerPoint"),
    "odt": Kind(f"{_OPEN}.text", _open_document("text"), "OpenDocument text"),
    "ods": Kind(f"{_OPEN}.spreadsheet", _open_document("spreadsheet"), "OpenDocument spreadsheet"),
    "png": Kind("image/png", _begins(b"\x89PNG\r\n\x1a\n"), "PNG picture"),
    "jpg": Kind("image/jpeg", _begins(b"\xff\xd8\xff"), "JPEG picture"),
    "jpeg": Kind("image/jpeg", _begins(b"\xff\xd8\xff"), "JPEG picture"),
    "heic": Kind("image/heic", _media("heic"), "HEIC picture"),
    "txt": Kind("text/plain; charset=utf-8", plain_text, "plain text"),
    "csv": Kind("text/csv; charset=utf-8", plain_text, "CSV"),
    "mp3": Kind("audio/mpeg", _mp3, "MP3 recording"),
    "m4a": Kind("audio/mp4", _media("m4a"), "M4A recording"),
}
"""End of a name -> kind. This is the whole list."""

ACCEPTED: Final = ",".join(f".{end}" for end in KINDS)
"""For the `accept` of an input: what a file chooser offers first."""
LISTED: Final = "PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, HEIC, plain text, CSV, MP3 or M4A"


class Uploaded(NamedTuple):
    """A file that may be kept."""

    name: str
    data: bytes


class NotTaken(Exception):  # an answer, not an error: what is wrong with a file, in words for the page
    """`sentence` says what is wrong and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TooManyAtOnce(Exception):  # an answer as well
    """The files that are being read and sent already leave no room for this one."""


def uploaded(file: Any, kinds: Mapping[str, Kind] = KINDS) -> Uploaded | None:
    """The file of a form, None if none was chosen; `NotTaken` for one that is not taken.

    `file` is Starlette's `UploadFile`, or None. `kinds`: those that are wanted here.
    """
    if file is None or not (file.filename or file.size):
        return None
    name = checked_name(file.filename or "")
    size = file.size or 0
    if size > MOST:
        raise NotTaken(f"The file has {_megabytes(size)} MB. It must be no larger than {_megabytes(MOST)} MB")
    data: bytes = file.file.read(MOST + 1)
    if not data:
        raise NotTaken("The file is empty")
    if len(data) > MOST:
        raise NotTaken(f"The file must be no larger than {_megabytes(MOST)} MB")
    kind = kinds.get(_end(name))
    if kind is None:
        if kinds is KINDS:
            raise NotTaken(f"The file must be one of these kinds: {LISTED}")
        raise NotTaken(f"The name of the file must end in {' or '.join(f'.{end}' for end in kinds)}")
    if not kind.fits(data):
        raise NotTaken(f"The name of the file ends in .{_end(name)}, but it is no {kind.called} file inside")
    return Uploaded(name, data)


def checked_name(given: str) -> str:
    """The name of a file as it may be kept; `NotTaken` for one that is a path, or has characters nobody can see."""
    name = unicodedata.normalize("NFC", given).strip()
    if any(one in "/\\" for one in name) or name.strip(". ") == "":
        raise NotTaken("The name of the file looks like a place on a disk. Rename the file, without / and \\ in it")
    if any(unicodedata.category(one) in _UNSEEN for one in name):
        raise NotTaken("The name of the file has characters that cannot be seen. Rename the file")
    if len(name) > LONGEST_NAME:
        raise NotTaken(f"The name of the file is too long. Rename the file, with {LONGEST_NAME} characters at most")
    return name


_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and format characters (those that turn the direction of text among them), surrogates, lines: Unicode 4.5."""


def media_type(name: str, data: bytes) -> str:
    """What a file is sent as: one of the list if its name and its bytes say so, else bytes that mean nothing."""
    kind = KINDS.get(_end(name))
    return kind.media_type if kind and kind.fits(data) else OTHERWISE


def _end(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):,.1f}".removesuffix(".0")


class Room:
    """How many bytes of files a process holds at once: some large ones, or many small ones."""

    def __init__(self, most: int = _AT_ONCE) -> None:
        self._left = most
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Take room; `TooManyAtOnce` if there is none."""
        with self._lock:
            if size > self._left:
                raise TooManyAtOnce
            self._left -= size

    def give(self, size: int) -> None:
        """Give it back."""
        with self._lock:
            self._left += size

    @contextmanager
    def taken(self, size: int) -> Iterator[None]:
        """Room for a while."""
        self.take(size)
        try:
            yield
        finally:
            self.give(size)


ROOM: Final = Room()
"""One for the whole process."""
