"""A type-checked rule as a tree: read from the `cel.expr.CheckedExpr` bytes that CEL itself writes.

Reading the checked tree, not the text, is what makes it certain which facts a rule names, which literals
it compares them with, and how much work it can make. Knows no CEL library, only the public wire format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

Kind = Literal["literal", "name", "call", "list", "loop", "other"]

_PRIMITIVES = {1: "bool", 2: "int", 3: "uint", 4: "double", 5: "string", 6: "bytes"}
_WELL_KNOWN = {1: "any", 2: "timestamp", 3: "duration"}
_KINDS = {1: "dyn", 2: "null", 7: "map", 8: "function", 9: "message", 11: "type", 12: "error", 14: "abstract"}
_SCALARS = frozenset({"bool", "int", "uint", "double", "string", "timestamp", "duration", "?"})
"""What rules may compute with; `list(?)` is the type of a bare []."""
_ITERATIONS = 10_000
"""CEL's own budget: more turns of all loops together make the evaluation raise."""
_WORK = 30_000_000
"""Comparisons one rule may make; some 7 ns each (measured), so about a fifth of a second."""


class Node(NamedTuple):
    """A part of a rule. `value`: the literal, the name, the function, or the loop's variable."""

    kind: Kind
    value: Any
    parts: tuple[Node, ...]
    type: str
    overload: str = ""


def read(checked: bytes) -> Node:
    """The tree of a rule that CEL has compiled and serialised."""
    whole = _message(_message(checked)[2][0])
    types = {key: _type(value) for key, value in _entries(whole.get(3, []))}
    references = {key: _message(value) for key, value in _entries(whole.get(2, []))}
    return _node(whole[4][0], types, references)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for part in node.parts:
        yield from walk(part)


def names(node: Node, variables: frozenset[str] = frozenset()) -> Iterator[str]:
    """The facts a rule names, without the variables of its loops; a name may come twice."""
    if node.kind == "name" and node.value not in variables and not node.value.startswith("@"):
        yield node.value
    inner = variables | {node.value} if node.kind == "loop" else variables
    for number, part in enumerate(node.parts):
        yield from names(part, variables if number == 0 else inner)


def literals(node: Node, kind: str) -> list[Any]:
    """The different literals of one type, in order."""
    return sorted({n.value for n in walk(node) if n.kind == "literal" and n.type == kind})


def loops(node: Node) -> int:
    """How many loops stand inside one another at most; one that only feeds another is beside it."""
    if node.kind == "loop":
        return max(loops(node.parts[0]), 1 + max(loops(part) for part in node.parts[1:]))
    return max((loops(part) for part in node.parts), default=0)


def unfit(node: Node, roots: frozenset[str]) -> list[tuple[str, str]]:
    """What type-checks and still is no rule of ours, as (got, want). `roots`: first parts of the facts' names."""
    faults = []
    for part in walk(node):
        if part.type.removeprefix("list(").removesuffix(")") not in _SCALARS or part.type.startswith("list(list"):
            faults.append((f"a value of type {part.type}", "rules know truth, numbers, texts, times, lists of those"))
        if part.kind == "loop":
            if part.value in roots:
                faults.append((f"the variable {part.value}", "facts begin with that word; call it something else"))
            if _joins(_body(part)):
                faults.append(("+ between texts or lists in a loop", "a loop may not build longer and longer values"))
    return list(dict.fromkeys(faults))


