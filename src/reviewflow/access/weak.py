"""Which passwords are refused: too short, too long, or among the first that anybody would try.

NCSC, Password policy: advice for system owners: length and a deny list, no rules of composition, no change after a
time. OWASP, Authentication Cheat Sheet: at least 8 or 15 characters, every character allowed. Ours: 12 to 256. The
deny list is made of rules and not of a file: what is left when guessable words, years, runs and repeats are taken
out must be enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

from reviewflow.errors import BadInput, Fault, unheld

SHORTEST: Final = 12
LONGEST: Final = 256
_LEFT: Final = 7
"""So many characters must be left that nobody could have guessed, ..."""
_DIFFERENT: Final = 5
"""... so many of them different ones."""
_RUN: Final = 4
_WORD: Final = 3
_NAME: Final = 5

_COMMON: Final = """
password passwort passcode passphrase passwd login logon signin welcome letmein changeme default secret admin
administrator test testing temp guest user monkey dragon sunshine princess football baseball liverpool arsenal chelsea
master shadow superman batman iloveyou loveyou whatever trustno ninja hello freedom starwars pokemon cheese reviewflow
review reviews reviewer peer workflow school schools teacher teachers head headteacher pupil pupils academy primary
secondary college university ofsted education governor trust january february march april may june july august
september october november december monday tuesday wednesday thursday friday saturday sunday spring summer autumn
winter christmas easter england britain london
"""
_WORDS: Final = frozenset(_COMMON.split())
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop",
    "azertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp",
)  # fmt: skip
_ALIKE: Final = str.maketrans(
    {"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "5": "s", "$": "s", "7": "t"}
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_REPEATED = re.compile(r"(.{1,32}?)\1+")
_GUESSED = "one that would be guessed early"
_WANT = "want what nobody would guess, as three words that have nothing to do with one another"


def check_password(text: str, about: Iterable[str] = ()) -> None:
    """`BadInput` with every fault; `about` is what whoever knows the person would try. Says nothing of the text."""
    if half := unheld("password", text.replace("\0", "")):
        raise BadInput("the password", [half])
    plain = unicodedata.normalize("NFC", text)
    faults = []
    if not SHORTEST <= len(plain) <= LONGEST:
        faults.append(Fault("password", _counted(len(plain)), f"want {SHORTEST} to {LONGEST}"))
    known = [unicodedata.normalize("NFC", one).casefold().strip() for one in about]
    small = plain.casefold()
    if len(plain) <= LONGEST and any(one in small for one in _addresses(known)):
        faults.append(Fault("password", "one that holds your e-mail address", _WANT))
    elif SHORTEST <= len(plain) <= LONGEST and guessable(plain, known):
        faults.append(Fault("password", _GUESSED, _WANT))
    if faults:
        raise BadInput("the password", faults)


def guessable(text: str, known: Iterable[str] = ()) -> bool:
    """Whether too little is left of it without common words, those of `known`, years, runs and repeats."""
    words = {part for one in known for part in re.split(r"[\W_]+", one) if len(part) >= _WORD} | _WORDS
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    small = unicodedata.normalize("NFKC", text).casefold()
    return not all(_enough(one, longest_first) for one in (small, small.translate(_ALIKE)))


def _enough(small: str, words: Iterable[str]) -> bool:
    """Whether enough is left."""
    plain = "".join(char for char in small if not char.isspace())
    for word in words:
        plain = plain.replace(word, " ")
    plain = _YEAR.sub(" ", plain)
    for run in _runs():
        plain = plain.replace(run, " ")
    left = _REPEATED.sub(r"\1", plain).replace(" ", "")
    return len(left) >= _LEFT and len(set(left)) >= _DIFFERENT


@cache
def _runs() -> list[str]:
    """Pieces of an alphabet or of a keyboard's rows, forwards and backwards, longest first."""
    lines = [line for row in _ROWS for line in (row, row[::-1])]
    pieces = {line[start:end] for line in lines for start in range(len(line)) for end in range(start, len(line) + 1)}
    return sorted((piece for piece in pieces if len(piece) >= _RUN), key=lambda piece: (-len(piece), piece))


def _addresses(known: Iterable[str]) -> list[str]:
    """Each address, and what stands before its @ if that is long enough to mean somebody."""
    whole = [one for one in known if "@" in one]
    return [*whole, *(name for one in whole if len(name := one.partition("@")[0]) >= _NAME)]


def _counted(number: int) -> str:
    return f"{number} character" if number == 1 else f"{number} characters"
