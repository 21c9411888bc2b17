"""A text in CSV that no spreadsheet takes for a formula, and that is read back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewflow.apostrophe import with_apostrophe, without_apostrophe

FORMULAS = ["=1+1", "+44 20", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u200b=1", "＝1+1"]  # noqa: RUF001


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert with_apostrophe(text) == f"'{text}"
    assert with_apostrophe(f"'{text}") == f"''{text}"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "1+1", "'", "'tis", "مدرسة", "  spaced", "(-1)"])
def test_any_other_text_stays(text: str) -> None:
    assert with_apostrophe(text) == without_apostrophe(text) == text


@given(st.text())
@example("'=1")
@example("\t=1")
@example("'")
def test_it_is_read_back_as_it_was(text: str) -> None:
    assert without_apostrophe(with_apostrophe(text)) == text


@given(st.text())
def test_no_cell_that_is_read_back_starts_a_formula(text: str) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow([with_apostrophe(text)])
    read = next(csv.reader(io.StringIO(written.getvalue(), newline="")))[0]
    assert not read.lstrip().startswith(("=", "+", "-", "@"))
