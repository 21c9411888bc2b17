"""What is written is read back exactly, and nothing that was entered becomes a formula."""

from datetime import date
from io import BytesIO

from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from reviewflow.registry.sheet import Cell
from reviewflow.sheets.reading import read_sheets
from reviewflow.sheets.separated import write
from reviewflow.sheets.writing import Leaf, write_workbook

LINES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40).filter(
    lambda text: text == text.strip() and text.isprintable()
)
RISKY = st.builds("{}{}".format, st.sampled_from(["=", "+", "-", "@", "'=", "''+", "'", "#N/A", "1.0", "TRUE"]), LINES)
DAYS = st.dates(date(1800, 1, 1), date(2199, 12, 31))
CELLS = st.one_of(LINES, RISKY, DAYS, st.none())


def as_text(cell: Cell) -> Cell:
    return cell.isoformat() if isinstance(cell, date) else cell


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(any), max_size=5))
@example([["=cmd|' /C calc'!A0", "+1", "@x"], ["-1", "#N/A", "1900-02-28"], [date(1900, 2, 28), "TRUE", "12"]])
def test_a_workbook_is_read_back_exactly(rows):
    sheet = read_sheets(write_workbook([Leaf("People", ("a", "b", "c"), rows)]), "x.xlsx")[0]
    found = [(cells + [None] * 3)[:3] for _, cells in sheet.rows[1:]]
    early = [[as_text(c) if isinstance(c, date) and c < date(1900, 3, 1) else c for c in row] for row in rows]
    assert found == early


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(any), max_size=5))
def test_csv_is_read_back_exactly(rows):
    sheet = read_sheets(write(("a", "b", "c"), rows), "x.csv")
    assert [cells for _, cells in sheet[0].rows[1:]] == [[as_text(cell) for cell in row] for row in rows]


def test_no_cell_is_a_formula_or_an_error():
    data = write_workbook([Leaf("People", ("=a",), [["=1+1"], ["#N/A"], ["+1"], ["x"]])])
    sheet = load_workbook(BytesIO(data))["People"]
    cells = [sheet.cell(row, 1) for row in range(1, 6)]
    assert [(c.data_type, c.value) for c in cells] == [("s", v) for v in ("=a", "=1+1", "#N/A", "+1", "x")]
    assert [bool(c.quotePrefix) for c in cells] == [True, True, False, True, False]


def test_what_a_column_offers_does_not_forbid_anything_else():
    data = write_workbook([Leaf("People", ("role",), [], (20,), {1: ("head", "staff")})])
    sheet = load_workbook(BytesIO(data))["People"]
    (offer,) = sheet.data_validations.dataValidation
    assert (offer.formula1, offer.showErrorMessage, str(offer.sqref)) == ('"head,staff"', False, "A2:A1048576")
    assert sheet.freeze_panes == "A2"
