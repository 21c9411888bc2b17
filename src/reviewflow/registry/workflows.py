"""The published editions of one workflow, by digest; a cycle stays with the digest it was opened with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Recorded
from reviewflow.registry.events import WorkflowPublished


class Edition(NamedTuple):
    """One published edition; `document` is the definition in its author's order."""

    edition: str
    digest: str
    document: dict[str, Any]
    published: date


class Published(NamedTuple):
    """All editions of a workflow at a version of its stream, in the order of publication."""

    name: str
    version: int
    editions: dict[str, Edition]

    @property
    def latest(self) -> Edition:
        """The edition that a new cycle is opened with."""
        return list(self.editions.values())[-1]

    def document(self, digest: str) -> dict[str, Any] | None:
        """The definition with that digest."""
        found = self.editions.get(digest)
        return found.document if found else None


def evolve_workflow(published: Published | None, record: Recorded) -> Published:
    """The editions after one more record; an edition published again becomes the latest."""
    event, stream, version = record.event, record.stream, record.version
    name = stream.removeprefix("workflow-")
    if not isinstance(event, WorkflowPublished) or event.workflow != name:
        raise ImpossibleHistory(stream, version, f"{event.topic or type(event).__name__} is no edition of {name}")
    edition = Edition(event.edition, event.digest, event.document, event.happened.on)
    if published is None:
        return Published(name, version, {event.digest: edition})
    if version <= published.version:
        raise ImpossibleHistory(stream, version, f"it follows version {published.version}")
    others = {digest: e for digest, e in published.editions.items() if digest != event.digest}
    return Published(name, version, {**others, event.digest: edition})


def fold_workflow(records: Sequence[Recorded], start: Published | None = None) -> Published | None:
    """The editions after these records; None for no records."""
    published = start
    for record in records:
        published = evolve_workflow(published, record)
    return published
