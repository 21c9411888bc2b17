"""Decisions about organisations: one by one, by register, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.events import Happened, identify
from reviewflow.registry.asking import happened, said, today
from reviewflow.registry.commands import (
    ImportOrganisations,
    LinkOrganisations,
    RegisterOrganisation,
    RegistryCommand,
    SucceedOrganisation,
)
from reviewflow.registry.decided import Change, Decided, Events, Noted
from reviewflow.registry.events import (
    Identity,
    OrganisationChanged,
    OrganisationRegistered,
    OrganisationSucceeded,
    Succession,
)
from reviewflow.registry.given import Given, free_handle
from reviewflow.registry.handles import candidates, settle
from reviewflow.registry.known import Known
from reviewflow.registry.organisations import Organisation
from reviewflow.registry.registers import OrganisationRow
from reviewflow.registry.succession import judge

SHARED_SCHEMES = frozenset({"laestab", "ukprn"})
"""Identities that registers give to several: an academy keeps its predecessor's, a federation has one."""


def register_organisation(command: RegisterOrganisation, known: Known) -> Events:
    """A new organisation."""
    given = Given(command.cause)
    name = given.name("name", command.organisation_name)
    given.handle(command.handle)
    details = {key: given.name(key, value) for key, value in command.details.items()}
    for identity in command.identities:
        given.identity(identity.scheme, identity.value)
    given.check()
    taken = [
        Unmet("already-registered", f"{i.scheme} {i.value} is {', '.join(there)}'s")
        for i in command.identities
        if i.scheme not in SHARED_SCHEMES and (there := known.by_identity(i.scheme, i.value))
    ]
    if taken:
        raise Refused(command.cause, taken)
    number = next((i.value for i in command.identities), "")
    event = OrganisationRegistered(
        **said(command, happened(command, today(command.asked, known))),
        kind=command.kind,
        name=name,
        handle=free_handle(command.cause, known, command.handle, name, command.place, number, command.kind),
        identities=command.identities,
        details=details,
        source="entered",
    )
    return [(f"organisation-{identify(command.asked.id)}", event)]


def import_organisations(command: ImportOrganisations, known: Known) -> Decided:
    """Register what is new, change what differs, leave the rest."""
    when = happened(command, today(command.asked, known))
    common = said(command, when)
    urns = [row.urn for row in command.rows]
    if len(set(urns)) != len(urns):
        raise BadInput(command.cause, [Fault("rows", "", "expected each URN once")])
    noted: list[Noted] = []
    changes: Events = []
    new: list[OrganisationRow] = []
    for row in command.rows:
        ids = known.by_identity("urn", row.urn)
        organisation = known.organisation(ids[0]) if len(ids) == 1 else None
        if not ids:
            new.append(row)
        elif organisation is None:
            reason = f"several organisations have URN {row.urn}: {', '.join(ids)}"
            noted.append(Noted(row.row, "listed", row.name, reason))
        elif (latest := organisation.identity("urn")) != row.urn:
            reason = f"URN {row.urn} is a former number of {organisation.handle}, now {latest}"
            noted.append(Noted(row.row, "former", row.name, reason))
        elif changed := _changed(organisation, row):
            told = OrganisationChanged.model_validate({**common, **changed, "source": row.source})
            changes.append((f"organisation-{organisation.id}", told))
            reason, fields = ", ".join(_what(changed)), tuple(_changes(organisation, row))
            noted.append(Noted(row.row, "changed", organisation.handle, reason, fields))
        else:
            noted.append(Noted(row.row, "unchanged", organisation.handle))
    wanted = [candidates(row.name, row.place, row.urn) for row in new]
    handles = settle(wanted, lambda handle: bool(known.by_handle(handle)))
    registered: Events = []
    for n, (row, handle) in enumerate(zip(new, handles, strict=True)):
        event = OrganisationRegistered(
            **common,
            kind=row.kind,
            name=row.name,
            handle=handle,
            identities=row.identities,
            details=row.details,
            source=row.source,
        )
        registered.append((f"organisation-{identify(command.asked.id, n)}", event))
        noted.append(Noted(row.row, "registered", handle))
    return Decided([*registered, *changes], tuple(sorted(noted)))


def _changed(organisation: Organisation, row: OrganisationRow) -> dict[str, object]:
    """The fields of an `OrganisationChanged`; empty if the register says what is known."""
    known = {(i.scheme, i.value) for i in organisation.identities}
    found: dict[str, object] = {
        "name": row.name if row.name != organisation.name else None,
        "details": {k: v for k, v in row.details.items() if organisation.details.get(k) != v},
        # What another format told is not this one's to remove.
        "removed": tuple(k for k in row.covers if k in organisation.details and k not in row.details),
        "identities": tuple(i for i in row.identities if (i.scheme, i.value) not in known),
    }
    return {key: value for key, value in found.items() if value}


