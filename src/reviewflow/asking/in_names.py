"""Sentences with names for ids: what the core says of people, as whoever asks may read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from reviewflow.calling import Called
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.errors import Refused

ID: Final = re.compile(r"\b[a-z2-7]{16}\b", re.ASCII)

MayName = Callable[[str], bool]
"""Whether the person with this id may be named."""


def anybody(_person: str) -> bool:
    """Everybody may be named."""
    return True


def in_names(sentence: str, called: Called, may_name: MayName = anybody) -> str:
    """A sentence with names for ids; of people only those who may be named."""

    def name(found: re.Match[str]) -> str:
        one = found[0]
        hidden = called.known.person(one) is not None and not may_name(one)
        return HIDDEN if hidden else called.named(one)

    # Days first: one that stands in somebody's name stays as it is.
    return ID.sub(name, called.writing.dates(sentence))


def refused_in_names(error: Refused, called: Called, may_name: MayName = anybody) -> Refused:
    """The same refusal with names for ids, for somebody to read; who reads it as data is given the ids."""
    told = [replace(one, sentence=in_names(one.sentence, called, may_name)) for one in error.unmet]
    return Refused(in_names(error.what, called, may_name), told)
