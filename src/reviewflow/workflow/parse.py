"""From YAML to a checked definition, or to every fault with its line and column."""

from __future__ import annotations

from typing import Any, NamedTuple

from reviewflow.errors import BadDefinition, DefinitionFault
from reviewflow.workflow import checks, yaml_nodes
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.digest import digest_of
from reviewflow.workflow.shape import validate


class Parsed(NamedTuple):
    """A definition that may be published: its models, its plain tree in the author's order, its digest."""

    definition: Definition
    document: dict[str, Any]
    digest: str


def parse(text: str | bytes, name: str) -> Parsed:
    """Read and check a definition; `name` is what faults call it. Raises `BadDefinition` with every fault.

    Three layers, each needing the one before: the YAML, the shape, then what no shape can say.
    """
    tree = yaml_nodes.read(text)
    definition, found = validate(tree.root) if tree.complete else (None, [])
    if definition is not None:
        found = checks.check(definition)
    # A value that could not be read left nothing behind; that it is missing need not be said as well.
    unread = {(fault.line, fault.column) for fault in tree.faults}
    placed = (_placed(tree, *fault) for fault in found)
    faults = [*tree.faults, *(fault for fault in placed if (fault.line, fault.column) not in unread)]
    if definition is None or faults:
        raise BadDefinition(name, sorted(faults, key=lambda fault: (fault.line, fault.column)))
    return Parsed(definition, tree.root, digest_of(tree.root))


def _placed(tree: yaml_nodes.Tree, path: yaml_nodes.Path, got: str, want: str) -> DefinitionFault:
    return DefinitionFault(*tree.place(path), yaml_nodes.show_path(path), got, want)
