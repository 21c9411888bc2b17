"""A slow and plain model of a cycle: a list of facts, and a replay that starts from nothing each time.

It reads the workflow as the YAML says it, knows commands and no event, and keeps everything in dicts. A fact
is one thing that an accepted command said, in plain words; `replay` of the facts is what the engine's fold must be.
Facts that mend others (corrections, undos) and days that are only known as "by" are in `plain_mending.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from engine.plain_mending import Fact, When, understood
from reviewflow.cycle import commands as cy
from reviewflow.cycle.state import Cycle, Proposal, Said
from reviewflow.events import Happened, Sealed, Unsealed, is_sealed

Model = dict[str, Any]
Table = dict[str, Any]
"""A workflow as its YAML says it."""


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


def when_of(happened: Happened | None, now: When) -> When:
    """When something happened, as a command says it."""
    return (happened.on, happened.at, bool(happened.latest)) if happened else now


def facts_of(
    command: Any, table: Table, model: Model | None, now: When, recorded: datetime, role: str | None = None
) -> list[Fact]:
    """What an accepted command said; everything that needs the present model is settled here, once.

    `role` is the one in which a signature was given, or the one that was handed over.
    """
    asked = command.asked
    said = {"by": asked.by, "behalf": asked.on_behalf_of, "when": when_of(asked.happened, now), "recorded": recorded}
    version = (model["version"] if model else 0) + 1
    said["version"] = version
    match command:
        case cy.OpenCycles():
            return [said | {"kind": "opened", "to": table["opens"]["to"]}]
        case cy.TakeStep():
            step = table["transitions"].get(command.step) or table["acts"][command.step]
            said |= {"step": command.step, "values": rows_named(command.values), "about": command.about}
            return [said | ({"kind": "proposed"} if step.get("with") else _taken(table, model, command.step))]
        case cy.Agree():
            return _signed(said, command.step, table, model, role)
        case cy.OfferAssignment() | cy.AcceptAssignment() | cy.DeclineAssignment() | cy.WithdrawAssignment():
            words = {"Offer": "offered", "Accep": "accepted", "Decli": "declined", "Withd": "withdrawn"}
            became = words[type(command).__name__[:5]]
            ends = chosen_from(table, model, command.role, command.person) if became == "withdrawn" else []
            return [
                said
                | {"kind": "assigned", "role": one, "person": command.person, "became": became, "version": version + n}
                for n, one in enumerate([command.role, *ends])
            ]
        case cy.AddEvidence():
            item = {"evidence": command.kind, "about": command.about, "text": command.text}
            return [said | {"kind": "evidence"} | item]
        case cy.AddNote():
            return [said | {"kind": "note", "text": command.text, "beside": command.beside}]
        case cy.WaiveRequirement():
            waiver = (command.of, command.requirement, command.person, version)
            return [said | {"kind": "waived", "waiver": waiver}]
        case cy.Consent():
            return [said | {"kind": "consent", "what": command.what, "given": not command.withdraw}]
    raise AssertionError(command)


def _signed(said: Fact, step: str, table: Table, model: Model | None, role: str | None) -> list[Fact]:
    """A signature, and the step if it was the last one."""
    assert model is not None
    assert role is not None
    proposal = model["proposals"][step]
    proposed = {"step": step, "proposal": proposal["version"]}
    signature = said | proposed | {"kind": "signed", "role": role, "signer": said["by"]}
    says = table["transitions"].get(step) or table["acts"][step]
    if set(says["with"]) - {role, *proposal["signed"]}:
        return [signature]
    proposer = {"by": proposal["by"], "behalf": proposal["behalf"]}
    taken = said | proposed | _taken(table, model, step) | proposer | {"version": said["version"] + 1}
    return [signature, taken]


def _taken(table: Table, model: Model | None, step: str) -> Fact:
    if step in table["acts"]:
        return {"kind": "acted"}
    assert model is not None
    to = table["transitions"][step]["to"]
    to = model["returns_to"] if to == "return" else to
    side = states_of(table)[to].get("side")
    coming_from_side = states_of(table)[model["state"]].get("side")
    returns_to = (model["returns_to"] if coming_from_side else model["state"]) if side else None
    return {"kind": "moved", "origin": model["state"], "to": to, "returns_to": returns_to}


def replay(
    facts: list[Fact], as_of: date | None = None, known_at: datetime | None = None, until: When | None = None
) -> Model | None:
    """What these facts make of a cycle, on a day, as known at a moment; `until`: if a transition were taken then."""
    known = [one for one in facts if known_at is None or one["recorded"] <= known_at]
    model: Model | None = None
    for one in understood(known, until):
        if as_of is not None and one["when"][0] > as_of:
            continue
        if one["kind"] == "opened":
            opening = one | {"values": {}, "about": None}
            model = {
                "version": 1, "state": one["to"], "returns_to": None, "stays": [[one["to"], one["when"], None]],
                "said": {"opens": [_said(opening, {})]}, "proposals": {}, "assigned": {}, "evidence": [], "notes": [],
                "waivers": [], "consents": {}, "stood_in": _for_another(one),
            }  # fmt: skip
        elif model is None:
            return None
        else:
            _add(model, one)
            model["stood_in"] += _for_another(one)
            model["version"] = one["version"]
    if model is not None and as_of is None:
        model["version"] = known[-1]["version"]
    return model


def _add(model: Model, one: Fact) -> None:  # noqa: PLR0912 - one case for each kind of fact
    match one["kind"]:
        case "moved" | "acted":
            where = one.get("fields_at", {})
            if "proposal" in one:
                proposal = model["proposals"][one["step"]]
                assert proposal["version"] == one["proposal"]
                one = one | {name: proposal[name] for name in ("values", "about")}
                where = proposal["at"]
            else:
                where = {name: where.get(name, one["version"]) for name in one["values"]}
            model["said"].setdefault(one["step"], []).append(_said(one, where))
            model["proposals"].pop(one["step"], None)
            if "to" in one:
                assert model["state"] == one["origin"]
                model["proposals"] = {}
                model["stays"][-1][2] = one["when"]
                model["stays"].append([one["to"], one["when"], None])
                model["state"], model["returns_to"] = one["to"], one["returns_to"]
        case "proposed":
            kept = {name: one[name] for name in ("version", "when", "by", "behalf", "values", "about")}
            where = one.get("fields_at", {})
            kept["at"] = {name: where.get(name, one["version"]) for name in one["values"]}
            model["proposals"][one["step"]] = kept | {"signed": {}}
        case "signed":
            model["proposals"][one["step"]]["signed"][one["role"]] = one["signer"]
        case "assigned":
            model["assigned"].setdefault((one["role"], one["person"]), []).append((one["became"], one["when"]))
        case "handed":
            for person, became in ((one["person"], "withdrawn"), (one["successor"], one["standing"])):
                model["assigned"].setdefault((one["role"], person), []).append((became, one["when"]))
        case "evidence":
            model["evidence"].append((one["evidence"], one["by"], one["about"], one["text"], one["when"]))
        case "note":
            model["notes"].append((one["by"], one["text"], one["beside"], one["when"]))
        case "waived":
            model["waivers"].append(one["waiver"])
        case "consent":
            model["consents"].setdefault(one["what"], []).append((one["given"], one["when"]))


def _for_another(one: Fact) -> list[tuple[Any, ...]]:
    """Who acted for whom, and for a signature under which proposal."""
    signed = one["proposal"] if one["kind"] == "signed" else None
    return [(one["version"], one["by"], one["behalf"], signed)] if one.get("behalf") else []


def _said(one: Fact, where: dict[str, int]) -> tuple[Any, ...]:
    """A taking of a step; `where` each of its values stands."""
    return one["version"], one["by"], one["when"], one["values"], where, one["about"]


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
                (s.version, s.by, _when(s.happened), *_values(s, open_text), s.about)
                for s in takings
            ]
            for step, takings in cycle.said.items()
        },
        "proposals": {
            step: {
                "version": p.version, "when": _when(p.happened), "by": p.by, "behalf": p.on_behalf_of,
                "about": p.about, "signed": p.signed,
                "values": _values(p, open_text)[0], "at": _values(p, open_text)[1],
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
        "stood_in": [(one.version, one.by, one.absent, one.signed) for one in cycle.stood_in],
    }  # fmt: skip


def _when(happened: Happened | None) -> When | None:
    return (happened.on, happened.at, bool(happened.latest)) if happened else None


def _values(said: Said | Proposal, open_text: Open) -> tuple[dict[str, Any], dict[str, int]]:
    """Values with their texts opened, and the version at which each stands."""
    where = {name: said.at(name) for name in said.values}
    return {name: opened(v, where[name], open_text, f"values.{name}") for name, v in said.values.items()}, where


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
