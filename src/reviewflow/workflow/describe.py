"""A definition as plain data: what `workflow show --json` prints; `describe_text.py` makes text of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewflow.workflow.definition import Definition, Requirement, Role, Step, Transition
from reviewflow.workflow.words import due_words


def describe(definition: Definition, digest: str = "") -> dict[str, Any]:
    """Roles, steps and requirements with their sources, deadlines in words; only what JSON can hold."""
    states = definition.all_states()
    return {
        "workflow": definition.workflow,
        "title": definition.title,
        "edition": definition.edition,
        "digest": digest,
        "subject": definition.subject,
        "about": definition.about,
        "roles": [_role(name, role) for name, role in definition.roles.items()],
        "never_both": [list(pair) for pair in definition.never_both],
        "stages": [
            {"name": name, "title": stage.title, "states": [f"{name}.{inner}" for inner in stage.states]}
            for name, stage in definition.stages.items()
        ],
        "states": [
            {"name": name, "title": s.title, "initial": s.initial, "final": s.final, "side": s.side}
            for name, s in states.items()
        ],
        "steps": [
            _step(definition, "opens", definition.opens),
            *(_step(definition, name, step) for name, step in definition.steps().items()),
        ],
        "evidence": [
            {
                "kinds": dict(group.kinds),
                "in": list(group.within),
                "by": list(group.by),
                "about": group.about,
                "source": source_words(group),
            }
            for group in definition.evidence.values()
        ],
        "visible": [
            {
                "what": list(v.what),
                "to": list(v.to),
                "from": v.since,
                "when": list(v.when),
                "consent_of": v.consent_of,
            }
            for v in definition.visible
        ],
    }


def source_words(part: Any) -> str:
    """The source of a part, or "ours"; empty where neither is said."""
    return part.source or ("ours" if part.ours else "")


def _role(name: str, role: Role) -> dict[str, Any]:
    return {
        "name": name,
        "title": role.title,
        "held_in": role.held_in,
        "assigned": role.assigned,
        "among": role.among,
        "offered_by": list(role.offered_by),
        "eligible": _requirements(role.eligible),
        "source": source_words(role),
    }


def _requirements(requirements: Mapping[str, Requirement]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "rule": required.rule,
            "else": required.otherwise,
            "waivable_by": list(required.waivable_by),
            "source": source_words(required),
        }
        for name, required in requirements.items()
    ]


def _step(definition: Definition, name: str, step: Step) -> dict[str, Any]:
    kind = "opening" if name == "opens" else "transition" if isinstance(step, Transition) else "act"
    places = getattr(step, "origin", None) or getattr(step, "within", None) or ()
    dues = step.due if isinstance(step.due, tuple) else () if step.due is None else (step.due,)
    return {
        "name": name,
        "kind": kind,
        "title": step.title,
        "from": [places] if isinstance(places, str) else list(places),
        "to": getattr(step, "to", None),
        "by": list(step.by),
        "with": list(step.second),
        "fields": list(definition.fields(name)),
        "evidence": dict(step.evidence),
        "requires": _requirements(step.requires),
        "recheck": list(step.recheck),
        "due": [due_words(definition, due) for due in dues],
        "source": source_words(step),
    }
