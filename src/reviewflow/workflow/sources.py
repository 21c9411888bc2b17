"""Whether each rule says where it comes from: a source, or that it is ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from reviewflow.workflow.definition import Requirement
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.yaml_nodes import KEY, Path


class Sourced(Protocol):
    """A part of a definition that may say where it comes from."""

    @property
    def source(self) -> str | None:
        """A published page."""

    @property
    def ours(self) -> bool:
        """Whether it is our own proposal."""


def check_requirements(references: References, requirements: Mapping[str, Requirement], path: Path) -> Iterator[Found]:
    """A requirement says exactly one of the two, and who may waive it are roles."""
    for code, requirement in requirements.items():
        at = (*path, code)
        if requirement.source is None and not requirement.ours:
            yield (*at, KEY), "neither `source` nor `ours`", "want `source: ...` or `ours: true`: say who decided this"
        yield from check_sourced_part(requirement, at)
        for number, role in enumerate(requirement.waivable_by):
            yield from references.role(role, (*at, "waivable_by", number))


def check_sourced_part(part: Sourced, path: Path) -> Iterator[Found]:
    """A role, step or group of evidence says one of the two at most."""
    if part.source is not None and part.ours:
        yield (*path, "ours"), "both `source` and `ours`", "want one of them"
    if part.source is not None and not part.source.strip():
        yield (*path, "source"), "an empty source", "want the page it comes from, or `ours: true`"
