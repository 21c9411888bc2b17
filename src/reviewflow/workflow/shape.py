"""Shape faults: what pydantic found wrong, at its place in the file and in the author's words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reviewflow.workflow.allowed_keys import allowed_keys
from reviewflow.workflow.definition import Definition
from reviewflow.workflow.yaml_nodes import KEY, Path
from reviewflow.workflow.yaml_scalars import says

Found = tuple[Path, str, str]
"""A fault before it has a line: path, what was got, what is wanted."""

_MOST_GUESSES = 50
"""Spelling guesses are slow; a file with more unknown keys than this has other troubles."""

_NAME = "want a name: lower-case letters, digits and underscores, a letter first, at most 64"
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": _NAME,
    r"^[a-z][a-z0-9-]*$": _NAME.replace("underscores", "hyphens"),
    r"^[0-9]{1,4}\.\.([0-9]{1,4})?$": "want how many, as in 3..4, or 1.. for one or more",
}
_ROLES = "want a list of roles, as in [head]"
_LISTS = {
    "by": _ROLES, "with": _ROLES, "to": _ROLES, "offered_by": _ROLES, "waivable_by": _ROLES, "recheck": _ROLES,
    "people": _ROLES,
    "in": "want a list of states or stages, as in [review_visit]",
    "what": "want a list, as in [status, dates]",
    "when": "want a list of steps, as in [schedule_workshop]",
    "values": "want a list of names, as in [met, not_met]",
    "never_both": "want a list of pairs of roles, as in [[peer_reviewer, improvement_champion]]",
}  # fmt: skip
_EITHER = {
    "from": "want a state, a stage, `active`, or a list of them",
    "in": "want a state, a stage, `active`, `any`, or a list of them",
    "of": "want the name of a list, a type, or a list of values",
    "due": "want a deadline, as in {school_days: 5, from: visit_ends}, or a list of deadlines",
}
_PLAIN = {
    "string_type": "want text; put it in quotes if it looks like something else",
    "bool_type": "want true or false",
    "int_type": "want a whole number",
    "dict_type": "want a mapping, as in {name: ...}",
    "model_type": "want a mapping, as in {title: ...}",
    "tuple_type": "want a list, as in [head]",
}


class _Spot(NamedTuple):
    path: Path
    either: bool = False
    """Nothing of the kinds allowed here was written."""
    moot: bool = False
    """The fault is of a kind that the author did not mean."""


def validate(document: Any) -> tuple[Definition | None, list[Found]]:
    """The definition, or every fault of its shape."""
    if not isinstance(document, dict):
        return None, [((), says(document), "want a mapping with `workflow:`, `title:`, `roles:` and so on")]
    try:
        return Definition.model_validate(document, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, list(_faults(error.errors(include_url=False), document))


def _faults(errors: list[ErrorDetails], document: dict[str, Any]) -> Iterator[Found]:
    either: set[Path] = set()
    guesses = 0
    for item in errors:
        spot = _locate(item["loc"], document)
        if spot.moot or spot.path in either:
            continue
        kind, path, given, context = item["type"], spot.path, item["input"], item.get("ctx", {})
        name = _last_name(path)
        if spot.either:
            either.add(path)
            yield path, says(given), _EITHER.get(name, _PLAIN["string_type"])
        elif kind == "extra_forbidden":
            guesses += 1
            known = allowed_keys(path[:-1]) if guesses <= _MOST_GUESSES else []
            yield (*path, KEY), f"the key {says(path[-1])}", _unknown(str(path[-1]), known)
        elif kind == "missing":
            yield path[:-1], *_missing(path)
        elif kind != "too_short" or len(given) < context["min_length"]:  # else it is short of what was refused in it
            yield path, says(given), _want(kind, context, name)


def _missing(path: Path) -> tuple[str, str]:
    if isinstance(path[-1], int):
        return "too few", "want one more"
    return f"no `{path[-1]}`", f"want `{path[-1]}:`" + (" here" if len(path) > 1 else "")


def _locate(loc: Path, document: Any) -> _Spot:
    """Where a fault is in the document.

    Where several shapes are allowed pydantic reports against each, with the shape's name in the path. What was
    written decides which of them was meant.
    """
    node = document
    path: Path = ()
    for part in loc:
        if _leads_on(node, part):
            node = node[part]
        elif part in {"str", "Due"} or str(part).startswith("tuple["):
            allowed = (dict, list) if "Due" in str(part) else (str, list)
            meant = str if part == "str" else dict if part == "Due" else list
            if isinstance(node, meant):
                continue
            return _Spot(path, either=not isinstance(node, allowed), moot=isinstance(node, allowed))
        path = (*path, part)
    return _Spot(path)


def _leads_on(node: Any, part: int | str) -> bool:
    if isinstance(node, dict):
        return part in node
    return isinstance(node, list) and isinstance(part, int) and part < len(node)


def _last_name(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str) and part != KEY), "")


def _want(kind: str, context: dict[str, Any], name: str) -> str:
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"want text that matches {context['pattern']}")
    if kind == "literal_error":
        return f"want one of: {context['expected'].replace(' or ', ', ')}".replace("'", "")
    if kind in {"too_short", "too_long"}:
        if "max_length" in context:
            return f"want exactly {context['max_length']}"
        return f"want at least {context['min_length']}"
    if kind == "string_too_short":
        return "want some text"
    if kind == "string_too_long":
        return f"want at most {context['max_length']} characters"
    if kind == "tuple_type":
        return _LISTS.get(name, _PLAIN[kind])
    return _PLAIN.get(kind, f"want something else here ({kind})")


def _unknown(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key[:64], known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    if not key.replace("_", "").isalnum():
        return "want no such key; put a text that holds a comma or a colon in quotes"
    return f"want one of: {', '.join(known)}" if known else "want no such key"