def _what(changed: dict[str, object]) -> Iterable[str]:
    for key, value in changed.items():
        if isinstance(value, dict):
            yield from value
        elif key == "removed" and isinstance(value, tuple):
            yield from (f"{k} (removed)" for k in value)
        else:
            yield key


def _changes(organisation: Organisation, row: OrganisationRow) -> Iterable[Change]:
    """Each field from what it was to what it is; a number that is new stands beside the last one of its scheme."""
    if row.name != organisation.name:
        yield Change("name", organisation.name, row.name)
    for key in row.covers:
        before, after = organisation.details.get(key, ""), row.details.get(key, "")
        if before != after:
            yield Change(key, before, after)
    known = {(i.scheme, i.value) for i in organisation.identities}
    for identity in row.identities:
        if (identity.scheme, identity.value) not in known:
            yield Change(identity.scheme, organisation.identity(identity.scheme) or "", identity.value)


def link_organisations(command: LinkOrganisations, known: Known) -> Decided:
    """What a file of links says of the organisations that are known."""
    day = today(command.asked, known)
    when = happened(command, day)
    numbers = dict.fromkeys(n for row in command.links for n in (row.urn, row.link_urn))
    outcome = judge(command.links, {n: known.by_identity("urn", n) for n in numbers}, day)
    events: Events = []
    for organisation_id, dated in outcome.identities.items():
        organisation = known.organisation(organisation_id)
        assert organisation is not None
        if added := _added(organisation, dated):
            event = OrganisationChanged(**said(command, when), identities=added, source="links")
            events.append((f"organisation-{organisation_id}", event))
    together: dict[tuple[date, Succession, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for became in outcome.became:
        if _recorded(known, became.kind, became.predecessor, became.successor):
            continue
        # A merger is told once for all who went into it, a split once for all who came out of it.
        pair = f"{became.predecessor} {became.successor}"
        hub = {"split": became.predecessor, "other": pair}.get(became.kind, became.successor)
        predecessors, successors = together[became.on, became.kind, hub]
        if became.predecessor not in predecessors:
            predecessors.append(became.predecessor)
        if became.successor not in successors:
            successors.append(became.successor)
    for (on, kind, _), (predecessors, successors) in sorted(together.items()):
        events.extend(_succeeded(command, Happened(on=on), kind, predecessors, successors))
    return Decided(events, outcome.noted)


def _added(organisation: Organisation, dated: dict[str, date | None]) -> tuple[Identity, ...]:
    known = {i.value: i.since for i in organisation.identities if i.scheme == "urn"}
    found = [
        Identity(scheme="urn", value=number, since=since)
        for number, since in dated.items()
        if number not in known or (since is not None and known[number] != since)
    ]
    return tuple(sorted(found, key=lambda i: (i.since or date.min, i.value)))


def _recorded(known: Known, kind: Succession, predecessor: str, successor: str) -> bool:
    organisation = known.organisation(predecessor)
    told = (link for link in (organisation.links if organisation else ()) if link.kind == kind)
    return any(predecessor in link.predecessors and successor in link.successors for link in told)


def _succeeded(
    command: RegistryCommand, when: Happened, kind: Succession, predecessors: Iterable[str], successors: Iterable[str]
) -> Events:
    before, after = tuple(predecessors), tuple(successors)
    common = said(command, when)
    told = [*((p, "predecessor") for p in before), *((s, "successor") for s in after)]
    return [
        (
            f"organisation-{end}",
            OrganisationSucceeded.model_validate(
                {**common, "kind": kind, "predecessors": before, "successors": after, "stands": stands}
            ),
        )
        for end, stands in told
    ]


def succeed_organisation(command: SucceedOrganisation, known: Known) -> Events:
    """What became of organisations, unless that was told already."""
    given = Given(command.cause)
    for where, ends in (("predecessors", command.predecessors), ("successors", command.successors)):
        if not ends:
            given.fault(where, "", "expected at least one organisation")
        if len(set(ends)) != len(ends):
            given.fault(where, ", ".join(ends), "expected each organisation once")
        for end in ends:
            given.organisation(known, end, where)
    if both := set(command.predecessors) & set(command.successors):
        given.fault("successors", ", ".join(sorted(both)), "expected organisations that are no predecessors as well")
    when = happened(command, today(command.asked, known))
    given.check()
    if all(_recorded(known, command.kind, p, s) for p in command.predecessors for s in command.successors):
        return []
    return _succeeded(command, when, command.kind, command.predecessors, command.successors)
