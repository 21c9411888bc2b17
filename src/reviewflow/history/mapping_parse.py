"""From YAML to a checked mapping, or to every fault with its line and column."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from reviewflow.errors import BadDefinition, DefinitionFault
from reviewflow.history.mapping import Mapping
from reviewflow.history.mapping_check import check
from reviewflow.history.mapping_workflow import check_workflow
from reviewflow.workflow import yaml_nodes
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.references import Found
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says

_WANT = {
    "string_type": "want text; put it in quotes if it looks like something else",
    "bool_type": "want true or false",
    "dict_type": "want a mapping, as in {column: text}",
    "model_type": "want a mapping, as in {name: ...}",
    "model_attributes_type": "want a mapping, as in {name: ...}",
    "tuple_type": "want a list, as in [one, another]",
    "string_too_short": "want some text",
    "too_short": "want one at least",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "want a name: lower-case letters, digits and underscores, a letter first, at most 64",
    r"^[a-z][a-z0-9-]*$": "want a name: lower-case letters, digits and hyphens, a letter first, at most 64",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "want a day as in 2026-03-14",
}
_MOST_GUESSES = 50


class Parsed(NamedTuple):
    """A mapping that was read, with the places of its parts, for what is found wrong with it later."""

    mapping: Mapping
    name: str
    tree: yaml_nodes.Tree

    def against(self, definition: Definition) -> None:
        """Raise `BadDefinition` where it names what the workflow does not have."""
        _raise(self.name, self.tree, check_workflow(self.mapping, definition))


def parse_mapping(text: str | bytes, name: str) -> Parsed:
    """Read and check a mapping; `name` is what faults call it. Raises `BadDefinition` with every fault."""
    tree = yaml_nodes.read(text)
    mapping: Mapping | None = None
    found: list[Found] = []
    if tree.complete:
        if not isinstance(tree.root, dict):
            found = [((), says(tree.root), "want a mapping with `mapping:`, `workflow:`, `case:`, `rows:` and so on")]
        else:
            try:
                mapping = Mapping.model_validate(tree.root)
                found = list(check(mapping))
            except ValidationError as error:
                found = list(_shape_faults(error.errors(include_url=False), tree.root))
    _raise(name, tree, found)
    assert mapping is not None
    return Parsed(mapping, name, tree)


def _raise(name: str, tree: yaml_nodes.Tree, found: Iterator[Found] | list[Found]) -> None:
    unread = {(fault.line, fault.column) for fault in tree.faults}
    placed = (DefinitionFault(*tree.place(path), yaml_nodes.show_path(path), got, want) for path, got, want in found)
    faults = [*tree.faults, *(fault for fault in placed if (fault.line, fault.column) not in unread)]
    if faults:
        raise BadDefinition(name, sorted(faults, key=lambda fault: (fault.line, fault.column)))


def _shape_faults(errors: list[ErrorDetails], root: Any) -> Iterator[Found]:
    guesses = 0
    for item in errors:
        kind, path, context = item["type"], _path(item["loc"], root), item.get("ctx", {})
        if kind == "extra_forbidden":
            guesses += 1
            known = _keys_at(item["loc"][:-1]) if guesses <= _MOST_GUESSES else []
            yield (*path, KEY), f"the key {says(path[-1])}", _unknown(str(path[-1]), known)
        elif kind == "missing":
            yield path[:-1], f"no `{path[-1]}`", f"want `{path[-1]}:`" + (" here" if len(path) > 1 else "")
        elif kind == "literal_error":
            expected = context["expected"].replace(" or ", ", ").replace("'", "")
            yield path, says(item["input"]), "want true" if expected == "True" else f"want one of: {expected}"
        elif kind == "tuple_type" and "where" in path[-2:]:
            yield path, says(item["input"]), "want a text, or a list of texts; in quotes if they look like numbers"
        elif kind == "string_pattern_mismatch":
            yield path, says(item["input"]), _PATTERNS.get(context["pattern"], "want something else here")
        elif kind == "string_too_long":
            yield path, says(item["input"]), f"want at most {context['max_length']} characters"
        elif kind != "too_short" or len(item["input"]) < context["min_length"]:  # else short of what was refused in it
            yield path, says(item["input"]), _WANT.get(kind, f"want something else here ({kind})")


def _path(loc: Path, root: Any) -> Path:
    """Where a fault is in the file; a text that stands for a whole part has none of the part's keys."""
    node = root
    path: list[str | int] = []
    for part in loc:
        if part == "[key]":
            return (*path, KEY)
        if not isinstance(node, dict | list):
            break
        path.append(part)
        node = (
            node.get(part) if isinstance(node, dict)
            else node[part] if isinstance(part, int) and part < len(node)
            else None
        )  # fmt: skip
        if node is None:
            break
    return tuple(path)


def _keys_at(loc: Path) -> list[str]:
    """The keys that may stand at a place; of no help where its author chooses the names."""
    kind: type[BaseModel] = Mapping
    inside: Any = Mapping
    for part in loc:
        field = next((f for name, f in kind.model_fields.items() if part == (f.alias or name)), None)
        if field is not None:  # else a number of a list, or a name that the author chose
            inside = _model_in(field.annotation)
            kind = inside or kind
    return [field.alias or name for name, field in kind.model_fields.items()] if inside else []


def _model_in(annotation: Any) -> Any:
    """The model in a type, however it is wrapped."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    arms = (_model_in(arm) for arm in getattr(annotation, "__args__", ()))
    return next((arm for arm in arms if arm is not None), None)


def _unknown(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key[:64], known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"want one of: {', '.join(known)}" if known else "want no such key"
