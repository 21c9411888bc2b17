"""Syntax errors of YAML in the words of a person who writes workflow definitions."""

from __future__ import annotations

import re

import yaml

_RULE_QUOTED = re.compile(r"""\brule:\s*(["'])""")
_RULE = re.compile(r"\brule:")

QUOTE_RULE = "put the whole rule in single quotes, as in rule: '!(person.id in assigned.author)'"


def explain(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> tuple[str, str]:
    """What was met at the place where reading stopped, and what is wanted there."""
    problem = error.problem or "something that cannot be read"
    here = _line(text, line)
    before = here[: column - 1]
    char = here[column - 1 : column]
    if "tag" in (error.context or "") and _RULE.search(here):
        return "a rule that starts with ! and is not in quotes", QUOTE_RULE
    if char == "\t" or before.endswith("\t") or (not here.strip() and "\t" in here):
        return "a tab", "want spaces; tabs are not allowed for indenting"
    if _RULE_QUOTED.search(before) or (_RULE_QUOTED.search(here) and "quoted scalar" in (error.context or "")):
        return "a rule that starts with a quotation mark and goes on after it", QUOTE_RULE
    if "quoted scalar" in (error.context or "") and "end of stream" in problem:
        return "a quotation mark that is never closed", "want the closing quotation mark"
    if "mapping values are not allowed" in problem:
        hint = QUOTE_RULE if _RULE.search(before) else "put the text in quotes if it holds a colon and a space"
        return "a colon where no key can stand", hint
    if problem.startswith("found character") and char:
        return f"the character {char}", "put the text in quotes if it starts with this character"
    if "expected <block end>" in problem:
        return "a line that is indented otherwise than its neighbours, or text after a closed value", (
            "want the same indentation for everything on one level, and quotes around a text that needs them"
        )
    if "flow" in (error.context or ""):
        return "a [ or { that is not closed, or a comma that is missing", "want the closing bracket, or a comma"
    if "could not find expected ':'" in problem:
        return "a line without a colon", "want `key: value`"
    return problem, "want YAML"


def tag_hint(inside_rule: bool) -> str:  # noqa: FBT001 - one yes-or-no question
    """What to do about a tag such as `!name`."""
    return QUOTE_RULE if inside_rule else "want no tags; put the text in quotes if it starts with !"


def _line(text: str, number: int) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""
