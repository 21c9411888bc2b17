"""THE permission table: which role may give which command and ask which question. Deny by default.

The engine asks it with the roles that matter for the target: a partnership lead is one only for
partnerships of their own, a programme manager only for programmes of their own. Doors never decide.
`workflow` means that the definition decides, which the cycle package judges; any registered person
may come that far.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from reviewflow.errors import Refused, Unmet

ADMINISTRATOR: Final = "administrator"
PROGRAMME_MANAGER: Final = "programme_manager"
AUDITOR: Final = "auditor"
PARTNERSHIP_LEAD: Final = "partnership_lead"
HEAD: Final = "head"
STAFF: Final = "staff"
REGISTERED: Final = "registered"
"""Anyone registered: the engine adds it for every person who is known and not forgotten."""
SELF: Final = "self"
"""The person whom the command or question is about."""
OPERATOR: Final = "operator"
"""Whoever can open the store on the command line, without claiming to be a person."""
WORKFLOW: Final = "workflow"
"""No role but a marker: the workflow's definition decides."""

STANDING_ROLES: Final = (ADMINISTRATOR, PROGRAMME_MANAGER, AUDITOR, PARTNERSHIP_LEAD, HEAD, STAFF)
SCOPES: Final[dict[str, str]] = {
    ADMINISTRATOR: "installation",
    PROGRAMME_MANAGER: "programme",
    AUDITOR: "programme",
    PARTNERSHIP_LEAD: "partnership",
    HEAD: "organisation",
    STAFF: "organisation",
}
"""Where each standing role is held; an auditor may also be one for the whole installation."""

_RUNS = (ADMINISTRATOR, PROGRAMME_MANAGER)
_LEADS = (*_RUNS, PARTNERSHIP_LEAD)
_READS = (*_LEADS, AUDITOR, OPERATOR)
_ANYONE = (REGISTERED, OPERATOR)

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "init": (OPERATOR,),
    "programme add": (ADMINISTRATOR,),
    "programme set": _RUNS,
    "calendar import": (*_LEADS, HEAD),
    "workflow publish": _RUNS,
    "organisation import": _RUNS,
    "organisation add": _LEADS,
    "organisation succeed": _RUNS,
    "partnership add": _RUNS,
    "partnership join": _RUNS,  # whoever leads a partnership has a say over its members' people
    "partnership leave": _LEADS,
    "person add": _LEADS,
    "person import": _LEADS,  # each row is judged like its own command as well
    "person set": (ADMINISTRATOR, SELF),
    "person role": _LEADS,
    "person train": _LEADS,
    "person declare": (*_LEADS, SELF),
    "person delegate": (*_LEADS, SELF),
    "person handover": (*_RUNS, WORKFLOW),  # in each cycle: whoever may offer the role, or runs the programme
    "person forget": (ADMINISTRATOR,),
    "person sign-in": (ADMINISTRATOR, SELF, OPERATOR),  # password, link, sessions: nothing of it is in the log
    "token add": (ADMINISTRATOR, SELF, OPERATOR),
    "token revoke": (ADMINISTRATOR, SELF, OPERATOR),
    "backup": (OPERATOR,),
    "restore": (OPERATOR,),
    "store copy": (OPERATOR,),
    "store reopen": (OPERATOR,),
    "store upgrade": (OPERATOR,),  # there is no asking the store who somebody is before it is done
    "vault backup": (OPERATOR,),  # nor the keys
    "vault restore": (OPERATOR,),
    "vault rotate": (OPERATOR,),
    "history import": _RUNS,  # what each row says is judged like its own command as well
    "run": (OPERATOR,),
    "serve": (OPERATOR,),
    "views rebuild": (OPERATOR,),
    "effects retry": (OPERATOR,),
    "effects drop": (OPERATOR,),
    "cycle open": (WORKFLOW,),
    "cycle do": (WORKFLOW,),
    "cycle agree": (WORKFLOW,),
    "cycle assign": (WORKFLOW,),
    "cycle accept": (WORKFLOW,),
    "cycle decline": (WORKFLOW,),
    "cycle withdraw": (WORKFLOW,),
    "cycle evidence": (WORKFLOW,),
    "cycle note": (WORKFLOW,),
    "cycle waive": (WORKFLOW,),
    "cycle consent": (WORKFLOW,),
    "cycle correct": (WORKFLOW,),
    "cycle undo": (WORKFLOW,),
}
"""Command -> who may give it."""

QUESTIONS: Final[dict[str, tuple[str, ...]]] = {
    "status": _ANYONE,
    "doctor": (ADMINISTRATOR, OPERATOR),
    "vault show": (ADMINISTRATOR, OPERATOR),
    "inbox": (*_READS, SELF),
    "programme list": _ANYONE,
    "programme show": _ANYONE,
    "calendar show": _ANYONE,
    "workflow list": _ANYONE,
    "workflow show": _ANYONE,
    "organisation list": _ANYONE,
    "organisation show": _ANYONE,
    "partnership list": _ANYONE,
    "partnership show": _ANYONE,
    "person list": _READS,
    "person show": (*_READS, SELF),
    "person export": _READS,
    "token list": (ADMINISTRATOR, SELF, OPERATOR),
    "cycle list": (*_READS, WORKFLOW),
    "cycle show": (*_READS, WORKFLOW),
    "cycle next": (*_READS, WORKFLOW),
    "effects list": (ADMINISTRATOR, OPERATOR),
    "views status": (ADMINISTRATOR, OPERATOR),
    "views check": (ADMINISTRATOR, OPERATOR),
    "audit log": (*_RUNS, AUDITOR, OPERATOR),
    "audit replay": (*_RUNS, AUDITOR, OPERATOR),
    "audit diff": (*_RUNS, AUDITOR, OPERATOR),
    "audit recheck": (*_RUNS, AUDITOR, OPERATOR),
    "audit export": (*_RUNS, AUDITOR, OPERATOR),
}
"""Question -> who may ask it. What of a cycle is shown to whom is the definition's `visible` to say."""

TABLE: Final[dict[str, tuple[str, ...]]] = {**COMMANDS, **QUESTIONS}
COLUMNS: Final = (*STANDING_ROLES, SELF, REGISTERED, OPERATOR, WORKFLOW)


def who_may(name: str) -> tuple[str, ...]:
    """The roles that may give this command or ask this question; none for one the table does not know."""
    return TABLE.get(name, ())


def by_workflow(name: str) -> bool:
    """Whether the workflow's definition has a say in it."""
    return WORKFLOW in who_may(name)


def allowed(name: str, roles: Iterable[str]) -> bool:
    """Whether someone with these roles may; where the workflow decides, whoever is registered comes that far."""
    held = set(roles) - {WORKFLOW}
    may = who_may(name)
    return any(role in held for role in may) or (WORKFLOW in may and REGISTERED in held)


def check(name: str, roles: Iterable[str]) -> None:
    """Raise `Refused` unless someone with these roles may."""
    held = tuple(roles)
    if not allowed(name, held):
        may = who_may(name)
        want = ", ".join(may) if may else "nobody"
        sentence = f"acting as {', '.join(sorted(held)) or 'nobody known'}; allowed to: {want}"
        raise Refused(name, [Unmet("not-permitted", sentence, who=may)])


def table() -> list[tuple[str, ...]]:
    """The table for the documents: a header row, then one row a name with `yes` where a role may."""
    header = ("", *COLUMNS)
    return [header, *((name, *("yes" if c in may else "" for c in COLUMNS)) for name, may in TABLE.items())]
