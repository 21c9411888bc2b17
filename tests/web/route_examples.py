"""An example request for each line of the route table: what stands in its address, and what is sent.

What an address names is by default found by the name of its part; a line whose address or body is anything else is in
`VALUES` or `BODIES` by its method and path.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

CYCLE_PARTS: Final = ("handle", "cycle")
NAMED: Final = {
    "secret": "no-such-secret",
    "step": "check_in",
    "name": "check_in",
    "role": "supporter",
    "workflow": "spp-peer-review",
    "version": "7",
    "kind": "not-met",
    "of": "improvement_champion",
    "requirement": "other_school",
    "what": "share_feedback",
    "person": "aaaaaaaaaaaaaaaa",
    "token": "aaaaaaaaaaaa",
}
"""A part of an address -> what stands there, where a line says nothing else."""

PEOPLE: Final = "name,email,organisation,role,since\nNora Madeup,nora@birch.example,birch,head,2026-09-01\n"
REGISTER: Final = (Path(__file__).parents[1] / "registry" / "data" / "gias.csv").read_bytes()
PAST: Final = "case,on\n1,2026-01-02\n"
MAPPING: Final = "mapping: none\n"
"""Files: whether somebody may send one is judged before what is in it."""

VALUES: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("GET", "/cycles/{handle}/sign/{name}"): {"name": "schedule_visit"},
    ("POST", "/cycles/{handle}/sign/{name}"): {"name": "schedule_visit"},
}
BODIES: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("POST", "/administration/people/{person}/roles"): {"data": {"role": "staff", "in": "willow"}},
    ("POST", "/administration/people/{person}/roles/end"): {"data": {"role": "staff", "in": "willow"}},
    ("POST", "/cycles/{handle}/evidence"): {"data": {"kind": "learning_summary", "text": "Seen"}},
    ("POST", "/cycles/{handle}/notes"): {"data": {"text": "Seen"}},
    ("POST", "/cycles/{handle}/undo"): {"data": {"reason": "", "from": "2"}},
    ("POST", "/cycles/{handle}/events/{version:int}/correct"): {"data": {"reason": "x"}},
    ("POST", "/cycles/{handle}/waive/{of}/{requirement}"): {"data": {"reason": "x"}},
    ("POST", "/cycles/{handle}/consent/{what}"): {"data": {"withdraw": "yes"}},
    ("GET", "/api/audit/diff/{cycle}"): {"params": {"earlier_position": "1"}},
    ("POST", "/api/cycles"): {"json": {"subjects": ["birch"], "year": "2026-27"}},
    ("POST", "/api/cycles/{cycle}/assignments"): {
        "json": {"action": "offer", "role": "supporter", "person": "bea@hazel.example"}
    },
    ("POST", "/api/cycles/{cycle}/evidence"): {"data": {"kind": "self_evaluation", "text": "Seen", "dry_run": "true"}},
    ("POST", "/api/cycles/{cycle}/notes"): {"json": {"text": "Seen"}},
    ("POST", "/api/cycles/{cycle}/waivers"): {
        "json": {
            "of": "improvement_champion",
            "requirement": "other_school",
            "person": "bea@hazel.example",
            "reason": "x",
        }
    },
    ("POST", "/api/cycles/{cycle}/consents"): {"json": {"what": "share_feedback"}},
    ("POST", "/api/cycles/{cycle}/corrections"): {
        "json": {"corrections": [{"event": 1, "on": "2026-09-06"}], "reason": "x"}
    },
    ("POST", "/api/cycles/{cycle}/undo"): {"json": {"reason": "x"}},
    ("POST", "/api/people"): {"json": {"name": "Nora Madeup"}},
    ("PATCH", "/api/people/{person}"): {"json": {"name": "Nora Madeup"}},
    ("POST", "/api/people/{person}/roles"): {"json": {"role": "staff", "in": "willow"}},
    ("POST", "/api/people/{person}/training"): {"json": {"course": "first-aid", "completed": "2026-11-01"}},
    ("POST", "/api/people/{person}/interests"): {"json": {"other": "alder", "nature": "family"}},
    ("POST", "/api/people/{person}/delegations"): {
        "json": {"to": "wilma@hazel.example", "until": "2026-12-01", "reason": "x"}
    },
    ("POST", "/api/people/{person}/handovers"): {"json": {"to": "wilma@hazel.example", "reason": "x"}},
    ("POST", "/api/handovers/undo"): {"json": {"batch": "none", "reason": "x"}},
    ("POST", "/api/organisations"): {"json": {"name": "Pine Invented School"}},
    ("POST", "/api/organisations/successions"): {
        "json": {"kind": "merger", "predecessors": ["hazel", "oak"], "successors": ["elm"]}
    },
    ("POST", "/api/partnerships"): {"json": {"name": "Third Invented Cluster"}},
    ("POST", "/api/partnerships/{partnership}/members"): {"json": {"organisations": ["birch"]}},
    ("POST", "/api/partnerships/{partnership}/departures"): {"json": {"organisations": ["birch"]}},
    ("POST", "/api/programmes"): {"json": {"name": "Other Invented Programme", "time_zone": "Europe/London"}},
    ("PATCH", "/api/programmes/{programme}"): {"json": {"name": "Invented Programme Anew"}},
    ("POST", "/api/calendars"): {"json": {"document": "kind,date,until,name\nclosed,2026-12-25,,Christmas Day\n"}},
    ("POST", "/api/workflows"): {"json": {"shipped": "open-software-review"}},
    ("POST", "/api/workflows/check"): {"json": {"shipped": "open-software-review"}},
    ("POST", "/api/imports/histories/check"): {"json": {"shipped": "example"}},
    ("POST", "/api/imports/people"): {"data": {"dry_run": "true"}, "files": {"file": ("people.csv", PEOPLE)}},
    ("POST", "/api/imports/organisations"): {"data": {"dry_run": "true"}, "files": {"file": ("gias.csv", REGISTER)}},
    ("POST", "/api/imports/histories"): {
        "data": {"dry_run": "true", "mapping": MAPPING},
        "files": {"file": ("past.csv", PAST)},
    },
    ("POST", "/api/imports/exports"): {"data": {"dry_run": "true"}, "files": {"file": ("past.csv", PAST)}},
    ("GET", "/api/exports/histories"): {"params": {"format": "csv"}},
}
"""What is sent, as the test client takes it; pages are sent an empty form, the API an empty object.

