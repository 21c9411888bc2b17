"""The identity of a definition: SHA-256 of the RFC 8785 JSON of its plain tree. Key order does not count."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785
from pydantic import ValidationError

from reviewflow.errors import IntegrityBroken
from reviewflow.workflow.definition import Definition


def canonical(document: Any) -> bytes:
    """The one spelling of a plain tree (RFC 8785)."""
    return rfc8785.dumps(document)


def digest_of(document: dict[str, Any]) -> str:
    """The digest of a plain tree, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(document)).hexdigest()


def load(document: dict[str, Any], digest: str, position: int = 0) -> Definition:
    """A definition read back from the log; it was checked when it was published and is not judged again.

    `IntegrityBroken` if it is not the one that `digest` names.
    """
    try:
        found = digest_of(document)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise IntegrityBroken(position, f"the workflow definition {digest[:12]} has no canonical form") from error
    if found != digest:
        raise IntegrityBroken(position, f"the workflow definition has the digest {found[:12]}, not {digest[:12]}")
    try:
        return Definition.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        why = f"the workflow definition {digest[:12]} has a shape that this release does not know"
        raise IntegrityBroken(position, why) from error
