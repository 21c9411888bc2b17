"""YAML 1.2 (core schema) read strictly into plain values, each with its line and column.

PyYAML's own loader follows YAML 1.1, so only its event stream is used. The events are counted as they come and
kept on a stack of our own; nothing recurses before the depth is known to be small.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from reviewflow.errors import DefinitionFault
from reviewflow.workflow.yaml_hints import explain, tag_hint
from reviewflow.workflow.yaml_scalars import NotStorableError, resolve, says, shorten

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 20_000

Path = tuple[str | int, ...]
Place = tuple[int, int]

KEY = "[key]"
"""As the last element of a path it means the key itself, not its value."""

# Control characters (tab and line ends aside), the line ends that only YAML 1.1 knows, lone halves of surrogate
# pairs, and the characters that turn the direction of writing round, so that a text reads otherwise than it is.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


@dataclass(slots=True)
class Tree:
    """What was read: the root value, where values and keys stand, and the faults met on the way."""

    root: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    faults: list[DefinitionFault] = field(default_factory=list)
    complete: bool = False
    """Whether all of it could be read, faults or not."""

    def place(self, path: Path) -> Place:
        """Line and column of the value at `path`, or of the nearest thing around it that was written.

        What is written on lines below its key is best found by the key.
        """
        if path and path[-1] == KEY:
            return self.keys.get(path[:-1]) or self.place(path[:-1])
        while path:
            value, key = self.values.get(path), self.keys.get(path)
            if value and (key is None or key[0] == value[0]):
                return value
            if key:
                return key
            path = path[:-1]
        return self.values.get((), (1, 1))

    def fault(self, place: Place, got: str, want: str, path: Path = ()) -> None:
        """Note a fault."""
        self.faults.append(DefinitionFault(*place, show_path(path), got, want))


@dataclass(slots=True)
class _Node:
    """A node as its events gave it; the children of a mapping are key, value, key, value ..."""

    event: yaml.NodeEvent
    place: Place
    children: list[_Node] = field(default_factory=list)


def read(source: str | bytes) -> Tree:
    """Read one YAML document; whatever is wrong is in `Tree.faults`."""
    tree = Tree()
    text = _decode(source, tree)
    root = _compose(text, tree) if text is not None else None
    if root is not None:
        tree.root = _plain(root, (), tree)
    return tree


def show_path(path: Path) -> str:
    """`transitions.resume.by[0]`."""
    shown = ""
    for part in path:
        if part != KEY:
            shown += f"[{part}]" if isinstance(part, int) else f".{shorten(part)}" if shown else shorten(part)
    return shown


def _decode(source: str | bytes, tree: Tree) -> str | None:
    """The text, or None where there is none to go on with."""
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        tree.fault((1, 1), f"{size:,} bytes", f"want a definition of at most {MAX_BYTES:,} bytes")
        return None
    if isinstance(source, bytes):
        try:
            text = source.decode("utf-8")
        except UnicodeDecodeError as error:
            place = _place_after(source[: error.start].decode("utf-8"))
            tree.fault(place, f"the byte 0x{source[error.start]:02x}", "want UTF-8 text")
            return None
    else:
        text = source
    text = text.removeprefix("\ufeff")
    if found := _FORBIDDEN.search(text):
        got = f"the character U+{ord(found[0]):04X}"
        tree.fault(_place_after(text[: found.start()]), got, "want text without control characters")
        return None
    return text


def _place_after(before: str) -> Place:
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1


def _compose(text: str, tree: Tree) -> _Node | None:
    """The node tree, as far as it can be read; stops at the first thing that cannot be read on from."""
    document = _Node(yaml.NodeEvent(None), (1, 1))
    stack, nodes = [document], 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            place = _place(event.start_mark)
            if isinstance(event, yaml.CollectionEndEvent):
                stack.pop()
            elif isinstance(event, yaml.NodeEvent):
                nodes += 1
                node = _Node(event, place)
                stack[-1].children.append(node)
                if isinstance(event, yaml.CollectionStartEvent):
                    stack.append(node)
            if too_much := _too_much(event, depth=len(stack) - 1, nodes=nodes, documents=len(document.children)):
                tree.fault(place, *too_much)
                break
        else:
            tree.complete = True
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark or error.context_mark)
        tree.fault(place, *explain(error, text, *place))
    return document.children[0] if document.children else None


def _place(mark: Any) -> Place:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _too_much(event: yaml.Event, *, depth: int, nodes: int, documents: int) -> tuple[str, str] | None:
    """Got and want for what ends the reading: a file that is no definition, or one too large."""
    if depth > MAX_DEPTH:
        return f"something nested more than {MAX_DEPTH} deep", f"want at most {MAX_DEPTH} levels"
    if nodes > MAX_NODES:
        return f"more than {MAX_NODES:,} values", f"want at most {MAX_NODES:,}"
    if isinstance(event, yaml.StreamEndEvent) and not documents:
        return "an empty file", "want a workflow definition"
    if isinstance(event, yaml.DocumentStartEvent):
        if documents:
            return "a second document", "want one definition to a file"
        if event.tags:
            return "a %TAG line", "want no tags"
        if event.version and tuple(event.version) != (1, 2):
            return "%YAML {}.{}".format(*event.version), "want YAML 1.2, or no such line"
    return None


def _plain(node: _Node, path: Path, tree: Tree) -> Any:
    """The plain value of a node; the depth was bounded when it was composed."""
    event = node.event
    tree.values[path] = node.place
    anchor = shorten(str(event.anchor))
    if isinstance(event, yaml.AliasEvent):
        tree.fault(node.place, f"the alias *{anchor}", "want the value itself; aliases are not allowed", path)
        return None
    if event.anchor:
        tree.fault(node.place, f"the anchor &{anchor}", "want no anchors; aliases are not allowed", path)
    tag = getattr(event, "tag", None)
    if tag:
        tree.fault(node.place, f"the tag {shorten(str(tag))}", tag_hint(inside_rule=path[-1:] == ("rule",)), path)
    if isinstance(event, yaml.SequenceStartEvent):
        return [_plain(child, (*path, number), tree) for number, child in enumerate(node.children)]
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(node, path, tree)
    assert isinstance(event, yaml.ScalarEvent)
    if event.style is not None or tag:
        return event.value
    try:
        return resolve(event.value)
    except NotStorableError as error:
        tree.fault(node.place, f"the number {shorten(event.value)}", str(error), path)
        return None


def _mapping(node: _Node, path: Path, tree: Tree) -> dict[str, Any]:
    """Keys are texts, each once; the value of a refused key is left out."""
    plain: dict[str, Any] = {}
    for key_node, value_node in zip(node.children[::2], node.children[1::2], strict=False):
        if isinstance(key_node.event, yaml.CollectionStartEvent):
            tree.fault(key_node.place, "a mapping or list as a key", "want a name as the key", path)
            continue
        found = len(tree.faults)
        key = _plain(key_node, (*path, KEY), tree)
        if len(tree.faults) > found:
            continue
        if not isinstance(key, str):
            want = "want a name as the key; put it in quotes if it is meant as text"
            tree.fault(key_node.place, says(key), want, path)
        elif key in plain:
            first = tree.keys[(*path, key)]
            want = f"want each key once; it stands at line {first[0]} already"
            tree.fault(key_node.place, f"the key {says(key)} again", want, path)
        else:
            tree.keys[(*path, key)] = key_node.place
            plain[key] = _plain(value_node, (*path, key), tree)
    return plain
