"""What a definition says otherwise than another: every difference of their documents, each with the part it is in.

Two documents with another digest differ here too: all of both is compared, not only what a page shows of them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from reviewflow.asking.question import Question
from reviewflow.asking.workflows import edition_of

How = Literal["new", "gone", "changed", "moved"]

SECTIONS: Final = {
    "": "The workflow itself",
    "lists": "Lists to choose from",
    "roles": "Roles",
    "never_both": "Roles that exclude each other",
    "anchors": "Dates",
    "stages": "Stages",
    "states": "States outside the stages",
    "forms": "Forms",
    "evidence": "Evidence",
    "opens": "How a review begins",
    "transitions": "Steps",
    "acts": "Things to record on the way",
    "visible": "Who sees what",
}
"""Key of a document -> what people call that part; in this order they are told."""
_TITLES: Final = ("title", "label", "else", "values", "type")
"""What a part of a definition is called by, if it has it."""
_LONGEST: Final = 300
"""Characters of a value that is told."""


class Change(NamedTuple):
    """One difference. `before` and `after` are texts; None where there is nothing."""

    how: How
    section: str
    """A key of `SECTIONS`."""
    thing: str
    """What it is in, by its title, as in `Arrange the visit`; empty for the section as a whole."""
    path: str
    """Where it stands in the file, as in `transitions.schedule_visit.requires.notice`."""
    before: str | None
    after: str | None


def against_published(
    question: Question, name: str, document: Mapping[str, Any], edition: str | None = None
) -> dict[str, Any]:
    """What a document changes against a published edition of its workflow: the latest, or `edition`.

    `before`: that edition and its digest; None if none is published: then there is nothing to compare.
    """
    question.may("workflow show")
    published = question.known.workflow(name)
    if published is None:
        return {"before": None, "changes": []}
    there = edition_of(published, edition, question.find.option("against"))
    found = changes(there.document, document)
    before = {"edition": there.edition, "digest": there.digest, "published": there.published}
    return {"before": before, "changes": [one._asdict() for one in found]}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """All differences, by section."""
    order = [*SECTIONS, *sorted({*before, *after} - SECTIONS.keys())]
    compared = _Compared(before, after)
    return sorted(compared.all(), key=lambda one: order.index(one.section))


class _Compared(NamedTuple):
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def all(self) -> Iterator[Change]:
        yield from self._mappings((), self.before, self.after)

    def _mappings(self, path: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        found = []
        for key in dict.fromkeys([*old, *new]):
            at = (*path, str(key))
            if key not in new:
                found.append(self._change("gone", at, _words(old[key]), None))
            elif key not in old:
                found.append(self._change("new", at, None, _words(new[key])))
            else:
                found += self._values(at, old[key], new[key])
        both = [key for key in old if key in new]
        if both != [key for key in new if key in old] and len(path) > 0:
            # The order of parts is told on its own: pages list them in it.
            found.append(self._change("moved", path, _list(both), _list([key for key in new if key in old])))
        yield from found

    def _values(self, path: tuple[str, ...], old: Any, new: Any) -> Iterator[Change]:
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self._mappings(path, old, new)
        elif isinstance(old, list) and isinstance(new, list) and any(isinstance(one, dict) for one in [*old, *new]):
            yield from self._items(path, old, new)
        elif _key(old) != _key(new):  # true is not 1
            yield self._change("changed", path, _words(old), _words(new))

    def _items(self, path: tuple[str, ...], old: list[Any], new: list[Any]) -> Iterator[Change]:
        """Items have no names: those that are only in one of the two, and whether the others changed places."""
        ours, theirs = [_key(one) for one in old], [_key(one) for one in new]
        gone, come = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
        for item, key in zip(old, ours, strict=True):
            if gone[key]:
                gone[key] -= 1
                yield self._change("gone", path, _words(item), None)
        for item, key in zip(new, theirs, strict=True):
            if come[key]:
                come[key] -= 1
                yield self._change("new", path, None, _words(item))
        if Counter(ours) == Counter(theirs) and ours != theirs:
            yield self._change("moved", path, _list(map(_words, old)), _list(map(_words, new)))

    def _change(self, how: How, path: tuple[str, ...], before: str | None, after: str | None) -> Change:
        section = path[0] if path[0] in SECTIONS and self._is_section(path[0]) else ""
        return Change(how, section, self._thing(path), ".".join(path), before, after)

    def _is_section(self, key: str) -> bool:
        return isinstance(self.after.get(key, self.before.get(key)), dict | list)

    def _thing(self, path: tuple[str, ...]) -> str:
        """The title of the named part it is in: of a stage, a role, a step; in the words of the newer document."""
        if len(path) < 2 or path[0] == "opens":  # noqa: PLR2004 - section and name
            return ""
        for document in (self.after, self.before):
            part: Any = document.get(path[0])
            part = part.get(path[1]) if isinstance(part, dict) else None
            if part is not None:
                title = part.get("title") if isinstance(part, dict) else None
                return title if isinstance(title, str) else path[1].replace("_", " ").capitalize()
        return ""


def _key(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _list(texts: Any) -> str:
    return _cut(", ".join(str(one) for one in texts))


def _words(value: Any) -> str:
    """A value as somebody reads it: a part by its title, a list item by item."""
    if isinstance(value, dict):
        title = next((value[key] for key in _TITLES if isinstance(value.get(key), str)), None)
        return _cut(title if title is not None else "; ".join(f"{key}: {_words(one)}" for key, one in value.items()))
    if isinstance(value, list):
        return _cut(", ".join(map(_words, value)) or "none")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _cut("nothing" if value is None or value == "" else str(value))


def _cut(text: str) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= _LONGEST else folded[: _LONGEST - 1] + "…"
