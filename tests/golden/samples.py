"""One event of every stored topic: `full` says everything its shape can say, `least` only what it must.

Everything is fixed: ids, days, and the sealed texts, whose boxes are no real boxes. What is written here
stands in the golden files as well; an old shape that is no longer written here is still read there.
"""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, time
from typing import Any

from reviewflow.cycle import events as cy
from reviewflow.events import Event, Happened, Sealed, encode
from reviewflow.ports import Record
from reviewflow.registry import events as reg

RECORDED = datetime(2026, 11, 12, 16, 30, 5, 123456, tzinfo=UTC)
DIGEST = "5e1f" * 16


def sealed(number: int) -> Sealed:
    """A sealed text that nobody ever sealed."""
    box = base64.b64encode(bytes((number + n) % 256 for n in range(64))).decode()
    return Sealed(box=box, commit=f"{number:02x}" * 32, length=number)


def in_values(number: int) -> dict[str, Any]:
    """A sealed text as it stands in the values of a form."""
    return sealed(number).model_dump()


VALUES: dict[str, Any] = {
    "first_day": "2026-11-10",
    "attendees": 14,
    "share": 0.25,
    "agreed": True,
    "mode": "onsite",
    "attended": ["personalan", "personbea"],
    "note": in_values(9),
    "focus_areas": [in_values(10), in_values(11)],
    "actions": [{"id": "r1", "what": in_values(12), "due": "2027-02-01"}, {"id": "a-2", "due": "2027-03-01"}],
}

LEAST: dict[str, Any] = {
    "by": "personlena", "role": "partnership_lead", "entered_by": "personlena", "door": "web",
    "happened": Happened(on=date(2026, 11, 12)), "cause": "cycle do cycleone start_visit",
}  # fmt: skip
FULL: dict[str, Any] = {
    **LEAST, "entered_by": sealed(1), "door": "import",
    "happened": Happened(on=date(2026, 9, 10), at=time(16, 30), latest=True),
    "on_behalf_of": "personhanna", "batch": "batchone",
}  # fmt: skip
LATE = {**FULL, "backdated": sealed(2)}
JUDGED = {"met": ["team_size", "one_lead"], "waived": ["pre_review_meeting"]}

CYCLE = "cycle-cycleone"
PERSON = "person-personben"
PROGRAMME = "programme-programmeone"
ORGANISATION = "organisation-schoolhazel"
PARTNERSHIP = "partnership-clusterone"

_OPENED: dict[str, Any] = {
    "workflow": "spp-peer-review", "edition": "2026", "digest": DIGEST, "to": "set_up.planned",
    "programme": "programmeone", "subject": "schoolhazel", "year": "2026-27", "number": 1, "handle": "hazel-2026-1",
}  # fmt: skip
_STEP: dict[str, Any] = {"step": "schedule_visit"}
_MOVE: dict[str, Any] = {**_STEP, "origin": "self_evaluation.ready", "to": "review_visit.scheduled"}
_ROLE: dict[str, Any] = {"assigned": "peer_reviewer", "person": "personben"}
_WAIVED: dict[str, Any] = {"of": "peer_reviewer", "requirement": "other_school", "reason": sealed(6)}
_IDENTITIES = (
    reg.Identity(scheme="urn", value="900001"),
    reg.Identity(scheme="laestab", value="999/1234", since=date(2020, 9, 1)),
)
_SUCCEEDED: dict[str, Any] = {
    "kind": "merger", "predecessors": ("schoolhazel", "schoolrowan"), "successors": ("schoolwillow",),
    "stands": "predecessor",
}  # fmt: skip
_GRANT: dict[str, Any] = {"grant": "grantone", "held": "head", "scope": "schoolhazel", "scope_kind": "organisation"}

Pair = tuple[str, Event, Event]


