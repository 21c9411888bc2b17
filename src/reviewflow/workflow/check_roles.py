"""Roles: how each is held, who offers it, and whether anybody can ever hold it."""

from __future__ import annotations

from collections.abc import Iterator

from reviewflow.workflow.definition import Definition, Role, bounds
from reviewflow.workflow.references import Found, References
from reviewflow.workflow.sources import check_source, check_sourced_part
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
        for code, requirement in role.eligible.items():
            yield from check_source(requirement, (*path, "eligible", code))
            for number, other in enumerate(requirement.waivable_by):
                yield from references.role(other, (*path, "eligible", code, "waivable_by", number))
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
        more = {name for name, role in definition.roles.items() if name not in found and _can(role, found, definition, name)}
        grows = bool(more)
        found |= more
    return frozenset(found)


def _can(role: Role, found: set[str], definition: Definition, name: str) -> bool:
    if role.assigned is None:
        return role.held_in is not None
    if bounds(role.assigned)[1] == 0 or not found.intersection(role.offered_by):
        return False
    if role.among is None:
        return True
    return role.among in found and not _excluded(name, definition)


def _excluded(name: str, definition: Definition) -> bool:
    """Whether a role that this one is chosen from, however far up, may never be held together with it."""
    never = {frozenset(pair) for pair in definition.never_both}
    chain: list[str] = [name]
    while (above := definition.roles[chain[-1]].among) is not None and above in definition.roles and above not in chain:
        chain.append(above)
    return any(frozenset((a, b)) in never for number, a in enumerate(chain) for b in chain[number + 1 :])


def _nobody(definition: Definition) -> Iterator[Found]:
    can = holdable(definition)
    for name, role in definition.roles.items():
        if name in can or role.assigned is None or not role.offered_by or bounds(role.assigned)[1] == 0:
            continue  # said already, or nothing is missing
        path: Path = ("roles", name, KEY)
        if role.among is not None and role.among in definition.roles and (role.among in can or role.among == name):
            if role.among != name and _excluded(name, definition):
                yield path, "a role that no one can hold", "it is chosen from people who may never hold it; see `never_both`"
                continue
        if role.among is not None and role.among in definition.roles and role.among not in can:
            yield path, "a role that no one can hold", f"it is chosen among `{role.among}`, which no one can hold before"
        elif all(other in definition.roles for other in role.offered_by):
            others = ", ".join(role.offered_by)
            yield path, "a role that no one can hold", f"want `offered_by` a role that somebody holds before; not only {others}"
