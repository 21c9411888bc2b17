"""Roles: how each is held, who offers it, and whether anybody can ever hold it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from reviewflow.workflow.definition import Definition, Role, bounds
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.sources import check_requirements, check_sourced_part
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says


def check(references: References) -> Iterator[Found]:
    """Every fault of `roles` and `never_both`."""
    definition = references.definition
    for name, role in definition.roles.items():
        path: Path = ("roles", name)
        yield from check_sourced_part(role, path)
        yield from _held(role, path)
        if role.among is not None:
            yield from references.assigned_role(role.among, (*path, "among"))
        for number, other in enumerate(role.offered_by):
            yield from references.role(other, (*path, "offered_by", number))
        yield from check_requirements(references, role.eligible, (*path, "eligible"))
    for number, pair in enumerate(definition.never_both):
        for which, name in enumerate(pair):
            yield from references.assigned_role(name, ("never_both", number, which))
        if pair[0] == pair[1]:
            yield ("never_both", number), f"{says(pair[0])} twice", "want two different roles"
    yield from _nobody(definition)


def _held(role: Role, path: Path) -> Iterator[Found]:
    if role.assigned is None:
        if role.held_in is None:
            yield (*path, KEY), "neither `held_in` nor `assigned`", "want one of them"
        for key in ("among", "offered_by", "eligible"):
            if getattr(role, key):
                yield (*path, key, KEY), f"`{key}` on a role that is not assigned", "want it only beside `assigned:`"
        return
    if role.held_in is not None:
        yield (*path, "held_in", KEY), "both `held_in` and `assigned`", "want one of them"
    low, high = bounds(role.assigned)
    if high == 0:
        yield (*path, "assigned"), role.assigned, "want room for one person at least"
    elif high is not None and low > high:
        yield (*path, "assigned"), role.assigned, f"want the smaller number first, as in {high}..{low}"
    if not role.offered_by:
        yield (*path, KEY), "nobody who offers it", "want `offered_by:` with the roles that assign it"


def holdable(definition: Definition) -> frozenset[str]:
    """The roles that somebody can hold: given outside the cycle, or offered by somebody who can offer."""
    found: set[str] = set()
    grows = True
    while grows:
        more = {name for name in definition.roles.keys() - found if _missing(definition, name, found) is None}
        grows = bool(more)
        found |= more
    return frozenset(found)


def _missing(definition: Definition, name: str, found: AbstractSet[str]) -> str | None:
    """Why nobody can hold a role when these can be held; None if somebody can. Unknown names count as held."""
    role = definition.roles[name]
    if role.assigned is None:
        return None
    if role.among in definition.roles and role.among not in found:
        return f"it is chosen among `{role.among}`, which must be held first"
    if role.offered_by and not any(other in found or other not in definition.roles for other in role.offered_by):
        return f"want `offered_by` with a role that is held first; not only {', '.join(role.offered_by)}"
    torn = "its holders are chosen from people who may never hold it; see `never_both`"
    return torn if _torn(definition, name) else None


def _torn(definition: Definition, name: str) -> bool:
    """Whether two roles that come together here, each chosen among the next, may never be held together."""
    chain: list[str] = [name]
    while (above := definition.roles[chain[-1]].among) in definition.roles and above not in chain:
        chain.append(above)
    return any(one in chain and other in chain and one != other for one, other in definition.never_both)


def _nobody(definition: Definition) -> Iterator[Found]:
    can = holdable(definition)
    for name in definition.roles:
        if name not in can:
            yield ("roles", name, KEY), "a role that no one can hold", str(_missing(definition, name, can))
