"""Decisions about absence: who may act for whom, from when to when, and its early end.

Nobody passes on what they do not have: whoever speaks for another may delegate only roles that they may give.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from reviewflow.errors import Refused, Unmet
from reviewflow.events import Period, Unsealed, identify
from reviewflow.registry.asking import happened, said, today
from reviewflow.registry.commands import DelegateAbsence, EndAbsence
from reviewflow.registry.decided import Events
from reviewflow.registry.events import AbsenceDelegated, AbsenceEnded
from reviewflow.registry.given import Given, living
from reviewflow.registry.known import Known
from reviewflow.registry.people import Grant, Person
from reviewflow.registry.permissions import allowed, who_may
from reviewflow.registry.scopes import Scope, roles_for

LONGEST: Final = timedelta(days=366)
"""Whoever is away for longer hands over."""
_ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


def delegate_absence(command: DelegateAbsence, known: Known) -> Events:
    """Days on which somebody else may act, unless the very same was said already."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    delegate = given.person(known, command.delegate, "to")
    day = today(command.asked, known)
    when = happened(command, day)
    since = command.since or when.on
    _days(given, since, command.until, when.on)
    roles = tuple(dict.fromkeys(command.roles))
    for role in roles:
        _role(given, known, person, role, Period(since, command.until))
    if command.delegate == command.person:
        given.fault("to", command.delegate, "expected somebody else")
    reason = given.note("reason", command.reason, needed=True)
    given.check()
    person, delegate = living(command.cause, person), living(command.cause, delegate)
    wanted = (delegate.id, since, command.until, roles)
    if any((d.delegate, d.since, d.until, d.roles) == wanted and d.ended is None for d in person.delegations):
        return []
    _may_pass_on(command, known, person, day)
    event = AbsenceDelegated(
        **said(command, when), delegation=identify(command.asked.id, 0), delegate=delegate.id, since=since,
        until=command.until, roles=roles, reason=Unsealed(reason),
    )  # fmt: skip
    return [(f"person-{person.id}", event)]


def _days(given: Given, since: date, until: date, said_on: date) -> None:
    if since < said_on:
        # Otherwise authority could be given to acts that were done without it.
        given.fault("from", str(since), f"expected a day not before {said_on}, on which it was said")
    given.period(since, until)
    if until - since > LONGEST:
        given.fault("until", str(until), f"expected a day not after {since + LONGEST}: hand over what is for longer")


def _role(given: Given, known: Known, person: Person | None, role: str, period: Period) -> None:
    """A role that the person holds in that time, or that a workflow assigns."""
    if not _ROLE.fullmatch(role):
        given.fault("role", role, "expected a role's name, as in head or partnership_lead")
    elif person is not None and not any(role == g.held and _shares(g, period) for g in person.roles):
        assigned = sorted(set(_assigned(known)))
        if role not in assigned:
            held = sorted({g.held for g in person.roles if _shares(g, period)})
            want = f"expected a role held then ({', '.join(held) or 'none'}) or assigned in a cycle"
            given.fault("role", role, f"{want} ({', '.join(assigned) or 'no workflow is published'})")


def _shares(grant: Grant, period: Period) -> bool:
    return grant.since <= (period.until or date.max) and period.since <= (grant.until or date.max)


def _assigned(known: Known) -> Iterator[str]:
    for stream in known.touching("workflows"):
        published = known.workflow(stream.removeprefix("workflow-"))
        for edition in published.editions.values() if published else ():
            roles = edition.document.get("roles", {})
            yield from (name for name, role in roles.items() if isinstance(role, dict) and role.get("assigned"))


def _may_pass_on(command: DelegateAbsence, known: Known, person: Person, day: date) -> None:
    if command.asked.by == person.id:
        return
    by, period, unmet = known.person(command.asked.by), Period(command.since or day, command.until), []
    for grant in person.roles:
        if not _shares(grant, period) or (command.roles and grant.held not in command.roles):
            continue
        if not allowed("person role", roles_for(by, Scope(grant.scope_kind, grant.scope), known, day)):
            sentence = f"{grant.held} in {grant.scope} is not yours to pass on: you may not give that role there"
            unmet.append(Unmet("not-yours-to-give", sentence, ("the person themselves", *who_may("person role"))))
    if unmet:
        raise Refused(command.cause, unmet)


def end_absence(command: EndAbsence, known: Known) -> Events:
    """The last day of all that one person delegated to another and that is not over by then."""
    given = Given(command.cause)
    person = given.person(known, command.person)
    given.person(known, command.delegate, "to")
    when = happened(command, today(command.asked, known))
    on = command.on or when.on
    reason = given.note("reason", command.reason, needed=True)
    given.check()
    person = living(command.cause, person)
    mine = [d for d in person.delegations if d.delegate == command.delegate]
    if not mine:
        sentence = f"{person.id} delegated nothing to {command.delegate}"
        raise Refused(command.cause, [Unmet("not-delegated", sentence)])
    return [
        (
            f"person-{person.id}",
            AbsenceEnded(
                **said(command, when), delegation=one.id, delegate=one.delegate, on=on, reason=Unsealed(reason)
            ),
        )
        for one in mine
        if not one.over(on + timedelta(days=1))
    ]
