"""Rules: CEL over the facts of `vocabulary.py`, type-checked when a definition is loaded, judged in microseconds.

This file alone knows `cel_expr_python`, a young package, and imports it when a first rule is compiled.
Register no Python functions with it: they leak. Pass lists, never tuples. Two kinds of errors come back:
some are *values* whose value() is a text, true if asked carelessly; the iteration budget raises instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reviewflow.errors import BadDefinition, DefinitionFault
from reviewflow.workflow import complaints, constant, expression
from reviewflow.workflow.definition import Definition, Requirement
from reviewflow.workflow.vocabulary import Fact, FactType, Where, hidden_facts, places_of, sealed_of, vocabulary

LONGEST = 2048
"""Bytes of a rule's text."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class RuleFailed:
    """A rule that could not be judged: neither met nor unmet, and the reason why not."""

    rule: str
    message: str

    def __str__(self) -> str:
        return f"the rule `{self.rule}` could not be judged: {self.message}"


class Rule:
    """A compiled rule: the facts it names, in order, and what judging it may cost."""

    __slots__ = ("_effort", "_expression", "_numbers", "names", "source", "tree")

    def __init__(self, source: str, compiled: Any, facts: Mapping[str, Fact]) -> None:
        """`compiled` is CEL's expression of `source`."""
        self.source = source
        self.tree = expression.read(compiled.serialize())
        self.names = tuple(dict.fromkeys(name for name in expression.names(self.tree) if name in facts))
        self._expression = compiled
        self._effort = expression.effort(self.tree)
        self._numbers = tuple(name for name in self.names if facts[name].type in (FactType.DOUBLE, FactType.DOUBLES))

    @property
    def reads_form(self) -> bool:
        """Whether the answer depends on what is entered: its values, or the days they book."""
        return any(name.startswith(("form.", "booked.")) for name in self.names)

    def judge(self, facts: Mapping[str, Any]) -> bool | RuleFailed:
        """Whether the rule is met; see the function `judge`."""
        try:
            data = {name: facts[name] for name in self.names}
        except KeyError as missing:
            return RuleFailed(self.source, f"the fact {missing.args[0]} was not worked out")
        try:
            for name in self._numbers:  # a whole number is no double to CEL
                data[name] = [float(v) for v in data[name]] if isinstance(data[name], list) else float(data[name])
            if self._effort is not None and not self._effort.bearable(_longest(data, list), _longest(data, str)):
                return RuleFailed(self.source, "its lists are too long for the loops of the rule")
            answer = self._expression.eval(data=data).value()
        except Exception as error:  # noqa: BLE001 - whatever the library raises is one answer: not judged
            return RuleFailed(self.source, _said(str(error)))
        if answer is True:
            return True
        return False if answer is False else RuleFailed(self.source, _said(str(answer)))


def judge(rule: Rule, facts: Mapping[str, Any]) -> bool | RuleFailed:
    """Whether a rule is met by these facts: True and nothing like it, False, or why it could not be judged.

    Only the facts the rule names are asked for, so `facts` may work them out when asked.
    """
    return rule.judge(facts)


def compiled(definition: Definition, digest: str, where: Where, rule: str) -> Rule:
    """The compiled rule, kept per digest and place; `BadDefinition` if it does not compile."""
    place = _kept(digest).setdefault(where, ({}, []))
    found = place[0].get(rule)
    if found is None:
        if not place[1]:
            place[1].append(_Workshop(definition, where))
        made = place[1][0].make(rule)
        if isinstance(made, list):
            path = where if isinstance(where, str) else ".".join(where)
            raise BadDefinition(definition.workflow, [DefinitionFault(0, 0, path, got, want) for got, want in made])
        found = place[0][rule] = made
    return found


def reads_form(definition: Definition, digest: str, where: Where, rule: str) -> bool:
    """Whether a rule depends on what the person enters, so that it cannot be judged before."""
    return compiled(definition, digest, where, rule).reads_form


