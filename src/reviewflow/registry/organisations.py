"""An organisation as the log tells: what registers say of it, and what it became or came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Recorded
from reviewflow.registry.events import (
    Identity,
    OrganisationChanged,
    OrganisationKind,
    OrganisationRegistered,
    OrganisationSucceeded,
    Succession,
)


class Link(NamedTuple):
    """Organisations that became others on a day."""

    kind: Succession
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    on: date


class Organisation(NamedTuple):
    """An organisation at a version of its stream."""

    id: str
    version: int
    kind: OrganisationKind
    name: str
    handle: str
    identities: tuple[Identity, ...] = ()
    details: dict[str, str] = {}
    links: tuple[Link, ...] = ()

    @property
    def succeeded_by(self) -> tuple[str, ...]:
        """The organisations that came after this one, each once."""
        return tuple(dict.fromkeys(s for link in self.links if self.id in link.predecessors for s in link.successors))

    @property
    def succeeded(self) -> tuple[str, ...]:
        """The organisations that this one came from, each once."""
        return tuple(dict.fromkeys(p for link in self.links if self.id in link.successors for p in link.predecessors))

    def identity(self, scheme: str) -> str | None:
        """The latest identity of a scheme: the last dated one, else the last recorded."""
        found = [i for i in self.identities if i.scheme == scheme]
        return max(enumerate(found), key=lambda e: (e[1].since or date.min, e[0]))[1].value if found else None


def evolve_organisation(organisation: Organisation | None, record: Recorded) -> Organisation:
    """The organisation after one more record."""
    event, stream, version = record.event, record.stream, record.version

    def impossible(why: str) -> ImpossibleHistory:
        return ImpossibleHistory(stream, version, why)

    if organisation is None:
        if not isinstance(event, OrganisationRegistered):
            raise impossible(f"{event.topic} before the organisation was registered")
        id_ = stream.removeprefix("organisation-")
        return Organisation(id_, version, event.kind, event.name, event.handle, event.identities, event.details)
    if version <= organisation.version:
        raise impossible(f"it follows version {organisation.version}")
    organisation = organisation._replace(version=version)
    match event:
        case OrganisationChanged():
            if unknown := [key for key in event.removed if key not in organisation.details]:
                raise impossible(f"removes details that were not there: {', '.join(unknown)}")
            details = {k: v for k, v in {**organisation.details, **event.details}.items() if k not in event.removed}
            # The same identity again only says since when: one identity, now dated.
            said = {(i.scheme, i.value): i for i in (*organisation.identities, *event.identities)}
            return organisation._replace(
                name=event.name or organisation.name, details=details, identities=tuple(said.values())
            )
        case OrganisationSucceeded():
            ends = event.predecessors if event.stands == "predecessor" else event.successors
            if organisation.id not in ends:
                raise impossible(f"this organisation is no {event.stands} in it")
            link = Link(event.kind, event.predecessors, event.successors, event.happened.on)
            return organisation._replace(links=(*organisation.links, link))
        case _:
            raise impossible(f"{event.topic or type(event).__name__} does not belong to an organisation that is known")


def fold_organisation(records: Sequence[Recorded], start: Organisation | None = None) -> Organisation | None:
    """The organisation after these records; None for no records."""
    organisation = start
    for record in records:
        organisation = evolve_organisation(organisation, record)
    return organisation
