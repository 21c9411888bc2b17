"""How things are shown: nothing that was entered steers a terminal, tables line up, JSON is one document."""

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.cli import printing

WILD = st.text(st.characters(codec=None, exclude_categories=()), max_size=50)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@given(WILD)
def test_what_is_said_cannot_steer(text):
    shown = said(lambda: printing.say(text))
    assert "\x1b" not in shown
    assert not set("\u202e\u2066\u0085\u2028\x9b") & set(shown)


@given(st.dictionaries(WILD, st.one_of(WILD, st.integers(), st.booleans(), st.none(), st.lists(WILD))))
def test_a_document_cannot_steer_and_says_what_was_given(data):
    shown = said(lambda: printing.document(data))
    assert all(c.isprintable() or c in "\n " or ord(c) > 0x2FFF or not is_dangerous(c) for c in shown)
    assert json.loads(shown) == data


def is_dangerous(c):
    return (
        ord(c) < 0x20
        or 0x7F <= ord(c) < 0xA0
        or c in "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    )


def said(show):
    stream, sys.stdout = sys.stdout, io.StringIO()
    try:
        show()
        return sys.stdout.getvalue()
    finally:
        sys.stdout = stream


def test_a_table_lines_up_whatever_stands_in_it():
    shown = said(lambda: printing.table(("name", "n"), [("Ða Ça", 1), ("名前", 22), ("e\u0301", None), ("a\nb", True)]))
    assert shown.splitlines() == ["name   n", "Ða Ça  1", "名前   22", "e\u0301", "a b    yes"]


def test_an_empty_table_says_so():
    assert said(lambda: printing.table(("a",), [], none="nobody fits")) == "nobody fits\n"


def test_markup_in_what_was_entered_is_only_text(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    printing.table(("name",), [("[red]Ben[/red] [link=http://x.example]x[/link]",)])
    assert "[red]Ben[/red] [link=http://x.example]x[/link]" in stream.getvalue()


def test_no_colour_where_none_is_wanted(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    printing.table(("name",), [("Ben",)])
    assert "\x1b[3" not in stream.getvalue()


def test_work_is_told_on_a_terminal_and_not_in_a_pipe(monkeypatch):
    for stream, told in ((io.StringIO(), False), (Terminal(), True)):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        with printing.working("reading register.csv"):
            pass
        assert ("reading register.csv" in stream.getvalue()) is told


@pytest.mark.parametrize(("number", "words"), [(0, "0 cycles"), (1, "1 cycle"), (1234, "1,234 cycles")])
def test_counts(number, words):
    assert printing.count(number, "cycle") == words
