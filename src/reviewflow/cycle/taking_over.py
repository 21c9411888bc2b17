"""Deciding to take over a whole cycle from another store: all of its events as they are, or none.

They keep their versions, and say that they came in by import and who brought them. People and organisations that
are not registered here are registered under the ids that the events know them by.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, NamedTuple

from reviewflow.cycle import events as ev
from reviewflow.cycle.commands import CycleCommand
from reviewflow.cycle.deciding import Decided, refuse
from reviewflow.cycle.followable import unfollowable
from reviewflow.cycle.setting import Known, local_day
from reviewflow.errors import Refused, Unmet
from reviewflow.events import Asked, Event, Recorded, Unsealed, is_id
from reviewflow.registry.asking import said
from reviewflow.registry.events import (
    INSTALLATION,
    Identity,
    OrganisationKind,
    OrganisationRegistered,
    PersonRegistered,
)
from reviewflow.registry.given import Given
from reviewflow.registry.names import objection_to_name, tidy
from reviewflow.registry.permissions import ADMINISTRATOR
from reviewflow.registry.programmes import Programme

SOURCE: Final = "reviewflow"
"""The format that organisations registered on the way were read from."""
_HANDLE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST: Final = 100


class Told(NamedTuple):
    """An event with the place at which its file tells it."""

    place: str
    event: Event


class NewOrganisation(NamedTuple):
    """An organisation that events know by an id and nobody has registered here."""

    id: str
    name: str
    handle: str
    kind: OrganisationKind
    identities: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(CycleCommand):
    """Take over a cycle that another store exported; everything in it was judged there."""

    name: ClassVar[str] = "history import"

    events: tuple[Told, ...]
    people: Mapping[str, str] = field(default_factory=dict)
    """Id -> name of everybody to be registered who is not yet."""
    organisations: tuple[NewOrganisation, ...] = ()

    @property
    def target(self) -> str:  # noqa: D102 - see Command
        return self.cycle

    @property
    def opened(self) -> ev.CycleOpened:
        """The event that every history begins with."""
        event = self.events[0].event if self.events else None
        if isinstance(event, ev.CycleOpened):
            return event
        place = self.events[0].place if self.events else self.cycle
        sentence = f"{place}: a history begins with the opening of a cycle"
        raise Refused(self.cause, [Unmet("impossible-history", sentence)])


def only_administrators(asked: Asked, known: Known) -> None:
    """Raise `Refused` for everybody else: what comes in so is judged by nobody here."""
    person = known.person(asked.by)
    if person is None or not person.holds(ADMINISTRATOR, INSTALLATION, asked.at.date()):
        sentence = "only an administrator takes over histories as they are: their requirements are not judged again"
        raise Refused(TakeOver.name, [Unmet("not-permitted", sentence, (ADMINISTRATOR,))])


def take_over(command: TakeOver, known: Known) -> Decided:
    """The events of the cycle, after those that register who and what they name."""
    only_administrators(command.asked, known)
    opened = command.opened
    what = f"taking over {opened.handle}"
    programme = known.programme(opened.programme)
    begins = command.events[0].place
    faults = _place_faults(command, opened, programme, known)
    refuse(what, [dataclasses.replace(unmet, sentence=f"{begins}: {unmet.sentence}") for unmet in faults])
    assert programme is not None
    now = local_day(command.asked.at, programme.time_zone)
    stream = f"cycle-{command.cycle}"
    records = [
        Recorded(0, command.asked.at, stream, version, told.event)
        for version, told in enumerate(command.events, start=1)
    ]
    definition = known.definition(opened.digest)
    refuse(what, [
        Unmet("impossible-history", f"{command.events[version - 1].place}: event {version}: {why}")
        for version, why in unfollowable(definition, opened.digest, records, now)
    ])  # fmt: skip
    asked = dataclasses.replace(command.asked, role=ADMINISTRATOR, door="import", happened=None)
    command = dataclasses.replace(command, asked=asked)
    brought = {"entered_by": asked.entered_by, "door": "import"}
    registering = said(command, now)
    return [
        *((f"organisation-{one.id}", _organisation(registering, one)) for one in _new(command, known)),
        *((f"person-{one}", _person(registering, n)) for one, n in command.people.items() if known.person(one) is None),
        *((stream, told.event.model_copy(update=brought)) for told in command.events),
    ]


def _place_faults(
    command: TakeOver, opened: ev.CycleOpened, programme: Programme | None, known: Known
) -> Iterator[Unmet]:
    """What is wrong with where the cycle would come to stand, and with whom it would bring along."""
    if not is_id(command.cycle):
        yield Unmet("bad-id", f"{command.cycle!r} is no id of a cycle")
        return
    if known.cycle(command.cycle) is not None:
        yield Unmet("already-there", "this cycle is here already; it came in a moment ago")
    if not _HANDLE.fullmatch(opened.handle) or len(opened.handle) > _LONGEST:
        yield Unmet("bad-handle", f"{opened.handle!r} is no handle of a cycle")
    elif taken := [one for one in known.by_handle(opened.handle) if one.startswith("cycle-")]:
        others = ", ".join(one.removeprefix("cycle-") for one in taken)
        yield Unmet("handle-taken", f"another cycle here is called {opened.handle}: {others}")
    if programme is None:
        yield Unmet("no-such-programme", f"there is no programme {opened.programme}")
    partnership = known.partnership(opened.partnership) if opened.partnership else None
    if opened.partnership and (partnership is None or partnership.programme != opened.programme):
        yield Unmet("no-such-partnership", f"there is no partnership {opened.partnership} in that programme")
    published = known.workflow(opened.workflow)
    if published is None or published.document(opened.digest) is None:
        yield Unmet("not-published", f"{opened.workflow} with the digest {opened.digest[:12]} is not published here")
    new = {one.id for one in command.organisations}
    if opened.subject not in new and known.organisation(opened.subject) is None:
        yield Unmet("no-such-organisation", f"there is no organisation {opened.subject}")
    yield from _registering_faults(command, known)


def _registering_faults(command: TakeOver, known: Known) -> Iterator[Unmet]:
    for one, name in command.people.items():
        wrong = objection_to_name(tidy(name))
        if not is_id(one) or wrong:
            yield Unmet("bad-person", f"person {one!r}: expected an id and {wrong or 'a name'}")
    for organisation in _new(command, known):
        given = Given(command.cause)
        given.name("organisation", organisation.name)
        given.handle(organisation.handle)
        for identity in organisation.identities:
            given.identity(identity.scheme, identity.value)
        given.check()
        if not is_id(organisation.id):
            yield Unmet("bad-organisation", f"{organisation.id!r} is no id of an organisation")
        if there := known.by_handle(organisation.handle):
            yield Unmet("handle-taken", f"{organisation.handle} is the handle of {', '.join(there)}")


def _new(command: TakeOver, known: Known) -> list[NewOrganisation]:
    """Those that nobody registered meanwhile; an earlier cycle of the same import may have."""
    return [one for one in command.organisations if known.organisation(one.id) is None]


def _organisation(common: Mapping[str, Any], one: NewOrganisation) -> OrganisationRegistered:
    return OrganisationRegistered(
        **common, kind=one.kind, name=tidy(one.name), handle=one.handle, identities=one.identities, source=SOURCE
    )


def _person(common: Mapping[str, Any], name: str) -> PersonRegistered:
    return PersonRegistered(**common, person_name=Unsealed(tidy(name)))
