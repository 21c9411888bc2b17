"""Text that only stands there on a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.audit.plain_text import for_terminal

HARMLESS = [
    "plain",
    "Ysgol Gynradd Llŷn",
    "مدرسة الزيتون",
    "בית ספר\u200f (1)",
    "👩‍🏫🏴󠁧󠁢󠁷󠁬󠁳󠁿 taught",
    "क्‍ष",
    "नमस्ते, e\u0301",
    "学校",
    "back\\slash",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_scripts_emoji_and_their_joiners_stay(text: str) -> None:
    assert for_terminal(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("bell\x07, del\x7f, nul\x00", "bell\\x07, del\\x7f, nul\\x00"),
        ("over\rwritten", "over\\x0dwritten"),
        ("abc\u202edef\u202c", "abc\\u202edef\\u202c"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("one\u2028two\u2029", "one\\u2028two\\u2029"),
        ("half \ud83d", "half \\ud83d"),
        ("\ufeffmark", "\\ufeffmark"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_what_moves_the_cursor_or_turns_the_text_is_written_out(text: str, shown: str) -> None:
    assert for_terminal(text) == shown


def test_lines_stay_only_where_they_are_wanted() -> None:
    assert for_terminal("one\ttwo\nthree") == "one\\x09two\\x0athree"
    assert for_terminal("one\ttwo\nthree\r", lines=True) == "one\ttwo\nthree\\x0d"


@given(st.text(st.characters(exclude_categories=())), st.booleans())
def test_whatever_it_was_it_can_be_printed_and_moves_nothing(text: str, lines: bool) -> None:  # noqa: FBT001
    shown = for_terminal(text, lines=lines)
    shown.encode()
    allowed = {"\n", "\t"} if lines else set()
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c not in allowed]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert for_terminal(shown, lines=lines) == shown
