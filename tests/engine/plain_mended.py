"""Whether a mended history is a possible one, and what a correction or an undo must answer: the slow way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from engine.plain_mending import Fact, When, before, is_transition, orders, understood
from engine.plain_oracle import MAY_BACKDATE, BadInputExpected, Oracle
from engine.plain_replay import Model, Table, places, replay, rows_named, standing, when_of
from reviewflow.cycle import commands as cy

BACKDATING = timedelta(days=30)
FOLLOWS = {
    "offered": {None, "declined", "withdrawn"}, "accepted": {"offered"}, "declined": {"offered"},
    "withdrawn": {"offered", "accepted"},
}  # fmt: skip


def possible(table: Table, facts: list[Fact]) -> bool:
    """Whether the facts, mended as they say, can have happened in this order."""
    told = understood(facts)
    return _in_order(table, told) and _follow(told) and _fall_in_time(table, facts, told)


def _in_order(table: Table, told: list[Fact]) -> bool:
    opened, earliest, state = told[0]["when"], None, None
    entered = opened
    seen: dict[Any, When] = {}
    for one in told:
        when = one["when"]
        if one["kind"] == "opened":
            state = one["to"]
        elif is_transition(one):
            # Also a "by" that an exact moment pushed on: what comes after is not before it.
            if one["origin"] != state or (earliest and before(when, earliest)) or before(when, entered):
                return False
            state, entered = one["to"], when
        elif not opened[2] and before(when, opened):
            return False
        step = table["transitions"].get(one.get("step")) if one["kind"] in ("proposed", "signed") else None
        if step and state not in places(table, step["from"]):
            return False
        if (one["kind"] == "opened" or is_transition(one)) and not when[2]:
            earliest = when
        for key in orders(one):
            if key in seen and before(when, seen[key]):
                return False
            seen[key] = when
    return True


def _follow(told: list[Fact]) -> bool:
    """Signatures have their proposal, answers their offer, consents change something."""
    assigned: dict[Any, str] = {}
    proposals: dict[str, Fact] = {}
    signed: dict[str, set[str]] = {}
    consents: dict[str, bool] = {}
    for one in told:
        match one["kind"]:
            case "moved" | "acted":
                if "proposal" in one and proposals.get(one["step"], {}).get("version") != one["proposal"]:
                    return False
                proposals = {} if is_transition(one) else {k: p for k, p in proposals.items() if k != one["step"]}
            case "proposed":
                proposals[one["step"]], signed[one["step"]] = one, set()
            case "signed":
                proposal = proposals.get(one["step"], {}).get("version")
                if proposal != one["proposal"] or one["role"] in signed[one["step"]]:
                    return False
                signed[one["step"]].add(one["role"])
            case "assigned":
                key = (one["role"], one["person"])
                if assigned.get(key) not in FOLLOWS[one["became"]]:
                    return False
                assigned[key] = one["became"]
            case "handed":
                key = (one["role"], one["person"])
                if assigned.get(key) != one["standing"] or assigned.get((one["role"], one["successor"])) == "accepted":
                    return False
                assigned[key], assigned[one["role"], one["successor"]] = "withdrawn", one["standing"]
            case "consent":
                if consents.get(one["what"], False) == one["given"]:
                    return False
                consents[one["what"]] = one["given"]
    return True


def _fall_in_time(table: Table, facts: list[Fact], told: list[Fact]) -> bool:
    """Acts and evidence in states that allow them, about rows that were said; roles only among those they come from."""
    model = replay(facts)
    assert model is not None
    said = [row["id"] for one in model["said"].get("choose_focus", []) for row in one[3]["points"]]
    for one in told:
        within, place = _allowed(table, one)
        if within is not None and not states_at(model, one["when"]) & places(table, within):
            return False
        if place and one["about"] not in said:
            return False
    for (role, person), past in model["assigned"].items():
        among = table["roles"][role].get("among")
        if among and past[-1][0] in ("offered", "accepted") and standing(model, among, person) != "accepted":
            return False
    return True


def _allowed(table: Table, one: Fact) -> tuple[Any, Any]:
    if one["kind"] == "evidence":
        group = next(g for g in table["evidence"].values() if one["evidence"] in g["kinds"])
        return group["in"], group.get("about")
    act = table["acts"].get(one.get("step"))
    if act and one["kind"] in ("acted", "proposed", "signed"):
        return act["in"], act.get("about") if one["kind"] == "acted" else None
    return None, None


def states_at(model: Model, when: When) -> set[str]:
    """The states in which the cycle may have been."""
    found, earliest = set(), None
    for state, entered, left in model["stays"]:
        earliest = earliest if entered[2] else entered
        if (earliest is None or not before(when, earliest)) and (when[2] or left is None or not before(left, when)):
            found.add(state)
    return found


def mended(facts: list[Fact], mendings: Iterable[Fact]) -> list[Fact]:
    """The facts with more of those that mend, each with the next version."""
    made = list(facts)
    for one in mendings:
        made.append(one | {"version": made[-1]["version"] + 1, "recorded": facts[-1]["recorded"]})
    return made


def group_of(told: list[Fact], chosen: set[int]) -> set[int]:
    """What is undone together: a proposal, what was signed under it, what it came to."""
    by_version = {one["version"]: one for one in told}
    proposals = {by_version[v].get("proposal") or (v if by_version[v]["kind"] == "proposed" else None) for v in chosen}
    proposals -= {None}
    return chosen | {one["version"] for one in told if {one["version"], one.get("proposal")} & proposals}


def chosen_by(facts: list[Fact], command: cy.UndoSteps) -> tuple[set[int], set[str]]:
    """The versions an undo is about, and the codes of why it is about none."""
    told = understood(facts)
    there = [one["version"] for one in told]
    moves = [one["version"] for one in told if is_transition(one)]
    if 1 in (command.since, command.only):
        return set(), {"opening"}
    if command.since is not None:
        first = {v for v in there if v >= command.since and v > 1}
        chosen = {one["version"] for one in told if one["version"] in first and one["kind"] != "note"}
    elif command.only is not None:
        if command.only not in there:
            return set(), {"not-there"}
        chosen = {command.only}
    else:
        chosen = set(moves[-1:])
    if not chosen:
        return set(), {"nothing-to-undo"}
    chosen = group_of(told, chosen)
    gone = [v for v in moves if v in chosen]
    if gone and any(v not in chosen and v > gone[0] for v in moves):
        return set(), {"not-the-latest"}
    return chosen, set()


class Mending:
    """What a correction or an undo must answer: the codes of its refusal, else the facts that it adds."""

    def __init__(self, oracle: Oracle, command: Any, now: When) -> None:
        self.oracle, self.table, self.facts, self.command, self.now = oracle, oracle.table, oracle.facts, command, now
        self.told = {one["version"]: one for one in understood(oracle.facts)}
        self.last = oracle.facts[-1]["version"]
        self.lead = bool(oracle.held.get(command.asked.by, set()) & MAY_BACKDATE)

    def answer(self) -> tuple[set[str], list[Fact]]:
        """The codes, and the facts."""
        codes, facts = self.undo() if isinstance(self.command, cy.UndoSteps) else self.correct()
        facts = [one | self._said() | {"version": self.last + n} for n, one in enumerate(facts, start=1)]
        return codes, [] if codes else facts

    def _said(self) -> Fact:
        return {"by": self.command.asked.by, "when": self.now}

    def _may(self, versions: Iterable[int]) -> set[str]:
        found = set() if self.command.asked.reason else {"no-reason"}
        versions = list(versions)
        own = all(self.told[version]["by"] == self.command.asked.by for version in versions)
        return found | ({"not-permitted"} if versions and not own and not self.lead else set())

    def undo(self) -> tuple[set[str], list[Fact]]:
        chosen, codes = chosen_by(self.facts, self.command)
        if codes:
            return codes, []
        made = [{"kind": "undone", "undoes": sorted(chosen)}]
        found = self._may(chosen)
        if not possible(self.table, mended(self.facts, made)):
            found.add("out-of-order")
        return found, made

    def correct(self) -> tuple[set[str], list[Fact]]:
        made = [one for one in self._corrections() if len(one) > 2]
        found = self._may(one["corrects"] for one in made)
        for one in made:
            found |= self._timely(one) | self._form(one)
        made.sort(key=self._place)
        if not found and not possible(self.table, mended(self.facts, made)):
            found.add("out-of-order")
        return found, made

    def _corrections(self) -> Iterable[Fact]:
        versions = [one.version for one in self.command.corrections]
        if len(set(versions)) < len(versions) or not set(versions) <= self.told.keys():
            raise BadInputExpected
        for of in self.command.corrections:
            one = self.told[of.version]
            if of.values and "proposal" in one:
                yield self._correction(one["proposal"], None, of.values)
            else:
                yield self._correction(of.version, of.happened, of.values)

    def _correction(self, version: int, happened: Any, values: Any) -> Fact:
        one, made = self.told[version], {"kind": "corrected", "corrects": version}
        if happened is not None:
            when = when_of(happened, self.now)
            if when not in (one["when"], (one["when"][0], None, one["when"][2])):
                made["occurred"] = when
        old = one.get("values", {})
        given = {name: value for name, value in rows_named(values).items() if value != "" or name in old}
        new = {name: value for name, value in given.items() if name != "score" or value != old.get(name)}
        return made | ({"values": new} if new else {})

    def _timely(self, one: Fact) -> set[str]:
        when, old = one.get("occurred"), self.told[one["corrects"]]["when"]
        if when is None:
            return set()
        if before(self.now, when):
            return {"in-the-future"}
        late = when[0] < self.now[0] - BACKDATING and before(when, old)
        return {"too-far-back"} if late and not self.lead else set()

    def _form(self, one: Fact) -> set[str]:
        target = self.told[one["corrects"]]
        if target.get("step") != "approve" or "values" not in one:
            return set()
        return {"high_enough"} if int({**target["values"], **one["values"]}["score"]) < 3 else set()

    def _place(self, one: Fact) -> tuple[bool, int]:
        when, old = one.get("occurred"), self.told[one["corrects"]]["when"]
        later = bool(when and before(old, when))
        return later, -one["corrects"] if later else one["corrects"]
