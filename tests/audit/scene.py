"""A small workflow, its people, and a log that can be written by hand: what the tests of `audit` play with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from reviewflow.audit.naming import AS_RECORDED, REMOVED, SEALED
from reviewflow.audit.words import CycleHistory
from reviewflow.cycle import events as ev
from reviewflow.cycle.fold import fold
from reviewflow.cycle.seeing import Seeing
from reviewflow.cycle.setting import Setting
from reviewflow.cycle.state import Cycle
from reviewflow.events import Event, Happened, Recorded, Sealed, Text, Unsealed
from reviewflow.registry.people import Grant, Person
from reviewflow.workflow.definition import Definition

DEFINITION = Definition.model_validate(
    {
        "workflow": "small-review",
        "title": "Small review",
        "edition": "1",
        "subject": "organisation",
        "lists": {"theme": {"values": ["reading", "sums"], "titles": {"reading": "Reading", "sums": "Sums & numbers"}}},
        "roles": {
            "head": {"title": "Headteacher", "held_in": "subject"},
            "lead": {"title": "Lead", "held_in": "partnership"},
            "auditor": {"title": "Auditor", "held_in": "programme"},
            "reviewer": {
                "title": "Peer reviewer",
                "assigned": "1..2",
                "offered_by": ["lead"],
                "eligible": {"trained": {"rule": "true", "else": "needs training", "waivable_by": ["lead"]}},
            },
        },
        "stages": {
            "prepare": {
                "title": "Preparation",
                "states": {"planned": {"title": "Planned", "initial": True}, "ready": {"title": "Ready"}},
            },
        },
        "states": {
            "visit": {"title": "Visit under way"},
            "done": {"title": "Done", "final": True},
            "paused": {"title": "Paused", "side": True},
        },
        "forms": {
            "opening": {"school_lead": {"label": "School lead", "type": "person"}},
            "visit": {
                "first_day": {"label": "First day", "type": "date"},
                "online": {"label": "Online", "type": "bool", "optional": True},
                "size": {"type": "int", "optional": True},
                "guests": {"label": "Guests", "type": "list", "of": "person", "optional": True},
                "host": {"label": "Host", "type": "organisation", "optional": True},
                "questions": {
                    "label": "Questions",
                    "type": "rows",
                    "columns": {
                        "question": {"label": "Question", "type": "text"},
                        "theme": {"label": "Theme", "type": "choice", "of": "theme", "optional": True},
                    },
                },
            },
            "focus": {
                "areas": {"label": "Focus areas", "type": "list", "of": "text"},
                "themes": {"label": "Themes", "type": "list", "of": "theme", "optional": True},
                "why": {"label": "Why", "type": "long_text", "optional": True},
            },
            "answer": {"text": {"label": "Answer", "type": "text"}},
            "outcome": {
                "results": {
                    "label": "Results",
                    "type": "rows",
                    "over": "schedule.questions",
                    "columns": {"result": {"label": "Result", "type": "choice", "of": ["met", "not_met"]}},
                }
            },
        },
        "evidence": {
            "walks": {
                "kinds": {"walk": "Learning walk", "talk": "Talk with pupils"},
                "in": ["any"],
                "by": ["reviewer"],
                "about": "schedule.questions",
            }
        },
        "opens": {"title": "Plan the review", "to": "prepare.planned", "by": ["lead"], "form": "opening"},
        "transitions": {
            "schedule": {
                "title": "Arrange the visit",
                "from": ["prepare.planned", "prepare.ready"],
                "to": "prepare.ready",
                "by": ["lead"],
                "with": ["head"],
                "form": "visit",
                "requires": {
                    "team_size": {"rule": "true", "else": "two reviewers must have accepted", "waivable_by": ["lead"]},
                    "in_order": {"rule": "true", "else": "the visit ends before it starts"},
                },
                "books": {"first": "first_day", "last": "first_day", "people": ["reviewer"]},
            },
            "start": {"title": "Start the visit", "from": "prepare.ready", "to": "visit", "by": ["reviewer"]},
            "finish": {
                "title": "Finish",
                "from": "visit",
                "to": "done",
                "by": ["lead", "opens.school_lead"],
                "form": "outcome",
            },
            "pause": {"title": "Pause", "from": "active", "to": "paused", "by": ["lead"]},
            "resume": {"title": "Resume", "from": "paused", "to": "return", "by": ["lead"]},
        },
        "acts": {
            "choose_focus": {"title": "Choose the focus", "in": "any", "by": ["head"], "form": "focus"},
            "answer": {
                "title": "Answer a question",
                "in": "any",
                "by": ["head"],
                "with": ["lead"],
                "about": "schedule.questions",
                "form": "answer",
            },
        },
        "visible": [
            {"what": ["status", "dates", "people"], "to": ["head", "lead"]},
            {"what": ["status"], "to": ["auditor", "reviewer"]},
            {"what": ["choose_focus", "opens", "notes"], "to": ["head"]},
            {"what": ["choose_focus"], "to": ["lead"], "consent_of": "head"},
            {"what": ["schedule", "answer", "finish"], "to": ["head", "lead"]},
            {"what": ["schedule.first_day"], "to": ["auditor"]},
            {"what": ["evidence"], "to": ["reviewer", "lead"]},
        ],
    },
    by_alias=True,
    by_name=False,
)

PEOPLE = {
    "hal": "Hal Headley", "lena": "Lena Leadwell", "rita": "Rita Reviewton", "sam": "Sam Supposed", "aud": "Aud Itson",
}  # fmt: skip
PLACES = {
    "hazel": "Hazel Primary", "oaks": "The Oaks", "elm": "Elm School", "north": "North Partnership",
    "prog": "Programme One",
}  # fmt: skip
OPENED = date(2026, 3, 2)


def sealed(box: str, length: int = 3) -> Sealed:
    """A text in its box, as it stands in a record."""
    return Sealed(box=box, commit="00" * 32, length=length)


class FakeNames:
    """A directory that knows a few names; boxes in `opened` can be read, those in `removed` never again."""

    writing = AS_RECORDED

    def __init__(self, opened: dict[str, str] | None = None, removed: tuple[str, ...] = ()) -> None:
        self.opened, self.removed = opened or {}, removed
        self.asked: list[tuple[str, int, str]] = []

    def person(self, id: str) -> str:  # noqa: A002
        return REMOVED if id in self.removed else PEOPLE.get(id, id)

    def organisation(self, id: str) -> str:  # noqa: A002
        return PLACES.get(id, id)

    partnership = programme = organisation

    def named(self, id: str) -> str:  # noqa: A002
        return PEOPLE.get(id) or PLACES.get(id, id)

    def held(self, person: str, grant: str) -> str | None:  # noqa: ARG002 - the port's shape
        return {"g1": "partnership_lead"}.get(grant)

    def course(self, person: str, training: str) -> str | None:  # noqa: ARG002
        return {"t1": "peer-reviewer"}.get(training)

    def open(self, text: Text, stream: str, version: int, path: str) -> str:
        self.asked.append((stream, version, path))
        if isinstance(text, Unsealed):
            return text.text
        return REMOVED if text.box in self.removed else self.opened.get(text.box, SEALED)


def said(by: str = "lena", role: str = "lead", on: date = OPENED, **more: Any) -> dict[str, Any]:
    """What every event says."""
    return {
        "by": by, "role": role, "entered_by": by, "door": "web", "happened": Happened(on=on),
        "cause": "cycle do something", **more,
    }  # fmt: skip


def opening(**more: Any) -> ev.CycleOpened:
    """The opening of the cycle that the tests tell of."""
    common = said(**{k: more.pop(k) for k in list(more) if k in {"by", "role", "on", "entered_by", "door"}})
    usual = {
        "workflow": "small-review", "edition": "1", "digest": "ab" * 32, "to": "prepare.planned", "programme": "prog",
        "partnership": "north", "subject": "hazel", "year": "2026-27", "number": 1, "handle": "hazel-2026-1",
        "values": {"school_lead": "sam"},
    }  # fmt: skip
    return ev.CycleOpened(**common, **{**usual, **more})


@dataclass
class Log:
    """Events of one stream, each recorded at noon of the day it happened unless said otherwise."""

    stream: str = "cycle-c1"
    records: list[Recorded] = field(default_factory=list)
    start: int = 0

    def add(self, event: Event, *, days_late: int = 0) -> Recorded:
        """Record an event."""
        day = datetime.combine(event.happened.on, datetime.min.time(), UTC) + timedelta(days=days_late, hours=12)
        at = max(day, self.records[-1].recorded_at) if self.records else day
        number = len(self.records) + 1
        self.records.append(Recorded(self.start + number, at, self.stream, number, event))
        return self.records[-1]

    def of(self, *events: Event) -> Log:
        """Record several."""
        for event in events:
            self.add(event)
        return self


class FakeKnown:
    """A registry in which some people hold roles."""

    def __init__(self, **roles: tuple[str, str]) -> None:
        kinds = {"hazel": "organisation", "north": "partnership", "prog": "programme"}
        self.people = {
            name: Person(
                name,
                1,
                roles=(Grant(f"g-{name}", role, scope, kinds[scope], date(2020, 1, 1)),),  # type: ignore[arg-type]
            )
            for name, (role, scope) in roles.items()
        }

    def person(self, id: str) -> Person | None:  # noqa: A002
        return self.people.get(id) or (Person(id, 1) if id in PEOPLE else None)

    def touching(self, set_name: str) -> list[str]:  # noqa: ARG002 - nobody stands in for anybody here
        return []


KNOWN = FakeKnown(hal=("head", "hazel"), lena=("lead", "north"), aud=("auditor", "prog"))


def seeing(log: Log, viewer: str | None) -> Seeing:
    """What a person sees of the cycle of a log."""
    cycle = folded(log)
    today = Happened(on=date(2026, 12, 1))
    setting = Setting(KNOWN, DEFINITION, "ab" * 32, "prog", "north", "hazel", today, today, 30, cycle, cycle)  # type: ignore[arg-type]
    return Seeing(setting, viewer)


def folded(log: Log) -> Cycle:
    """The cycle of a log."""
    cycle = fold(log.records)
    assert cycle is not None
    return cycle


def history(log: Log, viewer: str | None = None, names: FakeNames | None = None, zone: str = "UTC") -> CycleHistory:
    """The history of a log as told to a viewer."""
    sight = seeing(log, viewer) if viewer else None
    return CycleHistory(log.records, DEFINITION, names or FakeNames(), seeing=sight, zone=zone)
