"""The registry's events in words: one function for each, in one table. `words.py` adds what every event says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from reviewflow.audit.line import Detail, counted
from reviewflow.audit.naming import Names, quoted, spoken
from reviewflow.audit.page import Words
from reviewflow.events import Event, Recorded, Text
from reviewflow.registry import events as ev


class Entry:
    """One event of the registry being told: what it says by itself, and the names of what it names."""

    def __init__(self, names: Names, recorded: Recorded) -> None:
        """`names` reads them; the event's own texts are opened where they stand."""
        self.names, self.recorded = names, recorded
        self.own = recorded.stream.partition("-")[2]

    def day(self, day: date) -> str:
        """A day as the door writes it."""
        return self.names.writing.dates(str(day))

    def period(self, since: date, until: date | None) -> str:
        """From a day on, or to another."""
        return f"from {self.day(since)}" + (f" to {self.day(until)}" if until else "")

    def text(self, text: Text | None, path: str, label: str) -> list[Detail]:
        """A text of this event, if it was given."""
        if text is None:
            return []
        return [Detail(label, self.names.open(text, self.recorded.stream, self.recorded.version, path), path)]


def _given(**labelled: object) -> list[Detail]:
    """Details of what was given; `None` was not."""
    given = {name: value for name, value in labelled.items() if value is not None}
    return [Detail(spoken(name).capitalize(), str(value), name) for name, value in given.items()]


def _programme_set_up(_: Entry, event: ev.ProgrammeSetUp) -> Words:
    details = _given(
        handle=event.handle, time_zone=event.time_zone, workflow=event.workflow,
        backdating_days=event.backdating_days, nation=event.nation,
    )  # fmt: skip
    return Words(f"programme {quoted(event.name)} set up", tuple(details))


def _programme_changed(entry: Entry, event: ev.ProgrammeChanged) -> Words:
    details = _given(
        name=event.name, time_zone=event.time_zone, workflow=event.workflow,
        backdating_days=event.backdating_days, nation=event.nation,
    )  # fmt: skip
    return Words(f"programme {quoted(entry.names.programme(entry.own))} changed", tuple(details))


def _identities(entry: Entry, identities: Iterable[ev.Identity]) -> list[Detail]:
    return [
        Detail(one.scheme.upper(), f"{one.value}, since {entry.day(one.since)}" if one.since else one.value, one.scheme)
        for one in identities
    ]


def _organisation_registered(entry: Entry, event: ev.OrganisationRegistered) -> Words:
    details = [
        Detail("Handle", event.handle, "handle"),
        *_identities(entry, event.identities),
        *(Detail(spoken(key).capitalize(), value, f"details.{key}") for key, value in event.details.items()),
        Detail("Source", event.source, "source"),
    ]
    kind = "organisation" if event.kind == "other" else event.kind
    return Words(f"{kind} {quoted(event.name)} registered", tuple(details))


def _organisation_changed(entry: Entry, event: ev.OrganisationChanged) -> Words:
    details = [
        *_given(name=event.name),
        *_identities(entry, event.identities),
        *(Detail(spoken(key).capitalize(), value, f"details.{key}") for key, value in event.details.items()),
        *(Detail(spoken(key).capitalize(), "no longer given", f"details.{key}") for key in event.removed),
        Detail("Source", event.source, "source"),
    ]
    return Words(f"{quoted(entry.names.organisation(entry.own))} changed", tuple(details))


def _organisation_succeeded(entry: Entry, event: ev.OrganisationSucceeded) -> Words:
    before, after = (
        " and ".join(quoted(entry.names.organisation(one)) for one in ends)
        for ends in (event.predecessors, event.successors)
    )
    kind = "succession" if event.kind == "other" else event.kind
    return Words(f"{kind}: {before} became {after}")


def _partnership_formed(entry: Entry, event: ev.PartnershipFormed) -> Words:
    programme = Detail("Programme", entry.names.programme(event.programme), "programme")
    return Words(f"partnership {quoted(event.name)} formed", (Detail("Handle", event.handle, "handle"), programme))


def _membership_began(entry: Entry, event: ev.MembershipBegan) -> Words:
    member, partnership = entry.names.organisation(event.organisation), entry.names.partnership(entry.own)
    until = f" until {entry.day(event.until)}" if event.until else ""
    return Words(f"{quoted(member)} became a member of {quoted(partnership)}{until}")


def _membership_ended(entry: Entry, event: ev.MembershipEnded) -> Words:
    member, partnership = entry.names.organisation(event.organisation), entry.names.partnership(entry.own)
    return Words(f"last day of {quoted(member)} as a member of {quoted(partnership)}")


def _person_registered(entry: Entry, event: ev.PersonRegistered) -> Words:
    details = entry.text(event.person_name, "person_name", "Name") + entry.text(event.email, "email", "E-mail")
    return Words(f"{entry.names.person(entry.own)} registered", tuple(details))


def _person_changed(entry: Entry, event: ev.PersonChanged) -> Words:
    details = entry.text(event.person_name, "person_name", "Name") + entry.text(event.email, "email", "E-mail")
    return Words(f"what is known of {entry.names.person(entry.own)} changed", tuple(details))


