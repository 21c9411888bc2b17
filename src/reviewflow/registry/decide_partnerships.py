"""Decisions about partnerships and their members."""

from __future__ import annotations

from reviewflow.errors import Refused, Unmet
from reviewflow.events import identify
from reviewflow.registry.asking import happened, said, today
from reviewflow.registry.commands import BeginMembership, EndMembership, FormPartnership
from reviewflow.registry.decided import Events
from reviewflow.registry.events import MembershipBegan, MembershipEnded, PartnershipFormed
from reviewflow.registry.given import Given, free_handle
from reviewflow.registry.known import Known
from reviewflow.registry.partnerships import Membership, overlapping


def form_partnership(command: FormPartnership, known: Known) -> Events:
    """A new partnership in a programme."""
    given = Given(command.cause)
    programme = given.programme(known, command.programme)
    name = given.name("name", command.partnership_name)
    given.handle(command.handle)
    given.check()
    assert programme is not None
    event = PartnershipFormed(
        **said(command, happened(command, today(command.asked, known, programme.id))),
        name=name,
        handle=free_handle(command.cause, known, command.handle, name, kind="partnership"),
        programme=programme.id,
    )
    return [(f"partnership-{identify(command.asked.id)}", event)]


def begin_membership(command: BeginMembership, known: Known) -> Events:
    """An organisation joins, unless it did so already for those very days."""
    given = Given(command.cause)
    partnership = given.partnership(known, command.partnership)
    organisation = given.organisation(known, command.organisation)
    given.check()
    assert partnership is not None
    assert organisation is not None
    when = happened(command, today(command.asked, known, partnership.programme))
    given.period(when.on, command.until)
    given.check()
    wanted = Membership(organisation.id, when.on, command.until)
    if wanted in partnership.memberships:
        return []
    if there := overlapping(partnership, wanted):
        who = f"{organisation.handle} is a member of {partnership.handle}"
        sentence = f"{who} {there.period}, which shares days with {wanted.period}"
        raise Refused(command.cause, [Unmet("already-member", sentence)])
    event = MembershipBegan(**said(command, when), organisation=organisation.id, until=command.until)
    return [(f"partnership-{partnership.id}", event)]


def end_membership(command: EndMembership, known: Known) -> Events:
    """An organisation leaves, unless that day is its last already."""
    given = Given(command.cause)
    partnership = given.partnership(known, command.partnership)
    organisation = given.organisation(known, command.organisation)
    given.check()
    assert partnership is not None
    assert organisation is not None
    when = happened(command, today(command.asked, known, partnership.programme))
    mine = [m for m in partnership.memberships if m.organisation == organisation.id]
    if not any(m.period.holds(when.on) for m in mine):
        periods = "; ".join(f"it was {m.period}" for m in mine) or "it never was"
        sentence = f"{organisation.handle} is no member of {partnership.handle} on {when.on}: {periods}"
        raise Refused(command.cause, [Unmet("not-a-member", sentence)])
    if any(m.until == when.on for m in mine):
        return []
    return [(f"partnership-{partnership.id}", MembershipEnded(**said(command, when), organisation=organisation.id))]
