"""A small workflow that uses every part of the language, for tests that break one part at a time."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from reviewflow.errors import BadDefinition, DefinitionFault
from reviewflow.workflow.parse import parse

GONE = object()
"""As a new value: take the key away."""


def ours(rule: str, otherwise: str = "not so", **more: Any) -> dict[str, Any]:
    """A requirement of our own."""
    return {"rule": rule, "else": otherwise, "ours": True, **more}


SAMPLE: dict[str, Any] = {
    "workflow": "sample",
    "title": "A sample",
    "edition": "1",
    "subject": "organisation",
    "lists": {"mode": {"values": ["near", "far"], "titles": {"near": "In person"}}},
    "roles": {
        "head": {"title": "Headteacher", "held_in": "subject"},
        "lead": {"title": "Lead", "held_in": "partnership"},
        "visitor": {
            "title": "Visitor",
            "assigned": "1..3",
            "offered_by": ["lead"],
            "eligible": {"trained": ours('"visit" in person.valid_training', waivable_by=["lead"])},
        },
        "first_visitor": {"title": "First visitor", "assigned": "1..1", "among": "visitor", "offered_by": ["lead"]},
        "helper": {"title": "Helper", "assigned": "0..", "offered_by": ["lead", "head"], "source": "S1"},
    },
    "never_both": [["visitor", "helper"]],
    "anchors": {
        "starts": {"field": "arrange.first"},
        "held": {"day_of": "visit"},
        "year": {"calendar": "end_of_year"},
    },
    "stages": {
        "work": {
            "title": "Work",
            "states": {
                "begun": {"title": "Begun", "initial": True},
                "arranged": {"title": "Arranged"},
                "visited": {"title": "Visited"},
            },
        },
        "after": {"title": "Afterwards", "states": {"open": {"title": "Open"}}},
    },
    "states": {
        "done": {"title": "Done", "final": True},
        "stopped": {"title": "Stopped", "final": True},
        "paused": {"title": "Paused", "side": True, "clocks": "stopped"},
    },
    "forms": {
        "arrangement": {
            "first": {"type": "date"},
            "last": {"type": "date"},
            "mode": {"type": "choice", "of": "mode"},
            "guide": {"type": "person"},
            "points": {"type": "rows", "min": 1, "max": 9, "columns": {"point": {"type": "text", "max": 80}}},
        },
        "result": {
            "answers": {
                "type": "rows",
                "over": "arrange.points",
                "columns": {"answer": {"type": "choice", "of": ["good", "bad"]}},
            },
            "topics": {"type": "list", "of": "text", "optional": True},
            "remark": {"type": "long_text", "optional": True},
        },
        "words": {"text": {"type": "text", "label": "Text"}},
    },
    "evidence": {
        "papers": {"kinds": {"paper": "Paper"}, "in": ["work.begun"], "by": ["head"], "ours": True},
        "finds": {
            "kinds": {"find": "Find", "nothing": "Nothing"},
            "in": ["work.arranged"],
            "by": ["visitor", "arrange.guide"],
            "about": "arrange.points",
        },
    },
    "opens": {
        "title": "Open",
        "to": "work.begun",
        "by": ["lead"],
        "requires": {"member": ours("subject.member_on_day")},
        "due": {"day": "year"},
    },
    "transitions": {
        "arrange": {
            "title": "Arrange",
            "from": "work.begun",
            "to": "work.arranged",
            "by": ["lead"],
            "with": ["head"],
            "form": "arrangement",
            "books": {"first": "first", "last": "last", "people": ["visitor"]},
            "recheck": ["visitor"],
            "evidence": {"paper": "1.."},
            "requires": {"in_order": ours("form.first <= form.last", waivable_by=["lead"])},
        },
        "visit": {
            "title": "Visit",
            "from": "work.arranged",
            "to": "work.visited",
            "by": ["first_visitor", "arrange.guide"],
            "evidence": {"find": "1..5"},
            "due": {"day": "starts"},
        },
        "report": {
            "title": "Report",
            "from": ["work.visited"],
            "to": "after.open",
            "by": ["head"],
            "form": "result",
            "due": {"days": 5, "from": "held", "limit": {"weeks": 2, "from": "held"}},
        },
        "finish": {
            "title": "Finish",
            "from": "after",
            "to": "done",
            "by": ["lead"],
            "due": {"school_days": -3, "from": "year", "otherwise": {"months": 1, "from_day_of": "report"}},
        },
        "pause": {"title": "Pause", "from": "active", "to": "paused", "by": ["lead"], "form": "words"},
        "resume": {"title": "Resume", "from": "paused", "to": "return", "by": ["lead"]},
        "stop": {"title": "Stop", "from": ["active", "paused"], "to": "stopped", "by": ["lead", "head"]},
    },
    "acts": {
        "talk": {
            "title": "Talk",
            "in": ["work", "after.open"],
            "by": ["head"],
            "form": "words",
            "due": {"before": "report"},
        },
        "answer": {
            "title": "Answer",
            "in": "after",
            "by": ["anyone"],
            "form": "words",
            "about": "arrange.points",
            "beside": "report.remark",
            "due": [{"days": 30, "from": "held"}, {"days": 60, "from": "held"}],
        },
        "warn": {"title": "Warn", "in": "any", "by": ["anyone"]},
    },
    "visible": [
        {"what": ["status", "dates", "people"], "to": ["head", "lead", "visitor"]},
        {
            "what": ["report", "arrange.mode", "evidence", "notes"],
            "to": ["visitor"],
            "from": "report",
            "when": ["talk"],
        },
        {"what": ["report.remark"], "to": ["lead"], "consent_of": "head"},
    ],
}


def sample(**changes: Any) -> dict[str, Any]:
    """The sample with changes, each named by its path with `__` between the keys; `GONE` takes a key away."""
    document = copy.deepcopy(SAMPLE)
    for path, value in changes.items():
        change(document, path.split("__"), value if value is GONE else copy.deepcopy(value))
    return document


def change(document: Any, path: list[str], value: Any) -> None:
    """Set, or take away, what stands at a path."""
    for part in path[:-1]:
        document = document[int(part)] if isinstance(document, list) else document.setdefault(part, {})
    last: Any = int(path[-1]) if isinstance(document, list) else path[-1]
    if value is GONE:
        del document[last]
    else:
        document[last] = value


def written(document: Any) -> str:
    """A document as YAML, in its own order."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def faults_of(source: Any) -> list[DefinitionFault]:
    """Every fault of a text or a document; none if it is right."""
    try:
        parse(source if isinstance(source, str | bytes) else written(source), "sample")
    except BadDefinition as bad:
        return list(bad.faults) or pytest.fail("refused, but no fault is said")
    return []