def _pair(stream: str, cls: type[Event], least: dict[str, Any], more: dict[str, Any] | None = None) -> Pair:
    full = LATE if issubclass(cls, cy.CycleEvent) else FULL
    return stream, cls(**full, **{**least, **(more or {})}), cls(**LEAST, **least)


SAMPLES: tuple[Pair, ...] = (
    _pair(CYCLE, cy.CycleOpened, _OPENED, {"partnership": "clusterone", "values": VALUES} | JUDGED),
    _pair(
        CYCLE, cy.TransitionTaken, _MOVE,
        {"returns_to": "self_evaluation.ready", "values": VALUES, "proposal": 7, "booked": ["personalan", "personben"]}
        | JUDGED,
    ),
    _pair(
        CYCLE, cy.CycleAdopted, {**_OPENED, "to": "review_visit.scheduled", "source": "past-reviews"},
        {"partnership": "clusterone", "values": VALUES, "returns_to": "review_visit.scheduled"} | JUDGED,
    ),
    _pair(
        CYCLE, cy.EventCorrected, {"corrects": 7, "reason": sealed(13)},
        {"occurred": Happened(on=date(2026, 9, 9), at=time(9, 5)), "values": VALUES, "emptied": ["share"],
         "about": "r1", "people": ["personalan", "personben"]},
    ),
    _pair(
        CYCLE, cy.TransitionUndone, {"undoes": [9], "reason": sealed(14)},
        {"undoes": [7, 8, 9], "people": ["personalan", "personben"]},
    ),
    _pair(CYCLE, cy.ActRecorded, _STEP, {"values": VALUES, "proposal": 7, "about": "r1"} | JUDGED),
    _pair(CYCLE, cy.AgreementGiven, _STEP, {"proposal": 7, "values": VALUES, "about": "r1"}),
    _pair(CYCLE, cy.AssignmentOffered, _ROLE, JUDGED),
    _pair(CYCLE, cy.AssignmentAccepted, _ROLE, JUDGED),
    _pair(CYCLE, cy.AssignmentDeclined, _ROLE, {"reason": sealed(3)}),
    _pair(CYCLE, cy.AssignmentWithdrawn, _ROLE, {"reason": sealed(3)}),
    _pair(
        CYCLE, cy.EvidenceAdded, {"kind": "work_scrutiny"},
        {"about": "r1", "text": sealed(4), "file_name": sealed(5), "file_digest": "ab" * 32, "file_size": 2**40},
    ),
    _pair(CYCLE, cy.NoteAdded, {"text": sealed(4)}, {"beside": 3}),
    _pair(CYCLE, cy.RequirementWaived, _WAIVED, {"person": "personben"}),
    _pair(CYCLE, cy.ConsentGiven, {"what": "share_feedback", "consent_of": "head"}),
    _pair(CYCLE, cy.ConsentWithdrawn, {"what": "share_feedback", "consent_of": "head"}),
    _pair(
        CYCLE, cy.RoleHandedOver,
        {"assigned": "peer_reviewer", "person": "personben", "successor": "personbea", "standing": "accepted",
         "reason": sealed(6)}, JUDGED,
    ),
    _pair(CYCLE, cy.DeadlineMoved, {"step": "agree_plan", "due": date(2026, 12, 4), "reason": sealed(6)}),
    _pair(
        PROGRAMME, reg.ProgrammeSetUp,
        {"name": "Invented Programme", "handle": "invented", "time_zone": "Europe/London"},
        {"workflow": "spp-peer-review", "backdating_days": 14, "nation": "england"},
    ),
    _pair(
        PROGRAMME, reg.ProgrammeChanged, {},
        {
            "name": "Renamed Programme", "time_zone": "Europe/Dublin", "workflow": "other", "backdating_days": 0,
            "nation": "wales",
        },
    ),
    _pair(
        ORGANISATION, reg.OrganisationRegistered,
        {"kind": "school", "name": "Hazel Inventéd School", "handle": "hazel", "source": "entered"},
        {"identities": _IDENTITIES, "details": {"town": "Madeup", "phase": "Primary"}},
    ),
    _pair(
        ORGANISATION, reg.OrganisationChanged, {"source": "entered"},
        {"name": "Hazel & Rowan", "details": {"phase": "All"}, "removed": ("town",), "identities": _IDENTITIES},
    ),
    _pair(ORGANISATION, reg.OrganisationSucceeded, _SUCCEEDED),
    _pair(
        PARTNERSHIP, reg.PartnershipFormed,
        {"name": "Invented Cluster", "handle": "cluster", "programme": "programmeone"},
    ),
    _pair(PARTNERSHIP, reg.MembershipBegan, {"organisation": "schoolhazel"}, {"until": date(2028, 7, 31)}),
    _pair(PARTNERSHIP, reg.MembershipEnded, {"organisation": "schoolhazel"}),
    _pair(PERSON, reg.PersonRegistered, {"person_name": sealed(7)}, {"email": sealed(8)}),
    _pair(PERSON, reg.PersonChanged, {}, {"person_name": sealed(7), "email": sealed(8)}),
    _pair(PERSON, reg.RoleGiven, {**_GRANT, "since": date(2024, 9, 1)}, {"until": date(2027, 8, 31)}),
    _pair(PERSON, reg.RoleEnded, {"grant": "grantone", "scope": "schoolhazel", "on": date(2026, 8, 31)}),
    _pair(
        PERSON, reg.TrainingRecorded,
        {"training": "trainingone", "course": "peer-reviewer", "completed": date(2025, 1, 15)},
        {"valid_until": date(2028, 1, 15)},
    ),
    _pair(
        PERSON, reg.TrainingWithdrawn, {"training": "trainingone", "on": date(2026, 10, 1), "reason": sealed(6)}
    ),
    _pair(
        PERSON, reg.RelationshipDeclared, {"other": "schoolrowan", "nature": "governance", "since": date(2025, 1, 1)},
        {"note": sealed(6), "until": date(2026, 1, 1)},
    ),
    _pair(
        PERSON, reg.AbsenceDelegated,
        {"delegation": "delegationone", "delegate": "personbea", "since": date(2026, 11, 2),
         "until": date(2026, 12, 18), "reason": sealed(6)},
        {"roles": ("head", "improvement_champion")},
    ),
    _pair(
        PERSON, reg.AbsenceEnded,
        {"delegation": "delegationone", "delegate": "personbea", "on": date(2026, 11, 20), "reason": sealed(6)},
    ),
    _pair(PERSON, reg.PersonForgotten, {"reason": "request"}),
    _pair(
        "calendar-programmeone", reg.CalendarPublished,
        {"owner": "programmeone", "calendar": "terms", "source": "entered"},
        {
            "closed": (reg.ClosedDay(on=date(2026, 12, 25), name="Christmas Day"),),
            "named": {"end_of_year": (date(2027, 7, 20), date(2028, 7, 20))},
        },
    ),
    _pair(
        "workflow-spp-peer-review", reg.WorkflowPublished,
        {
            "workflow": "spp-peer-review", "edition": "2026", "digest": DIGEST,
            "document": {"workflow": "spp-peer-review", "roles": {"head": {"title": "Kopf “Ü”", "assigned": None}}},
        },
    ),
)  # fmt: skip
"""Stream, the full event, the least event."""


def records() -> dict[str, dict[str, tuple[Record, Event]]]:
    """For each topic its two records, as a store would hold them."""
    found = {}
    for number, (stream, full, least) in enumerate(SAMPLES, 1):
        found[full.topic] = {
            "full": (
                Record(2 * number - 1, RECORDED, stream, 3, full.topic, encode(full), f"command-{number}", 1),
                full,
            ),
            "least": (Record(2 * number, RECORDED, stream, 4, least.topic, encode(least), None, None), least),
        }
    return found
