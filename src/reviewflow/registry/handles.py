"""Handles: short readable names that never change, made from names; the same whatever the order of the rows."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

_LONGEST: Final = 60
_SHAPE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WORDS: Final = re.compile(r"[a-z0-9]+").findall
_DROPPED: Final = str.maketrans("", "", "'’`")  # noqa: RUF001 - as registers write it
_SPELT: Final = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d"})


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits with single hyphens; empty where a text has none of them."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).lower().translate(_SPELT)
        text = "".join(c for c in text if not unicodedata.combining(c))
    kept = text.lower().replace("&", " and ").translate(_DROPPED)
    whole = "-".join(_WORDS(kept))
    return whole if len(whole) <= _LONGEST else whole[:_LONGEST].rpartition("-")[0] or whole[:_LONGEST]


def is_handle(text: str) -> bool:
    """Whether a text has the shape of a handle."""
    return len(text) <= _LONGEST and _SHAPE.fullmatch(text) is not None


@lru_cache(maxsize=1024)  # asked again by whoever fetches beforehand what a decision will ask for
def candidates(name: str, place: str = "", number: str = "", kind: str = "organisation") -> tuple[str, ...]:
    """The handles to try, in order: the name, with its place, with its number. Never empty."""
    base = slug(name) or kind
    tries = [base, *(f"{base}-{more}" for more in (slug(place), slug(number)) if more)]
    if base.isdigit():
        tries = [f"{kind}-{t}" for t in tries]  # digits alone would be taken for an identity
    return tuple(dict.fromkeys(tries))


def settle(wanted: Sequence[Sequence[str]], taken: Callable[[str], bool]) -> list[str]:
    """One handle for each list of candidates, all different and none taken.

    Those who want the same one all move on together, so that the order of the rows does not decide.
    """
    level = [0] * len(wanted)
    known: dict[str, bool] = {}

    def pick(n: int) -> str:
        tries, at = wanted[n], level[n]
        return tries[at] if at < len(tries) else f"{tries[-1]}-{at - len(tries) + 2}"

    def is_taken(handle: str) -> bool:
        if handle not in known:
            known[handle] = taken(handle)
        return known[handle]

    while True:
        picked = [pick(n) for n in range(len(wanted))]
        often = Counter(picked)
        clashing = [n for n, handle in enumerate(picked) if often[handle] > 1 or is_taken(handle)]
        if not clashing:
            return picked
        if all(level[n] >= len(wanted[n]) for n in clashing):
            # Alike in name, place and number: only their order is left to tell them apart.
            clashing = [n for n in clashing if is_taken(picked[n]) or picked[n] in picked[:n]]
        for n in clashing:
            level[n] += 1
