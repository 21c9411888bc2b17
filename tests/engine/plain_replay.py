"""A slow and plain model of a cycle: a list of facts, and a replay that starts from nothing each time.

It reads the workflow as the YAML says it, knows commands and no event, and keeps everything in dicts. A fact
is an accepted command in plain words; `replay` of the facts is what the engine's fold must be.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from reviewflow.cycle import commands as cy
from reviewflow.cycle.state import Cycle
from reviewflow.events import Happened, Sealed, Unsealed, is_sealed

When = tuple[date, time | None]
Model = dict[str, Any]
Fact = dict[str, Any]
Table = dict[str, Any]
"""A workflow as its YAML says it."""


def before(one: When, other: When) -> bool:
    """Days first, times only where both are known."""
    if one[0] != other[0]:
        return one[0] < other[0]
    return one[1] is not None and other[1] is not None and one[1] < other[1]


def states_of(table: Table) -> dict[str, dict[str, Any]]:
    """Every state by its full name."""
    inside = {f"{stage}.{name}": s for stage, at in table["stages"].items() for name, s in at["states"].items()}
    return {**inside, **table["states"]}


def places(table: Table, named: str | list[str]) -> set[str]:
    """The states that a `from` or `in` names."""
    found: set[str] = set()
    for name in [named] if isinstance(named, str) else named:
        for state, says in states_of(table).items():
            active = name == "active" and not says.get("final") and not says.get("side")
            if name in ("any", state, state.partition(".")[0]) or active:
                found.add(state)
    return found


def chosen_from(table: Table, model: Model, ended: str, person: str) -> list[str]:
    """The roles that end with one."""
    found = []
    for name, role in table["roles"].items():
        if role.get("among") == ended and standing(model, name, person) in ("offered", "accepted"):
            found += [name, *chosen_from(table, model, name, person)]
    return found


def standing(model: Model, role: str, person: str) -> str | None:
    """How a person stands to a role now."""
    past = model["assigned"].get((role, person))
    return past[-1][0] if past else None


def fact(command: Any, table: Table, model: Model | None, now: When, recorded: datetime) -> Fact:
    """An accepted command as a fact; everything that needs the present model is settled here, once."""
    asked = command.asked
    when = (asked.happened.on, asked.happened.at) if asked.happened else now
    said = {"by": asked.by, "when": when, "recorded": recorded}
    version = (model["version"] if model else 0) + 1
    match command:
        case cy.OpenCycles():
            return said | {"kind": "opened", "to": table["opens"]["to"], "version": version}
        case cy.TakeStep():
            step = table["transitions"].get(command.step) or table["acts"][command.step]
            said |= {"step": command.step, "values": rows_named(command.values), "about": command.about}
            if step.get("with"):
                return said | {"kind": "proposed", "version": version}
            return said | _taken(table, model, command.step) | {"version": version, "values_at": version}
        case cy.Agree():
            proposal = model["proposals"][command.step]
            step = table["transitions"].get(command.step) or table["acts"][command.step]
            missing = [role for role in step["with"] if role not in proposal["signed"]]
            said |= {"step": command.step, "signer": asked.by, "missing": missing}
            return said | {"kind": "signed", "version": version}
        case cy.OfferAssignment() | cy.AcceptAssignment() | cy.DeclineAssignment() | cy.WithdrawAssignment():
            words = {"Offer": "offered", "Accep": "accepted", "Decli": "declined", "Withd": "withdrawn"}
            became = words[type(command).__name__[:5]]
            ends = chosen_from(table, model, command.role, command.person) if became == "withdrawn" else []
            roles = [command.role, *ends]
            said |= {"kind": "assigned", "roles": roles, "person": command.person, "became": became}
            return said | {"version": version + len(ends), "first": version}
        case cy.AddEvidence():
            item = {"evidence": command.kind, "about": command.about, "text": command.text}
            return said | {"kind": "evidence", "version": version} | item
        case cy.AddNote():
            return said | {"kind": "note", "text": command.text, "beside": command.beside, "version": version}
        case cy.WaiveRequirement():
            waiver = (command.of, command.requirement, command.person, version)
            return said | {"kind": "waived", "waiver": waiver, "version": version}
        case cy.Consent():
            return said | {"kind": "consent", "what": command.what, "given": not command.withdraw, "version": version}
    raise AssertionError(command)


def sign(signed: Fact, table: Table, model: Model, role: str) -> Fact:
    """A signature as a fact, once it is known in which role it was given."""
    signed = signed | {"role": role}
    if set(signed["missing"]) - {role}:
        return signed
    proposal = model["proposals"][signed["step"]]
    taken = _taken(table, model, signed["step"]) | {"kind": "concluded"}
    more = {"values_at": proposal["version"], "values": proposal["values"], "about": proposal["about"]}
    return signed | taken | more | {"by": proposal["by"], "version": signed["version"] + 1}


def _taken(table: Table, model: Model | None, step: str) -> Fact:
    if step in table["acts"]:
        return {"kind": "acted"}
    assert model is not None
    to = table["transitions"][step]["to"]
    to = model["returns_to"] if to == "return" else to
    side = states_of(table)[to].get("side")
    coming_from_side = states_of(table)[model["state"]].get("side")
    returns_to = (model["returns_to"] if coming_from_side else model["state"]) if side else None
    return {"kind": "moved", "to": to, "returns_to": returns_to}


def replay(facts: list[Fact], as_of: date | None = None, known_at: datetime | None = None) -> Model | None:
    """What these facts make of a cycle, on a day, as known at a moment."""
    model: Model | None = None
    for one in facts:
        if known_at is not None and one["recorded"] > known_at:
            continue
        if as_of is not None and one["when"][0] > as_of:
            continue
        if one["kind"] == "opened":
            model = {
                "version": 1, "state": one["to"], "returns_to": None, "stays": [[one["to"], one["when"], None]],
                "said": {"opens": [_said(one | {"values": {}, "values_at": 1, "about": None})]}, "proposals": {},
                "assigned": {}, "evidence": [], "notes": [], "waivers": [], "consents": {},
            }  # fmt: skip
        elif model is None:
            return None
        else:
            _add(model, one)
            model["version"] = one["version"]
    return model


def _add(model: Model, one: Fact) -> None:
    match one["kind"]:
        case "moved" | "acted" | "concluded":
            model["said"].setdefault(one["step"], []).append(_said(one))
            model["proposals"].pop(one["step"], None)
            if "to" in one:
                model["proposals"] = {}
                model["stays"][-1][2] = one["when"]
                model["stays"].append([one["to"], one["when"], None])
                model["state"], model["returns_to"] = one["to"], one["returns_to"]
        case "proposed":
            kept = {name: one[name] for name in ("version", "when", "by", "values", "about")}
            model["proposals"][one["step"]] = kept | {"signed": {}}
        case "signed":
            model["proposals"][one["step"]]["signed"][one["role"]] = one["signer"]
        case "assigned":
            for role in one["roles"]:
                model["assigned"].setdefault((role, one["person"]), []).append((one["became"], one["when"]))
        case "evidence":
            model["evidence"].append((one["evidence"], one["by"], one["about"], one["text"], one["when"]))
        case "note":
            model["notes"].append((one["by"], one["text"], one["beside"], one["when"]))
        case "waived":
            model["waivers"].append(one["waiver"])
        case "consent":
            model["consents"].setdefault(one["what"], []).append((one["given"], one["when"]))


def _said(one: Fact) -> tuple[Any, ...]:
    return one["version"], one["by"], one["when"], one["values"], one["values_at"], one["about"]


def rows_named(values: Any) -> dict[str, Any]:
    """Values as entered, with an id for each row that has none."""
    return {
        name: [{"id": f"r{n}", **row} if isinstance(row, dict) else row for n, row in enumerate(value, 1)]
        if isinstance(value, list)
        else value
        for name, value in values.items()
    }


Open = Callable[[Sealed | Unsealed, int, str], str]
"""Opens a text, given the version and path it is bound to."""


def plain(cycle: Cycle | None, open_text: Open) -> Model | None:
    """A folded cycle as the model says it, with every text opened where it stands."""
    if cycle is None:
        return None
    return {
        "version": cycle.version,
        "state": cycle.state,
        "returns_to": cycle.returns_to,
        "stays": [[stay.state, _when(stay.entered), _when(stay.left)] for stay in cycle.stays],
        "said": {
            step: [
                (s.version, s.by, _when(s.happened), opened(s.values, s.values_at, open_text), s.values_at, s.about)
                for s in takings
            ]
            for step, takings in cycle.said.items()
        },
        "proposals": {
            step: {
                "version": p.version, "when": _when(p.happened), "by": p.by, "about": p.about, "signed": p.signed,
                "values": opened(p.values, p.version, open_text),
            }
            for step, p in cycle.proposals.items()
        },
        "assigned": {k: [(a.standing, _when(a.happened)) for a in past] for k, past in cycle.assignments.items()},
        "evidence": [
            (e.kind, e.by, e.about, open_text(e.text, e.version, "text") if e.text else None, _when(e.happened))
            for e in cycle.evidence
        ],
        "notes": [(n.by, open_text(n.text, n.version, "text"), n.beside, _when(n.happened)) for n in cycle.notes],
        "waivers": [(w.of, w.requirement, w.person, w.version) for w in cycle.waivers],
        "consents": {what: [(given, _when(on)) for given, on, _ in past] for what, past in cycle.consents.items()},
    }  # fmt: skip


def _when(happened: Happened | None) -> When | None:
    return (happened.on, happened.at) if happened else None


def opened(values: Any, version: int, open_text: Open, path: str = "values") -> Any:
    """Values of a form with their texts opened, each at its own place."""
    if is_sealed(values):
        return open_text(Sealed.model_validate(values), version, path)
    if isinstance(values, dict):
        return {key: opened(one, version, open_text, f"{path}.{key}") for key, one in values.items()}
    if isinstance(values, list):
        return [
            opened(one, version, open_text, f"{path}.{one['id'] if isinstance(one, dict) and 'id' in one else n}")
            for n, one in enumerate(values)
        ]
    return values
