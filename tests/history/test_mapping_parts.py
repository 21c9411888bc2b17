"""Templates and dates: read strictly, or not at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.history.dates import Dates, compile_format
from reviewflow.history.mapping_schema import schema_text
from reviewflow.history.templates import BadTemplate, Template, no_tables

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{a}", "1"), ("x{a}y{b}", "x1y2"), ("{{a}}", "{a}"), ("{missing}", ""), (" {a} ", "1"), ("{a b}", "3"),
        ("{case:concept:name}", "4"), ("{t.a}", "9"), ("{u.a}", "5"), ("{t.missing}", ""), ("plain", "plain"), ("", ""),
    ],
)  # fmt: skip
def test_a_template_is_filled_from_the_row(text, filled):
    cells = {"a": " 1 ", "b": "2", "a b": "3", "case:concept:name": "4", "u.a": "5"}
    cells = {name: value.strip() if name != "a" or text == "{a}" else "1" for name, value in cells.items()}
    assert Template(text, {"t"}).fill(cells, lambda _: {"a": "9"}) == filled


@pytest.mark.parametrize("text", ["{", "}", "{a", "a}", "{a}{", "{a{b}}"])
def test_half_a_brace_is_no_template(text):
    with pytest.raises(BadTemplate):
        Template(text)


@given(st.text(max_size=40))
def test_any_text_is_a_template_or_told_why_not(text):
    try:
        made = Template(text)
    except BadTemplate as error:
        assert error.got and error.want  # noqa: PT018 - both are for a person
    else:
        assert isinstance(made.fill({}, no_tables), str)


FORMATS = ("iso", "%Y-%m-%d", "%Y-%m- %d", "%m-%d-%Y", "%y-%m-%d", "%d %B %Y", "%d.%m.%Y %H:%M")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2025-02-28", "2025-02-28"), ("2022-9-1", "2022-09-01"), ("2025-05- 10", "2025-05-10"),
        ("7-5-2023", "2023-07-05"), ("24-12-03", "2024-12-03"), ("3 May 2020", "2020-05-03"),
        ("2019-05-08 15:02:14+00:00", "2019-05-08 16:02"), ("2019-12-08T15:02:14.123Z", "2019-12-08 15:02"),
        ("2019-12-31T23:30:00-0100", "2020-01-01 00:30"), ("2019-05-08T15:02", "2019-05-08 15:02"),
        ("1.2.2021 14:30", "2021-02-01 14:30"),
        ("2025)-(28-02", None), ("2020-19-03", None), ("17-06-2019", None), ("06-2019-11", None), ("2023-02-29", None),
        ("", None), ("yesterday", None), ("20250228", None), ("2025-W01-1", None), ("1025-01-01", None),
        ("\u0662\u0660\u0662\u0665-01-01", None), ("2025-01-01 25:00", None), ("2025-01-01T10:00+99:99", None),
    ],
)  # fmt: skip
def test_a_date_is_read_by_the_first_format_that_fits(text, read):
    found = Dates(FORMATS, "Europe/London").read(text)
    assert (str(found) if found else None) == read


@given(st.text(max_size=30))
def test_no_text_upsets_the_reading_of_dates(text):
    Dates(FORMATS, "Europe/London").read(text)


@given(st.text(alphabet="%YymdHMSzBb- /a", max_size=12))
def test_no_format_upsets_it(text):
    try:
        compile_format(text)
    except BadTemplate as error:
        assert error.want


def test_the_published_schema_is_that_of_the_models():
    file = ROOT / "docs" / "reference" / "mapping.schema.json"
    assert file.read_text(encoding="utf-8") == schema_text()
    assert json.loads(schema_text())["title"] == "reviewflow mapping"
