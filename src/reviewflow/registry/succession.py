"""What the links between establishments mean for the organisations that are known.

A plain succession is the same organisation under a new number: it gets a second, dated identity, and
chains are followed in date order. A merger, an amalgamation or a split changes who they are: it is told
at its ends, both of which must be known, and the histories stay separate. What would take a guess is
listed with the reason. Every row is accepted, mirrored (its link is told by another row), or listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from reviewflow.registry.decided import Noted
from reviewflow.registry.events import Succession
from reviewflow.registry.links import LINK_TYPES, LinkRow, TieKind

ACCEPTED: Final = "accepted"
MIRRORED: Final = "mirrored"
LISTED: Final = "listed"

Ends = tuple[str, str]
_USUAL: Final = 31
"""Days by which the two directions of a link often differ."""


class Tie(NamedTuple):
    """One link: what its rows say together. `on` is the latest date given: the first day of the successor."""

    kind: TieKind
    predecessor: str
    successor: str
    on: date
    rows: tuple[LinkRow, ...]

    @property
    def ends(self) -> Ends:
        """Both numbers."""
        return self.predecessor, self.successor

    @property
    def apart(self) -> int:
        """How many days lie between the dates of its rows."""
        return (self.on - min(row.on for row in self.rows if row.on)).days


class Became(NamedTuple):
    """Two organisations that are known stay two, and one came after the other."""

    kind: Succession
    predecessor: str
    successor: str
    on: date


class Outcome(NamedTuple):
    """Identities to add: organisation -> number -> since when; what became of organisations; a note a row."""

    identities: dict[str, dict[str, date | None]]
    became: tuple[Became, ...]
    noted: tuple[Noted, ...]


def judge(rows: Sequence[LinkRow], owners: Mapping[str, Sequence[str]], today: date) -> Outcome:
    """Judge all rows of a file. `owners`: number -> the organisations known under it, for every number in `rows`."""
    judgement = _Judgement(owners)
    ties = judgement.ties(rows, today)
    crowded = _crowded(rows, {tie.ends for tie in ties if tie.kind != "plain"})
    judgement.follow([tie for tie in ties if tie.kind == "plain" and tie.ends not in crowded])
    for tie in ties:
        if tie.kind != "plain":
            judgement.tell(tie, tie.kind, "both ends must be known, for their histories stay separate")
        elif tie.ends in crowded:
            judgement.tell(tie, "other", crowded[tie.ends])
    return judgement.outcome(rows)


def _crowded(rows: Sequence[LinkRow], told: set[Ends]) -> dict[Ends, str]:
    """The plain links that are no plain succession, because a number has several; and why. Undated ones count."""
    plain = {r.ends for r in rows if LINK_TYPES.get(r.link_type, ("",))[0] == "plain"} - told
    after: dict[str, set[str]] = defaultdict(set)
    before: dict[str, set[str]] = defaultdict(set)
    for predecessor, successor in plain:
        after[predecessor].add(successor)
        before[successor].add(predecessor)
    crowded = {}
    for predecessor, successor in plain:
        if len(before[successor]) > 1:
            crowded[predecessor, successor] = f"{successor} has several predecessors: {_listed(before[successor])}"
        elif len(after[predecessor]) > 1:
            crowded[predecessor, successor] = f"{predecessor} has several successors: {_listed(after[predecessor])}"
    return crowded


def _returns(tie: Tie, following: Mapping[str, Tie]) -> bool:
    """Whether the chain after `tie` comes back to where it starts."""
    passed: set[str] = set()
    at: str | None = tie.successor
    while at is not None and at not in passed:
        if at == tie.predecessor:
            return True
        passed.add(at)
        at = following[at].successor if at in following else None
    return False


def _listed(numbers: set[str]) -> str:
    return ", ".join(sorted(numbers))


class _Judgement:
    """What is settled so far: whose each number is, and what became of each row."""

    def __init__(self, owners: Mapping[str, Sequence[str]]) -> None:
        self._owner = {number: ids[0] for number, ids in owners.items() if len(ids) == 1}
        self._shared = {number for number, ids in owners.items() if len(ids) > 1}
        self._notes: dict[int, Noted] = {}
        self._identities: dict[str, dict[str, date | None]] = defaultdict(dict)
        self._became: list[Became] = []

    def outcome(self, rows: Sequence[LinkRow]) -> Outcome:
        """Everything settled."""
        return Outcome(dict(self._identities), tuple(self._became), tuple(self._notes[row.row] for row in rows))

    def ties(self, rows: Sequence[LinkRow], today: date) -> list[Tie]:
        """The links that can be judged, in date order; the rows of the others are listed."""
        found: dict[Ends, list[LinkRow]] = defaultdict(list)
        for row in rows:
            if reason := self._unusable(row, today):
                self._list([row], reason)
            else:
                found[row.ends].append(row)
        ties = []
        for (predecessor, successor), told in found.items():
            kinds = sorted({LINK_TYPES[row.link_type][0] for row in told} - {"plain"})
            if (successor, predecessor) in found:
                self._list(told, "each is said to come after the other")
            elif len(kinds) > 1:
                self._list(told, f"it is called {' and '.join(kinds)}")
            else:
                kind = kinds[0] if kinds else "plain"
                told.sort(key=lambda row: (LINK_TYPES[row.link_type][0] != kind, row.row))
                # One direction often has the last day of the old, the other the first day of the new.
                on = max(row.on for row in told if row.on)
                ties.append(Tie(kind, predecessor, successor, on, tuple(told)))
        return sorted(ties, key=lambda tie: (tie.on, tie.ends))

    def follow(self, ties: Sequence[Tie]) -> None:
        """Follow plain successions in date order, again and again until nothing more becomes known."""
        following = {tie.predecessor: tie for tie in ties}
        twisted: dict[Ends, str] = {}
        for tie in ties:
            after = following.get(tie.successor)
            if after is not None and after.on < tie.on:
                twisted[tie.ends] = twisted[after.ends] = "the chain runs backwards: one number ends before it began"
        twisted.update({tie.ends: "the chain runs in a circle" for tie in ties if _returns(tie, following)})
        for tie in ties:
            if tie.ends in twisted:
                self._list(tie.rows, twisted[tie.ends])
        waiting = [tie for tie in ties if tie.ends not in twisted]
        while settled := [tie for tie in waiting if self._settle(tie)]:
            waiting = [tie for tie in waiting if tie not in settled]
        for tie in waiting:
            self._list(tie.rows, "neither end is known")

    def _settle(self, tie: Tie) -> bool:
        before, after = self._owner.get(tie.predecessor), self._owner.get(tie.successor)
        owner = before or after
        if owner is None:
            return False
        if before and after and before != after:
            self._became.append(Became("other", before, after, tie.on))
            self._accept(tie, "both ends are known; they stay two organisations, one after the other")
            return True
        self._owner[tie.predecessor] = self._owner[tie.successor] = owner
        self._identities[owner].setdefault(tie.predecessor, None)
        self._identities[owner][tie.successor] = tie.on
        apart = "" if tie.apart <= _USUAL else f"; the other direction has a day {tie.apart} days earlier"
        self._accept(tie, f"{tie.successor} is {tie.predecessor} under a new number since {tie.on}{apart}")
        return True

    def tell(self, tie: Tie, kind: Succession, otherwise: str) -> None:
        """Tell it at both ends; list it with the reason `otherwise` where one is not known."""
        before, after = self._owner.get(tie.predecessor), self._owner.get(tie.successor)
        if before and after and before == after:
            self._list(tie.rows, "both numbers are one organisation already")
        elif before and after:
            self._became.append(Became(kind, before, after, tie.on))
            self._accept(tie, "both ends are known")
        else:
            unknown = [number for number, owner in ((tie.predecessor, before), (tie.successor, after)) if not owner]
            self._list(tie.rows, f"{' and '.join(unknown)} not known; {otherwise}")

    def _unusable(self, row: LinkRow, today: date) -> str | None:
        if row.link_type not in LINK_TYPES:
            return "no link type that says who came after whom"
        if row.urn == row.link_urn:
            return "it links to itself"
        if row.on is None:
            return "no date"
        if row.on > today:
            return f"{row.on} has not come yet"
        if shared := sorted({row.urn, row.link_urn} & self._shared):
            return f"several organisations have {' and '.join(shared)}"
        return None

    def _list(self, rows: Sequence[LinkRow], reason: str) -> None:
        for row in rows:
            self._notes[row.row] = Noted(row.row, LISTED, _says(row), reason)

    def _accept(self, tie: Tie, reason: str) -> None:
        first, *others = tie.rows
        self._notes[first.row] = Noted(first.row, ACCEPTED, _says(first), reason)
        for row in others:
            self._notes[row.row] = Noted(row.row, MIRRORED, _says(row), f"the same link as row {first.row}")


def _says(row: LinkRow) -> str:
    return f"{row.urn} {row.link_type} {row.link_urn}"
