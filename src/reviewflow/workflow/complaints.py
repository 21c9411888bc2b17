"""What CEL says of a bad rule, told so that a programme designer can mend it: what was got, what is wanted."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*?)(?=\n \| |\nERROR: |$)", re.DOTALL)
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']+)' applied to '([^']*)'")
_QUOTED = re.compile(
    r"""[rR]?(?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''"""
    r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*""",
)
_FUNCTIONS = (
    "size",
    "all",
    "exists",
    "exists_one",
    "filter",
    "map",
    "startsWith",
    "endsWith",
    "contains",
    "matches",
    "int",
    "double",
    "string",
    "timestamp",
    "duration",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfWeek",
)
"""What a misspelt function may have meant: the useful part of CEL's own."""
_ELSEWHERE = {
    "person": "; only a role's `eligible` knows the candidate",
    "form": "; only a step that has a form knows one",
    "booked": "; only a step with `books` books days",
    **dict.fromkeys(
        ("said", "taken", "count", "assigned", "ever_assigned", "evidence", "uncovered"),
        "; `workflow show --facts` lists what there is, and at the opening nothing has happened yet",
    ),
}
_RESERVED = frozenset({"in", "true", "false", "null"})


def without_texts(source: str) -> str:
    """The rule with quoted texts and comments blanked out, so that places stay where they are."""
    return _QUOTED.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), source)


def asks_has(source: str) -> bool:
    """Whether the rule calls has(): on a dotted fact it gives the value and not whether there is one."""
    return re.search(r"\bhas\s*\(", without_texts(source)) is not None


def place_of(source: str, line: int, column: int) -> str:
    """Where in the rule, in words; the line only where there are several."""
    return f"line {line}, column {column} of the rule" if "\n" in source.strip() else f"column {column} of the rule"


def complaints(source: str, message: str, facts: Iterable[str], sealed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every (got, want) of a rule CEL would not compile. `facts`: the names there are; `sealed`: name -> why not."""
    if "recursion" in message:
        return [(_short(source), "it is nested too deeply: at most 32 levels of brackets")]
    listener = _Listener(source, tuple(facts), sealed)
    found = [listener.hear(int(line), int(column), text.strip()) for line, column, text in _ERROR.findall(message)]
    # After an unknown name CEL also complains of whatever it made of the rest: the names are what to mend.
    unknown = [(got, want) for got, want, name in found if name]
    return list(dict.fromkeys(unknown or [(got, want) for got, want, _ in found])) or [(_short(source), plain(message))]


class _Listener(NamedTuple):
    """What is needed to make sense of CEL's complaints about one rule."""

    source: str
    facts: tuple[str, ...]
    sealed: Mapping[str, str]

    def hear(self, line: int, column: int, text: str) -> tuple[str, str, bool]:
        """One complaint as got and want, and whether it is about an unknown name."""
        if unknown := _UNDECLARED.match(text):
            name = unknown.group(1)
            return name, self.unknown(line, column, name), True
        place = place_of(self.source, line, column)
        if clash := _OVERLOAD.match(text):
            function, types = clash.groups()
            hint = "; write 1.0, not 1, beside a number" if {"int", "double"} <= set(re.findall(r"\w+", types)) else ""
            if "null_type" in types:
                hint = "; nothing is ever null: ask `.given`"
            sign = function.strip("_@").replace("_", " ")
            return f"{sign} with {types.strip('()')}", f"these types do not go together{hint} ({place})", False
        lines = self.source.splitlines()
        got = lines[line - 1][column - 1 :].strip() if 0 < line <= len(lines) else ""
        if text.startswith("Syntax error"):
            return _short(got) or "the end", f"not a CEL expression here{_reserved(self.source)} ({place})", False
        return _short(got or self.source), f"{plain(text)} ({place})", False

    def unknown(self, line: int, column: int, name: str) -> str:
        """What to write instead of a name that is not there."""
        lines = without_texts(self.source).splitlines()
        here = lines[line - 1] if 0 < line <= len(lines) else ""
        start = here.rfind(name, 0, column + len(name))  # CEL points at the last dot of a name
        place = place_of(self.source, line, start + 1 if start >= 0 else column)
        if name in self.sealed:
            ask = [f"`{fact}`" for fact in (f"{name}.given", f"{name}.length") if fact in self.facts]
            return f"{self.sealed[name]}; ask {' or '.join(ask)} instead ({place})"
        call = start >= 0 and re.match(r"\s*\(", here[start + len(name) :])
        near = difflib.get_close_matches(name, _FUNCTIONS if call else [*self.facts, *self.sealed], n=1)
        hint = f"; did you mean `{near[0]}`?" if near else _ELSEWHERE.get(name.partition(".")[0], "")
        return f"{'no such function' if call else 'no such fact here'}{hint} ({place})"


def _reserved(source: str) -> str:
    """A hint when a name of the definition happens to be a word of CEL."""
    found = next((word for word in re.findall(r"\.(\w+)", without_texts(source)) if word in _RESERVED), "")
    return f"; `{found}` is a word of CEL and cannot be part of a name" if found else ""


def plain(message: str) -> str:
    """CEL's sentence without its codes."""
    text = re.sub(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$", "", message.strip()).splitlines()
    return text[0] if text else "CEL does not take it"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."  # noqa: PLR2004 - what fits beside a place
