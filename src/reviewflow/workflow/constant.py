"""Whether a rule answers always alike: tried on a finite domain made of its own literals.

Each fact gets candidates that stand for every value it can have: the literals it may be compared with,
their neighbours, fresh values, the values of its vocabulary, sizes of lists. That is a proof only for rules
built of comparisons, `in`, `size`, `all`, `exists` and logic, and only if every combination was tried.
For anything else, and where there are too many combinations, nothing is claimed: better to let a useless
rule pass than to refuse a good one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any

from reviewflow.workflow.expression import Node, literals, walk
from reviewflow.workflow.vocabulary import Fact, FactType, neutral

_MOST = 20_000
"""Combinations tried; some 10 us each, and only a rule that is in fact constant needs them all."""
_LONGEST_LIST = 300
_MOST_ELEMENTS = 7
_CALLS = frozenset(
    {
        "_&&_",
        "_||_",
        "!_",
        "_?_:_",
        "_==_",
        "_!=_",
        "_<_",
        "_<=_",
        "_>_",
        "_>=_",
        "@in",
        "size",
        "@not_strictly_false",
    }
)
_ORDERS = frozenset({"_<_", "_<=_", "_>_", "_>=_"})


def answer(tree: Node, facts: Mapping[str, Fact], met: Callable[[Mapping[str, Any]], bool]) -> bool | None:
    """True: always met; False: can never be met; None: it depends, or cannot be told.

    A rule counts as always met only if that holds beyond what the forms allow (a cautious upper bound is no
    fault), and as never met if nothing that the forms allow can meet it.
    """
    if not facts:
        return met({})
    if not _simple(tree):
        return None
    if (loose := _domain(tree, facts, strict=False)) is not None and all(map(met, loose)):
        return True
    strict = _domain(tree, facts, strict=True)
    return None if strict is None or any(map(met, strict)) else False


def _simple(tree: Node) -> bool:
    """Whether a finite domain can stand for all values: no arithmetic, no patterns, no order within a list."""
    for node in walk(tree):
        if node.kind == "other" or (node.kind == "call" and node.value not in _CALLS):
            return False
        if node.value in ("_==_", "_!=_") and any(p.type.startswith("list") for p in node.parts):
            if not any(p.kind == "list" and not p.parts for p in node.parts):
                return False
        elif node.value == "size" and not node.parts[0].type.startswith("list"):
            return False
        if node.kind == "loop" and node.parts[3].value not in ("_&&_", "_||_"):
            return False  # exists_one, map and filter count
    return True


def _domain(tree: Node, facts: Mapping[str, Fact], *, strict: bool) -> Iterator[dict[str, Any]] | None:
    """Every combination of the candidates that can be; None if there are too many, or none stands for all."""
    makers = _Candidates(tree, facts, strict=strict)
    columns = []
    total = 1
    for name, fact in facts.items():
        candidates = makers.of(name, fact)
        total *= len(candidates or ())
        if candidates is None or total > _MOST:
            return None
        columns.append(candidates)
    return _combinations(list(facts), columns, total, facts)


def _combinations(
    names: list[str],
    columns: list[list[Any]],
    total: int,
    facts: Mapping[str, Fact],
) -> Iterator[dict[str, Any]]:
    """All of them, in long strides: most rules show within a few that they depend on something."""
    stride = next(n for n in range(max(total * 5 // 8, 1), total + 2) if math.gcd(n, total) == 1)
    place = 0
    for _ in range(total):
        rest, values = place, {}
        for name, column in zip(names, columns, strict=True):
            rest, index = divmod(rest, len(column))
            values[name] = column[index]
        if _can_be(values, facts):
            yield values
        place = (place + stride) % total


def _can_be(values: Mapping[str, Any], facts: Mapping[str, Fact]) -> bool:
    """Whether these values can stand together: nothing not given has a value, rows are as long as their ids."""
    sizes: dict[str, int] = {}
    for name, value in values.items():
        fact = facts[name]
        if fact.given is not None and values.get(fact.given) is False and value != neutral(fact.type):
            return False
        if fact.rows is not None and sizes.setdefault(fact.rows, len(value)) != len(value):
            return False
        if name.startswith("taken."):
            count = values.get("count." + name.removeprefix("taken."))
            if count is not None and value != (count > 0):
                return False
    return True


class _Candidates:
    """Makes, for each fact of one rule, the values that stand for all it can have."""

    def __init__(self, tree: Node, facts: Mapping[str, Fact], *, strict: bool) -> None:
        nodes = list(walk(tree))
        self.strict = strict
        self.turns = sum(node.kind == "loop" for node in nodes)
        self.facts = facts
        edges = [edge for fact in facts.values() for edge in (fact.low, fact.high) if strict and edge is not None]
        self.whole = self._whole([0, *literals(tree, "int"), *edges])
        self.broken = self._broken([*literals(tree, "double"), *map(float, edges)])

        self.written = literals(tree, "string")
        closed = {fact.among for fact in facts.values() if fact.among is not None}
        marks = list(dict.fromkeys([*self.written, *sorted({v for values in closed for v in values})]))
        ordered = any(n.value in _ORDERS and n.parts[0].type == "string" for n in nodes)
        self.alike = len(closed) == 1 and not ordered
        self.spare = self._spare(FactType.STRING)
        fresh = [("!" if ordered else "~") * n for n in range(1, self.spare + 1)]
        above = [text + "!" * n for text in marks for n in range(1, self.spare + 1)] if ordered else []
        self.texts = list(dict.fromkeys(["", *marks, *fresh, *above]))

        uses = Counter(n.value for n in nodes if n.kind == "name")
        sized = Counter(n.parts[0].value for n in nodes if n.value == "size" and n.parts[0].kind == "name")
        self.only_sized = {name for name in facts if uses[name] == sized[name]}

    def of(self, name: str, fact: Fact) -> list[Any] | None:
        """The candidates of one fact; None where no list short enough stands for all."""
        if fact.always:
            return [True]
        if fact.type.is_list:
            return self._lists(name, fact)
        found = [v for v in self._scalars(fact) if self._allowed(v, fact)]
        return found if fact.sure else [neutral(fact.type), *(v for v in found if v != neutral(fact.type))]

    def _scalars(self, fact: Fact) -> list[Any]:
        match fact.type.one:
            case FactType.BOOL:
                return [False, True]
            case FactType.INT:
                return [n for n in self.whole if n >= 0 or not fact.counts]
            case FactType.DOUBLE:
                return self.broken
            case _:
                return self.texts if fact.among is None else self._among(fact.among)

    def _among(self, values: tuple[str, ...]) -> list[str]:
        """The values of a vocabulary; of those that the rule does not tell apart, only a few."""
        if not self.alike:
            return list(values)
        others = [v for v in values if v not in self.written]
        return [*(v for v in values if v in self.written), *others[: self.spare]]

    def _allowed(self, value: Any, fact: Fact) -> bool:
        if not self.strict or isinstance(value, str | bool):
            return True
        return (fact.low is None or value >= fact.low) and (fact.high is None or value <= fact.high)

    def _lists(self, name: str, fact: Fact) -> list[Any] | None:
        """Every set of elements that may occur together, in every size that matters."""
        elements = self._scalars(fact)[: 1 if name in self.only_sized else None]
        sizes = sorted({0, 1, 2, *(n for n in self.whole if n >= 0), *range(len(elements) + 1)})
        sizes = [n for n in sizes if self._allowed(n, fact)]
        if len(elements) > _MOST_ELEMENTS or (sizes and sizes[-1] > _LONGEST_LIST):
            return None
        found: list[Any] = [] if fact.sure else [[]]
        for size in sizes:
            for different in range(min(size, 1), min(size, len(elements)) + 1):
                for chosen in combinations(elements, different):
                    made = [*chosen, *chosen[-1:] * (size - different)]
                    if made or fact.sure:
                        found.append(made)
        return found

    def _spare(self, kind: FactType) -> int:
        """How many values may have to differ from one another between two literals; sizes are whole numbers."""
        elements = sum(1 + fact.type.is_list for fact in self.facts.values() if fact.type.one is kind)
        return self.turns + elements + (kind is FactType.INT) * sum(fact.type.is_list for fact in self.facts.values())

    def _whole(self, marks: list[int]) -> list[int]:
        spare = self._spare(FactType.INT)
        return sorted({mark + n for mark in marks for n in range(-spare, spare + 1)})

    def _broken(self, marks: list[float]) -> list[float]:
        marks, spare = sorted({0.0, *marks}), self._spare(FactType.DOUBLE)
        steps = range(1, spare + 1)
        inner = [low + (high - low) * n / (spare + 1) for low, high in pairwise(marks) for n in steps]
        outer = [edge + sign * n for edge, sign in ((marks[0], -1), (marks[-1], 1)) for n in steps]
        return sorted({*marks, *inner, *outer})
