"""The events of a cycle in words: one function for each, in one table. `words.py` adds what every event says.

Reasons are no item of `visible`. Why something was waived, moved or recorded late belongs to the `status`;
why a person said no is for that person and for whoever may offer the role.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from reviewflow.audit.line import Detail, Waived, shown
from reviewflow.audit.mending_words import MENDING_WORDS
from reviewflow.audit.naming import quoted
from reviewflow.audit.page import Page, Words
from reviewflow.audit.telling import Telling
from reviewflow.cycle import events as ev
from reviewflow.events import Event


def _opened(page: Page, event: ev.CycleOpened) -> Words:
    telling, names = page.telling, page.telling.names
    details = [
        Detail("Subject", names.organisation(event.subject), "subject"),
        Detail("Programme", names.programme(event.programme), "programme"),
        Detail("Workflow", f"{telling.definition.title}, edition {event.edition} ({event.digest[:12]})", "digest"),
    ]
    if event.partnership:
        details.insert(1, Detail("Partnership", names.partnership(event.partnership), "partnership"))
    form = telling.form("opens", event.values, page.version, event.by)
    subject = names.organisation(event.subject)
    state = quoted(telling.titles.state(event.to))
    what = f"cycle {event.handle} opened for {subject}, number {event.number} in {event.year}, in {state}"
    return Words(what, (*details, *form))


def _taken(page: Page, event: ev.TransitionTaken) -> Words:
    telling, titles = page.telling, page.telling.titles
    origin, to = quoted(titles.state(event.origin)), quoted(titles.state(event.to))
    moved = f"from {origin} to {to}"
    if event.origin == event.to:
        moved = f"the cycle stays in {to}"
    details = _contents(page, event)
    if event.returns_to:
        details.append(Detail("Goes back to", titles.state(event.returns_to), "returns_to"))
    if event.booked:
        people = shown([telling.person(person, event.by) for person in event.booked])
        details.append(Detail("Days booked for", people, "booked"))
    return Words(f"{titles.step(event.step)}: {moved}", tuple(details))


def _act(page: Page, event: ev.ActRecorded) -> Words:
    beside = page.telling.beside.called(page.version)
    where = f", beside {beside}" if beside else ""
    return Words(f"{page.telling.titles.step(event.step)}: recorded{where}", tuple(_contents(page, event)))


def _contents(page: Page, event: ev.TransitionTaken | ev.ActRecorded) -> list[Detail]:
    """What a step says: its values, wherever they stand, who signed, and what it is about."""
    telling = page.telling
    one = next((s for s in telling.said if s.version == page.version), None)
    details = telling.form(event.step, one.values, one.values_at, one.by) if one else []
    if isinstance(event, ev.ActRecorded):
        details = _about(page, event.step, _proposed_about(page, event) or event.about) + details
    if event.proposal is not None:
        details.append(Detail("Proposed in event", str(event.proposal), "proposal"))
        signed = [
            f"{telling.actor(s.by, (event.proposal, s.role))} ({telling.titles.role(s.role)})"
            for s in _signatures(page, event.step, event.proposal)
        ]
        if signed:
            details.append(Detail("Signed by", ", ".join(signed), "signed"))
    return details


def _signatures(page: Page, step: str, proposal: int) -> list[ev.AgreementGiven]:
    """The signatures under a proposal, in the order given."""
    events = (one.event for one in page.records)
    return [e for e in events if isinstance(e, ev.AgreementGiven) and e.step == step and e.proposal == proposal]


def _proposed_about(page: Page, event: ev.ActRecorded) -> str | None:
    found = next((one.event for one in page.records if one.version == event.proposal), None)
    return found.about if isinstance(found, ev.AgreementGiven) else None


def _about(page: Page, step: str, row: str | None) -> list[Detail]:
    act = page.telling.definition.acts.get(step)
    if row is None:
        return []
    return [Detail("About", page.telling.row_title(act.about if act else None, row, page.version), "about")]


def _agreement(page: Page, event: ev.AgreementGiven) -> Words:
    telling, step = page.telling, page.telling.titles.step(event.step)
    if event.proposal is not None:
        return Words(f"{step}: signed, as proposed in event {event.proposal}")
    found = telling.definition.step(event.step)
    waiting = [telling.titles.role(role) for role in found.second] if found else []
    what = f"{step}: proposed, to be signed by {' and '.join(waiting) or 'others'}"
    form = telling.form(event.step, event.values, page.version, event.by)
    return Words(what, (*_about(page, event.step, event.about), *form))


_ANSWERS: Final[dict[type[Event], str]] = {
    ev.AssignmentOffered: "was asked to take the role",
    ev.AssignmentAccepted: "took the role",
    ev.AssignmentDeclined: "said no to the role",
}


def _ending(page: Page, event: ev.AssignmentWithdrawn) -> str:
    """Whether somebody left, was released, or the offer ended: that stands in what was before."""
    before = [
        one.event
        for one in page.records
        if one.version < page.version and isinstance(one.event, ev.AssignmentOffered | ev.AssignmentAccepted)
        and (one.event.assigned, one.event.person) == (event.assigned, event.person)
    ]  # fmt: skip
    own = event.by == event.person
    if before and isinstance(before[-1], ev.AssignmentAccepted):
        return "left the role" if own else "was released from the role"
    return "no longer wants to be asked for the role" if own else "is no longer asked to take the role"


def _assignment(page: Page, event: Any) -> Words:
    telling = page.telling
    did = _ending(page, event) if isinstance(event, ev.AssignmentWithdrawn) else _ANSWERS[type(event)]
    what = f"{telling.person(event.person, event.by)} {did} {quoted(telling.titles.role(event.assigned))}"
    reason = getattr(event, "reason", None)
    if reason is None:
        return Words(what)
    seen = _may_read_answer(telling, event)
    return Words(what, (Detail("Reason", telling.text(reason, page.version, "reason", seen=seen), "reason"),))


def _handed_over(page: Page, event: ev.RoleHandedOver) -> Words:
    telling = page.telling
    first, next_one = telling.person(event.person, event.by), telling.person(event.successor, event.by)
    role = quoted(telling.titles.role(event.assigned))
    what = f"the role {role} passed from {first} to {next_one}"
    if event.standing == "offered":
        what = f"{next_one} was asked to take the role {role} instead of {first}"
    reason = telling.text(event.reason, page.version, "reason", seen=telling.sees("status", event.by))
    details = [Detail("Reason", reason, "reason")]
    if event.batch:
        details.append(Detail("Batch", event.batch, "batch"))
    return Words(what, tuple(details))


def _may_read_answer(telling: Telling, event: Any) -> bool:
    seeing = telling.seeing
    if seeing is None or seeing.viewer in (None, event.by, event.person):
        return True
    role = telling.definition.roles.get(event.assigned)
    return role is not None and bool(seeing.roles & set(role.offered_by))


def _evidence(page: Page, event: ev.EvidenceAdded) -> Words:
    telling = page.telling
    what = f"evidence added: {telling.titles.kind(event.kind)}"
    seen = telling.seeing is None or telling.seeing.evidence(event.by)
    details = []
    if event.about is not None:
        group = telling.definition.evidence_kinds().get(event.kind)
        row = telling.row_title(group.about if group else None, event.about, page.version) if seen else telling.hide()
        details.append(Detail("About", row, "about"))
    if event.text is not None:
        details.append(Detail("Text", telling.text(event.text, page.version, "text", seen=seen), "text"))
    if event.file_name is not None:
        name = telling.text(event.file_name, page.version, "file_name", seen=seen)
        details.append(Detail("File", name, "file_name"))
    if event.file_digest is not None and seen:
        size = f"{event.file_size:,} bytes, " if event.file_size is not None else ""
        details.append(Detail("Stored as", f"{size}SHA-256 {event.file_digest[:12]}", "file_digest"))
    return Words(what, tuple(details))


def _note(page: Page, event: ev.NoteAdded) -> Words:
    telling = page.telling
    seen = telling.note_seen(page.version, event.by, event.beside)
    text = telling.text(event.text, page.version, "text", seen=seen)
    beside = telling.beside.called(page.version)
    what = f"note beside {beside}" if beside else "note"
    return Words(what, (Detail("Text", text, "text"),))


def _waiver(page: Page, event: ev.RequirementWaived) -> Words:
    telling = page.telling
    is_role = event.of in telling.definition.roles
    of = quoted(telling.titles.role(event.of) if is_role else telling.titles.step(event.of))
    whom = f" for {telling.person(event.person, event.by)}" if event.person else ""
    otherwise = telling.titles.requirement(event.of, event.requirement)
    details = [Detail("It would ask", otherwise, "requirement")] if otherwise else []
    reason = telling.text(event.reason, page.version, "reason", seen=telling.sees("status", event.by))
    what = f"requirement {event.requirement} of {of} waived{whom}: it is not asked, and never counts as met"
    return Words(what, (*details, Detail("Reason", reason, "reason")))


def _consent(page: Page, event: ev.ConsentGiven | ev.ConsentWithdrawn) -> Words:
    titles = page.telling.titles
    verb = "given" if isinstance(event, ev.ConsentGiven) else "withdrawn"
    return Words(f"consent of {quoted(titles.role(event.consent_of))} {verb} to show {titles.item(event.what)}")


def _moved(page: Page, event: ev.DeadlineMoved) -> Words:
    telling = page.telling
    due = telling.written(event.due) if telling.sees("dates", event.by) else telling.hide()
    reason = telling.text(event.reason, page.version, "reason", seen=telling.sees("status", event.by))
    what = f"deadline of {quoted(telling.titles.step(event.step))} moved to {due}"
    return Words(what, (Detail("Reason", reason, "reason"),))


CYCLE_WORDS: Final[dict[type[Event], Callable[[Page, Any], Words]]] = {
    ev.CycleOpened: _opened,
    ev.TransitionTaken: _taken,
    ev.ActRecorded: _act,
    ev.AgreementGiven: _agreement,
    ev.AssignmentOffered: _assignment,
    ev.AssignmentAccepted: _assignment,
    ev.AssignmentDeclined: _assignment,
    ev.AssignmentWithdrawn: _assignment,
    ev.RoleHandedOver: _handed_over,
    ev.EvidenceAdded: _evidence,
    ev.NoteAdded: _note,
    ev.RequirementWaived: _waiver,
    ev.ConsentGiven: _consent,
    ev.ConsentWithdrawn: _consent,
    ev.DeadlineMoved: _moved,
    **MENDING_WORDS,
}
"""Every event of a cycle; a test fails when one is missing."""


def waived_of(telling: Telling, event: Event) -> tuple[Waived, ...]:
    """The requirements that a step or an assignment did without."""
    of = getattr(event, "step", None) or getattr(event, "assigned", None) or "opens"
    return tuple(Waived(name, telling.titles.requirement(of, name)) for name in getattr(event, "waived", ()))
