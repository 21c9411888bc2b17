"""What was entered for a form: `--set k=v`, a file of JSON or YAML, or both. Texts stay as they were written."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from reviewflow.errors import BadInput, Fault
from reviewflow.registry.names import shown
from reviewflow.workflow import yaml_nodes

_DEEPEST: Final = 3
"""Field, row, column."""


def pairs(given: Iterable[str], option: str) -> dict[str, str]:
    """`KEY=VALUE` as a mapping; every fault at once."""
    found: dict[str, str] = {}
    faults = []
    for one in given:
        key, equals, value = one.partition("=")
        key = key.strip()
        if not equals or not key:
            faults.append(Fault(option, shown(one), "expected KEY=VALUE"))
        elif key in found:
            faults.append(Fault(option, shown(one), f"expected {key} once"))
        else:
            found[key] = value.strip()
    if faults:
        raise BadInput(option, faults)
    return found


def entered(sets: Iterable[str], form: str | None) -> dict[str, Any]:
    """The values of `--set` and `--form` together; a field given in both is a fault."""
    given = from_sets(sets)
    if form is None:
        return given
    filed = from_file(form)
    if both := [key for key in filed if key in given]:
        raise BadInput("the form", [Fault(key, "given in the form and with --set", "expected it once") for key in both])
    return {**filed, **given}


def from_sets(sets: Iterable[str]) -> dict[str, Any]:
    """`a=1`, `b.1.c=2`; the same key again makes a list."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for one in sets:
        key, equals, value = one.partition("=")
        parts = key.strip().split(".")
        if not equals or not all(parts) or len(parts) > _DEEPEST:
            faults.append(Fault("--set", shown(one), "expected FIELD=VALUE, or FIELD.ROW.COLUMN=VALUE"))
            continue
        inside: Any = values
        for part in parts[:-1]:
            inside = inside.setdefault(part, {}) if isinstance(inside, dict) else None
        if not isinstance(inside, dict) or isinstance(inside.get(parts[-1]), dict):
            faults.append(Fault("--set", shown(one), "this field was given a value and rows; expected one of them"))
        elif parts[-1] not in inside:
            inside[parts[-1]] = value
        else:
            before = inside[parts[-1]]
            inside[parts[-1]] = [*before, value] if isinstance(before, list) else [before, value]
    if faults:
        raise BadInput("--set", faults)
    return values


def read_bytes(file: str) -> bytes:
    """A file, or standard input for `-`."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise BadInput(file, [Fault("", why, "expected a file that can be read")]) from error


def called(file: str) -> str:
    """How errors call a file."""
    return "standard input" if file == "-" else file


def from_file(file: str) -> dict[str, Any]:
    """The fields in a file: JSON if it begins with a brace, else YAML."""
    data, what = read_bytes(file), called(file)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        found = _json(data, what)
    else:
        tree = yaml_nodes.read(data)
        if tree.faults:
            raise BadInput(what, [Fault(f"line {f.line}, column {f.column}", f.got, f.want) for f in tree.faults])
        found = tree.root
    if not isinstance(found, Mapping):
        raise BadInput(
            what, [Fault("", type(found).__name__, "expected fields with their values, as --template shows")]
        )
    return dict(found)


def _json(data: bytes, what: str) -> Any:
    """JSON read strictly: each key once, no NaN, bounded."""
    faults: list[Fault] = []

    def once(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in items:
            if key in made:
                faults.append(Fault(shown(key), "given more than once", "expected each key once"))
            made[key] = value
        return made

    def refuse(word: str) -> None:
        faults.append(Fault("", word, "expected a number that JSON knows"))

    if len(data) > yaml_nodes.MAX_BYTES:
        raise BadInput(what, [Fault("", f"{len(data):,} bytes", f"expected at most {yaml_nodes.MAX_BYTES:,}")])
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=once, parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise BadInput(what, [Fault(f"byte {error.start + 1}", "no UTF-8", "expected UTF-8 text")]) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInput(what, [Fault(place, error.msg, "expected JSON")]) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(what, [Fault("", "too deep, or a number too long", "expected the fields of a form")]) from error
    if faults:
        raise BadInput(what, faults)
    return found