def check_rules(definition: Definition) -> list[tuple[Path, str, str]]:
    """Every fault of every rule: (path into the document, got, want)."""
    faults: list[tuple[Path, str, str]] = [
        (path, name, f"this name would hide the fact {fact}; call it something else")
        for path, name, fact in hidden_facts(definition)
    ]
    for where, requirements in _all_rules(definition):
        workshop = _Workshop(definition, where)
        for path, requirement in requirements:
            made = workshop.make(requirement.rule)
            found = made if isinstance(made, list) else _answers_always_alike(made, workshop.facts)
            faults += [((*path, "rule"), got, want) for got, want in found]
    return faults


def _all_rules(definition: Definition) -> Iterator[tuple[Where, list[tuple[Path, Requirement]]]]:
    for name, role in definition.roles.items():
        if role.eligible:
            yield ("eligible", name), [(("roles", name, "eligible", r), rule) for r, rule in role.eligible.items()]
    for path, step in places_of(definition):
        if step.requires:
            yield path[-1], [((*path, "requires", r), rule) for r, rule in step.requires.items()]


def _answers_always_alike(rule: Rule, facts: Mapping[str, Fact]) -> list[tuple[str, str]]:
    known = {name: facts[name] for name in rule.names}
    always = constant.answer(rule.tree, known, lambda values: rule.judge(values) is True)
    if always is None:
        return []
    return [(rule.source, "is always met: it requires nothing" if always else "can never be met")]


class _Workshop:
    """One CEL environment, for the rules of one place of one definition."""

    def __init__(self, definition: Definition, where: Where) -> None:
        from cel_expr_python import cel

        self.facts = vocabulary(definition, where)
        self.sealed = sealed_of(definition, where)
        self.roots = frozenset(name.partition(".")[0] for name in self.facts)
        one = {
            FactType.BOOL: cel.Type.BOOL,
            FactType.INT: cel.Type.INT,
            FactType.DOUBLE: cel.Type.DOUBLE,
            FactType.STRING: cel.Type.STRING,
        }
        types = {**one, **{kind.many: cel.Type.List(made) for kind, made in one.items()}}
        self.environment = cel.NewEnv(variables={name: types[fact.type] for name, fact in self.facts.items()})
        self.truth = cel.Type.BOOL

    def make(self, source: str) -> Rule | list[tuple[str, str]]:
        """The rule, or every (got, want) of why it is none."""
        size = len(source.encode())
        if size > LONGEST:
            return [(f"{size} bytes", f"a rule has at most {LONGEST}")]
        if complaints.asks_has(source):
            return [("has(...)", "a fact is always there; ask `.given` whether a field was given")]
        try:
            made = self.environment.compile(source)
            if made.return_type() != self.truth:
                return [(f"{source}, which gives {made.return_type().name().lower()}", "a rule answers true or false")]
            rule = Rule(source, made, self.facts)
        except RuntimeError as error:
            return complaints.complaints(source, str(error), self.facts, self.sealed)
        return expression.unfit(rule.tree, self.roots) or rule


_Place = tuple[dict[str, Rule], list[_Workshop]]
_cache: dict[str, dict[Where, _Place]] = {}
_DEFINITIONS = 64
"""Definitions whose compiled rules are kept; the oldest goes first."""


def _kept(digest: str) -> dict[Where, _Place]:
    found = _cache.get(digest)
    if found is None:
        while len(_cache) >= _DEFINITIONS:
            _cache.pop(next(iter(_cache)), None)
        found = _cache.setdefault(digest, {})
    return found


def _longest(data: Mapping[str, Any], kind: type[list[Any] | str]) -> int:
    return max((len(value) for value in data.values() if isinstance(value, kind)), default=0)


def _said(message: str) -> str:
    return "it takes too many steps" if "Iteration budget" in message else complaints.plain(message)
