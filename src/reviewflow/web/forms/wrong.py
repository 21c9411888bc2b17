"""What is wrong with what was entered, as a form says it: one way for all pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from reviewflow.errors import Fault
from reviewflow.web.sentences import dated

Faults = list[tuple[str, str]]
"""The id of an input, and what is wrong with it."""

Inputs = Mapping[str, str] | Callable[[str], str]
"""For the place that a fault names the id of its input. Of a mapping, the one under "" where no other fits; without
such a one a place is the id of its input.
"""

_WANTED: Final = re.compile(r"^(expected |must be given: |want )")
_FOR_A_TERMINAL: Final = re.compile(r"; (see: [a-z]+ list|give the id)$")
_ORDERS: Final = re.compile(r"(say|give|enter|choose|write|use|ask) ")
_ROWS: Final = re.compile(r"rows with [^(]*(\(.*\))?$")
_LISTED: Final = re.compile(r"a list from: .*?(\([^(]*\))?$")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_A_DATE: Final = "a date as in "


def placed(faults: Iterable[Fault], inputs: Inputs) -> Faults:
    """Each fault with the id of its input, as a sentence."""
    return [(_input(fault.where, inputs), sentence(fault)) for fault in faults]


def _input(where: str, inputs: Inputs) -> str:
    return inputs(where) if callable(inputs) else inputs.get(where, inputs.get("", where))


def sentence(fault: Fault) -> str:
    """A fault for somebody who reads it beside its input: days as pages write them, but for what was typed."""
    wanted = _WANTED.match(fault.want) is not None
    want = dated(_FOR_A_TERMINAL.sub("", _WANTED.sub("", fault.want)))
    got = _got(fault.got) if fault.got != "nothing" else ""
    if want.startswith(_A_DATE):
        text = f"{_as_boxes(got)} is not a date that there is" if got else "enter a date, as in 14 3 2026"
    elif wanted and not got and (chosen := _chosen(want)):
        text = chosen
    elif not got:
        # A door that asks for something says what; whoever looked for it and found nothing says that.
        whole = (fault.got and not wanted) or _ORDERS.match(want) or want.startswith("this ")
        text = want if whole else f"enter {want}"
    elif wanted:
        text = f"enter {want}, not {got}"
    else:
        text = f"{got}: {want}"
    return text[:1].upper() + text[1:]


def _got(got: str) -> str:
    """What was got, in quotation marks of people where the core writes those of a program."""
    if _DAY.fullmatch(got):
        return dated(got)  # a day by itself came from a calendar or the log: what is typed is quoted
    if got[:1] not in ("'", '"'):
        return got
    try:
        return f"“{ast.literal_eval(got)}”"
    except (ValueError, SyntaxError):  # cut off where it was long
        return got


def _as_boxes(got: str) -> str:
    """A day as it was typed in three boxes."""
    text = got.strip("“”")
    return " ".join(reversed(text.split("-"))) if _DAY.fullmatch(text) else text.replace("/", " ")


def _chosen(want: str) -> str:
    """What is to be done where something is to be chosen or filled in."""
    if want.startswith("one of: "):
        return "choose one"
    for shape, order in ((_LISTED, "choose from these"), (_ROWS, "fill this in")):
        if found := shape.fullmatch(want):
            return f"{order} {found[1]}" if found[1] else order
    return ""
