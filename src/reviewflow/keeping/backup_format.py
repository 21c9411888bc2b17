"""What is in a backup, by name and number. THIS IS A STORED FORMAT: docs/reference/backup-format.md says all of it.

reviewflow-backup-1                 which format, release and tables: one line of JSON
records/NNNNNNNN-DIGEST.gz          some records, gzipped; DIGEST is the SHA-256 of these bytes
evidence/DIGEST                     an encrypted file, right behind the records that first name it
manifest                            what there should be: one line of JSON, and the SHA-256 of all bytes before it
"""

from __future__ import annotations

import json
import re
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from reviewflow.cycle.events import EvidenceAdded
from reviewflow.events import Event
from reviewflow.store.schema import SCHEMA

FORMAT: Final = 1
HEAD: Final = f"reviewflow-backup-{FORMAT}"
MANIFEST: Final = "manifest"
RECORDS: Final = re.compile(r"records/([0-9]{8})-([0-9a-f]{64})\.gz", re.ASCII)
EVIDENCE: Final = re.compile(r"evidence/([0-9a-f]{64})", re.ASCII)

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)

PART: Final = 1 << 20
"""Bytes of records after which a part is closed."""
RECORD_MOST: Final = 64 << 20
"""Bytes of one record."""
PART_MOST: Final = PART + RECORD_MOST
"""Bytes that a part may unpack to."""
FILE_MOST: Final = (50 << 20) + 1024
"""Bytes of an encrypted file: what the vault takes, and what it adds."""
LINE_MOST: Final = 4096
"""Bytes of the first part and of the manifest."""

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)


class Head(BaseModel):
    """The first part: who wrote it."""

    model_config = _STRICT

    format: int = FORMAT
    reviewflow: str
    tables: int = SCHEMA


class Manifest(BaseModel):
    """The last part: what there should be."""

    model_config = _STRICT

    records: int
    parts: int
    last_recorded_at: str | None
    """UTC, ISO 8601, to the microsecond; None for an empty log."""
    records_digest: str
    """SHA-256 over the bytes of all records (`keeping/tally.py`)."""
    evidence: int
    """Files of evidence that are there."""
    evidence_bytes: int
    evidence_missing: int
    """Files that records name and that were not there, or not whole, when the backup was made."""


def line(model: BaseModel) -> bytes:
    """The one way in which it is written: compact JSON, keys sorted, ASCII, one line."""
    return json.dumps(model.model_dump(), sort_keys=True, separators=(",", ":")).encode() + b"\n"


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], data: bytes) -> M:
    """The same again; `ValueError` for anything that is not written in this one way."""
    try:
        found = model.model_validate_json(data)
    except ValidationError as error:
        raise ValueError(f"{error.error_count()} faults") from error
    if line(found) != data:
        raise ValueError("it is written in another way")
    return found


def file_named(event: Event) -> str | None:
    """The digest of the encrypted file that an event names, if it can be one."""
    if not isinstance(event, EvidenceAdded) or event.file_digest is None:
        return None
    return event.file_digest if _DIGEST.fullmatch(event.file_digest) else None