The API is asked for dry runs: whether somebody may is judged all the same, and nobody is changed by who came before.
"""
PLACES: Final[dict[tuple[str, str], str]] = {
    ("GET", "/api/audit/log"): "installation",
    ("POST", "/administration/people/{person}/roles"): "willow",
    ("POST", "/administration/people/{person}/roles/end"): "willow",
    ("POST", "/api/people/{person}/roles"): "willow",
    ("POST", "/api/partnerships"): "programme",
    ("POST", "/api/calendars"): "installation",
    ("POST", "/api/imports/exports"): "installation",  # nothing of it is judged again: only for administrators
}
"""Where the command or question of a line is judged, if that is not what its address names."""

NO_ASKING: Final[tuple[str, ...]] = ()
"""Paths about something that ask for no permission: what everybody may know of it."""


def values_of(web: Any, line: Any, part: str, target: str, name: str) -> str:
    """What stands for one part of an address."""
    given = VALUES.get((line.method, line.path), {})
    if part in given:
        return given[part]
    if line.about == "cycle" and part in CYCLE_PARTS:
        return str(web.handle_of(target))
    if part == line.about:
        return str(web.id(target))
    return NAMED[part]


def body_of(line: Any) -> dict[str, Any]:
    """What is sent."""
    given = BODIES.get((line.method, line.path), {})
    if line.method in ("GET", "DELETE") or "data" in given or line.path.endswith("/check"):
        return given
    if line.path.startswith("/api"):
        return {"json": {**given.get("json", {}), "dry_run": True}}
    return given or {"data": {"version": "0"}}