class Effort(NamedTuple):
    """What judging a rule with loops can cost."""

    parts: int
    """Parts of the rule, each looked at once a turn at most."""
    loops: int
    """Loops inside one another."""
    growth: int
    """How many values may be joined to one."""
    written: int
    """The longest list that the rule itself writes out."""

    def bearable(self, items: int, letters: int) -> bool:
        """Whether lists of so many items, and texts of so many letters, can be judged within the budget."""
        items, letters = max(items, self.written, 1) * self.growth, letters * self.growth
        turns = min(items**self.loops, _ITERATIONS)
        return bool(self.parts * turns * max(items, letters // 16) <= _WORK)  # 16 letters compare as fast as an item


def effort(node: Node) -> Effort | None:
    """The effort of a rule that loops; None for one that does not, which costs nothing worth counting."""
    depth = loops(node)
    if not depth:
        return None
    parts = list(walk(node))
    written = max((len(p.parts) for p in parts if p.kind == "list"), default=0)
    return Effort(len(parts), depth, 1 + _joins(node), written)


def _joins(node: Node) -> int:
    """How often texts or lists are joined with `+`, not counting what CEL makes of `map` and `filter`."""
    inner = (node.parts[0], _body(node)) if node.kind == "loop" else node.parts
    return (node.overload in ("add_string", "add_list", "add_bytes")) + sum(map(_joins, inner))


def _body(loop: Node) -> Node:
    """What a loop does at each turn; the `+ [x]` that CEL itself makes of `map` and `filter` taken away."""
    step = loop.parts[3]
    if step.overload == "add_list" and step.parts[0] == loop.parts[4]:
        return step.parts[1]
    if step.value == "_?_:_" and step.parts[1].overload == "add_list":
        return Node("list", None, (step.parts[0], step.parts[1].parts[1]), "list(?)")
    return step


def _message(data: bytes) -> dict[int, list[Any]]:
    """The fields of a protocol buffer message, by number."""
    found: dict[int, list[Any]] = {}
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        match tag & 7:
            case 0:
                value, place = _varint(data, place)
            case 1:
                value, place = data[place : place + 8], place + 8
            case 2:
                size, place = _varint(data, place)
                value, place = data[place : place + size], place + size
            case other:
                raise ValueError(f"wire type {other} does not occur in a checked expression")
        found.setdefault(tag >> 3, []).append(value)
    return found


def _varint(data: bytes, place: int) -> tuple[Any, int]:
    number = shift = 0
    while True:
        byte = data[place]
        place += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:  # noqa: PLR2004 - the bit that says there is more
            return number, place


def _entries(entries: list[bytes]) -> Iterator[tuple[int, bytes]]:
    for entry in entries:
        pair = _message(entry)
        yield pair.get(1, [0])[0], pair.get(2, [b""])[0]


def _type(data: bytes) -> str:
    """The name of a type: the one field that a message of this kind holds says which."""
    for number, (value,) in _message(data).items():
        match number:
            case 3:
                return _PRIMITIVES.get(value, "other")
            case 5:
                return _WELL_KNOWN.get(value, "other")
            case 6:
                inner = _type(_message(value).get(1, [b""])[0])
                return f"list({'?' if inner in ('dyn', 'other') else inner})"
            case _:
                return _KINDS.get(number, "other")
    return "other"


def _node(data: bytes, types: dict[int, str], references: dict[int, dict[int, list[Any]]]) -> Node:
    fields = _message(data)
    identity = fields.get(2, [0])[0]
    kind, reference = types.get(identity, "other"), references.get(identity, {})

    def below(parts: list[bytes]) -> tuple[Node, ...]:
        return tuple(_node(part, types, references) for part in parts)

    number = max(fields)  # beside the identity, 2, there is one field, which says what the node is
    inner = _message(fields[number][0]) if number > 2 else {}  # noqa: PLR2004
    match number:
        case 3:
            return Node("literal", _literal(inner), (), kind)
        case 4:
            return Node("name", inner[1][0].decode().lstrip("."), (), kind)
        case 6:
            overload = b",".join(reference.get(3, [])).decode()
            return Node("call", inner[2][0].decode(), below([*inner.get(1, []), *inner.get(3, [])]), kind, overload)
        case 7:
            return Node("list", None, below(inner.get(1, [])), kind)
        case 9:
            return Node("loop", inner[1][0].decode(), below([inner[n][0] for n in (2, 4, 5, 6, 7)]), kind)
        case 5:
            return Node("other", None, below(inner.get(1, [])), kind)
        case _:
            return Node("other", None, (), kind)


def _literal(fields: dict[int, list[Any]]) -> Any:
    """The value of a constant; an empty one is the zero of its type, and type 0 means null."""
    for number, value in fields.items():
        match number:
            case 2:
                return bool(value[0])
            case 3:
                return value[0] - (1 << 64) if value[0] >> 63 else value[0]
            case 5:
                return struct.unpack("<d", value[0])[0]
            case 6:
                return value[0].decode()
            case 7:
                return bytes(value[0])
            case _:
                return value[0]
    return None