def _scope(entry: Entry, scope: str) -> str:
    return "the whole installation" if scope == ev.INSTALLATION else quoted(entry.names.named(scope))


def _role_given(entry: Entry, event: ev.RoleGiven) -> Words:
    whom, where = entry.names.person(entry.own), _scope(entry, event.scope)
    return Words(f"{whom} given the role {spoken(event.held)} in {where} {entry.period(event.since, event.until)}")


def _role_ended(entry: Entry, event: ev.RoleEnded) -> Words:
    held = entry.names.held(entry.own, event.grant)
    role = f"the role {spoken(held)}" if held else f"a role (grant {event.grant})"
    whom, where = entry.names.person(entry.own), _scope(entry, event.scope)
    return Words(f"{role} of {whom} in {where} ended; {entry.day(event.on)} is its last day")


def _trained(entry: Entry, event: ev.TrainingRecorded) -> Words:
    until = f", valid until {entry.day(event.valid_until)}" if event.valid_until else ""
    day = entry.day(event.completed)
    return Words(f"{entry.names.person(entry.own)} completed the course {event.course} on {day}{until}")


def _untrained(entry: Entry, event: ev.TrainingWithdrawn) -> Words:
    course = entry.names.course(entry.own, event.training) or event.training
    what = f"training {course} of {entry.names.person(entry.own)} no longer counts from {entry.day(event.on)}"
    return Words(what, tuple(entry.text(event.reason, "reason", "Reason")))


def _declared(entry: Entry, event: ev.RelationshipDeclared) -> Words:
    nature = "another interest" if event.nature == "other" else event.nature
    who, other = entry.names.person(entry.own), quoted(entry.names.named(event.other))
    what = f"{who} declared an interest in {other}: {nature}, {entry.period(event.since, event.until)}"
    return Words(what, tuple(entry.text(event.note, "note", "Note")))


def _delegated(entry: Entry, event: ev.AbsenceDelegated) -> Words:
    who, delegate = entry.names.person(entry.own), entry.names.person(event.delegate)
    roles = f" as {', '.join(map(spoken, event.roles))}" if event.roles else ""
    what = f"{delegate} stands in for {who}{roles} {entry.period(event.since, event.until)}"
    return Words(what, tuple(entry.text(event.reason, "reason", "Reason")))


def _absence_ended(entry: Entry, event: ev.AbsenceEnded) -> Words:
    who, delegate = entry.names.person(entry.own), entry.names.person(event.delegate)
    what = f"{delegate} no longer stands in for {who}; {entry.day(event.on)} is the last day"
    return Words(what, tuple(entry.text(event.reason, "reason", "Reason")))


_FORGETTING: Final = {
    "request": "at their request", "retention": "the time of keeping was over", "other": "for another reason",
}  # fmt: skip


def _forgotten(_: Entry, event: ev.PersonForgotten) -> Words:
    return Words(f"a person forgotten ({_FORGETTING[event.reason]}); names and texts cannot be read again")


def _calendar(entry: Entry, event: ev.CalendarPublished) -> Words:
    closed = [Detail("Closed days", ", ".join(f"{entry.day(day.on)} {day.name}" for day in event.closed), "closed")]
    named = [
        Detail(spoken(name).capitalize(), ", ".join(entry.day(day) for day in days), f"named.{name}")
        for name, days in event.named.items()
    ]
    details = (*(closed if event.closed else ()), *named, Detail("Source", event.source, "source"))
    number = f"{counted(len(event.closed), 'closed day')}, {counted(len(event.named), 'named day')}"
    return Words(f"calendar {quoted(event.calendar)} of {_scope(entry, event.owner)} published: {number}", details)


def _workflow(_: Entry, event: ev.WorkflowPublished) -> Words:
    title = event.document.get("title")
    details = [Detail("Title", str(title), "title")] if title else []
    what = f"workflow {event.workflow}, edition {quoted(event.edition)}, published ({event.digest[:12]})"
    return Words(what, tuple(details))


REGISTRY_WORDS: Final[dict[type[Event], Callable[[Entry, Any], Words]]] = {
    ev.ProgrammeSetUp: _programme_set_up,
    ev.ProgrammeChanged: _programme_changed,
    ev.OrganisationRegistered: _organisation_registered,
    ev.OrganisationChanged: _organisation_changed,
    ev.OrganisationSucceeded: _organisation_succeeded,
    ev.PartnershipFormed: _partnership_formed,
    ev.MembershipBegan: _membership_began,
    ev.MembershipEnded: _membership_ended,
    ev.PersonRegistered: _person_registered,
    ev.PersonChanged: _person_changed,
    ev.RoleGiven: _role_given,
    ev.RoleEnded: _role_ended,
    ev.TrainingRecorded: _trained,
    ev.TrainingWithdrawn: _untrained,
    ev.RelationshipDeclared: _declared,
    ev.AbsenceDelegated: _delegated,
    ev.AbsenceEnded: _absence_ended,
    ev.PersonForgotten: _forgotten,
    ev.CalendarPublished: _calendar,
    ev.WorkflowPublished: _workflow,
}
"""Every event of the registry; a test fails when one is missing."""
