"""An example request for each line of the route table: what stands in its address, and what is sent.

What an address names is by default found by the name of its part; a line whose address or body is anything else is in
`VALUES` or `BODIES` by its method and path.
"""

from __future__ import annotations

from typing import Any, Final

CYCLE_PARTS: Final = ("handle", "cycle")
NAMED: Final = {
    "secret": "no-such-secret", "step": "check_in", "name": "check_in", "role": "supporter", "workflow": "spp-peer-review",
}  # fmt: skip
"""A part of an address -> what stands there, where a line says nothing else."""

VALUES: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("GET", "/cycles/{handle}/sign/{name}"): {"name": "schedule_visit"},
    ("POST", "/cycles/{handle}/sign/{name}"): {"name": "schedule_visit"},
}
BODIES: Final[dict[tuple[str, str], dict[str, Any]]] = {}
"""What is sent, as the test client takes it; pages are sent an empty form, the API an empty object."""

NO_ASKING: Final[tuple[str, ...]] = ()
"""Paths about something that ask for no permission: what everybody may know of it."""


def values_of(web: Any, line: Any, part: str, target: str, name: str) -> str:
    """What stands for one part of an address."""
    given = VALUES.get((line.method, line.path), {})
    if part in given:
        return given[part]
    if line.about == "cycle" and part in CYCLE_PARTS:
        return str(web.handle_of(target))
    if part == line.about:
        return str(web.id(target))
    return NAMED[part]


def body_of(line: Any) -> dict[str, Any]:
    """What is sent."""
    if line.method == "GET":
        return {}
    given = BODIES.get((line.method, line.path))
    return given or ({"json": {}} if line.path.startswith("/api") else {"data": {"version": "0"}})
