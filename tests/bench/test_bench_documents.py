"""Tables into documents, and the arithmetic of growth by hand."""

import re

import pytest
from bench.document import PERFORMANCE, between
from bench.growth import INPUTS, LINES, PAGE, UNMEASURED, Figures, figures, inputs, limits, reckoning
from bench.parts import PARTS
from bench.table import Row, Table, from_json, markdown, number, to_json

from bench import growth

TABLE = Table("commands", "A whole command", [Row("ours", "ours", 1234.5, "/s", (1000.0, 1500.0), does="all of it")])


def test_figures_have_three_digits_that_count():
    told = [number(value) for value in (1234567.0, 123.4, 12.34, 1.234, 0.1234, 0.01234, 0.0, 7)]
    assert told == ["1,234,567", "123", "12.3", "1.23", "0.12", "0.012", "0.00", "7"]


def test_columns_in_which_nothing_stands_are_left_out():
    text = markdown(TABLE)
    assert "| `commands.ours` | ours | 1,234/s | 1,000 to 1,500 | all of it |" in text
    assert "aim" not in text
    assert "memory" not in text


def test_an_aim_that_was_missed_is_said():
    row = Row("ratio", "ours against raw", 0.2, " x", None, "at least 0.3", met=False)
    assert "at least 0.3: **missed**" in markdown(TABLE._replace(rows=[row]))


def test_a_table_survives_the_file():
    assert from_json(to_json(TABLE)) == TABLE


def test_only_what_stands_between_the_markers_changes():
    page = "before\n<!-- bench: a -->\nold\n<!-- bench: end -->\nafter\n<!-- bench: b -->\nkept\n<!-- bench: end -->\n"
    assert between(page, "a", "new\n") == page.replace("old", "new")
    assert between(page, "b", r"\1 stays") == page.replace("kept", r"\1 stays")
    with pytest.raises(ValueError, match="got 0 places marked `bench: c`; want 1"):
        between(page, "c", "new")


def test_every_part_has_its_place_in_the_page():
    page = PERFORMANCE.read_text()
    for part in ("machine", *PARTS):
        between(page, part, "something")


def known(**values: float) -> Figures:
    return Figures({one.name: values.get(one.name) for one in INPUTS})


def line(what: str, size: int, figures: Figures) -> str:
    return next(one for one in LINES if one.what == what).of(size, figures)


def test_the_reckoning_by_hand():
    # 24,000 schools, 44 events each a year: 1,056,000, a third of them in forty hours, the busiest three-fold.
    assert line("events a year", 24_000, known()) == "1,056,000"
    assert line("appends a second in its busiest hour", 24_000, known()) == "7.33"
    assert line("log and views a year, SQLite", 24_000, known(size_sqlite=700.0)) == "739 MB"
    assert line("servers like that one, used by half", 5_000_000, known(four_postgresql=600.0)) == "6"
    # 24,000 x (17.3 + 440) = 10,975,200 events at 5,000 a second.
    assert line("all views rebuilt then, commands going on", 24_000, known(rebuild=5_000.0)) == "36.6 min"


def test_what_breaks_first_stands_first():
    told = list(limits(known(one_sqlite=1_000.0, rebuild=5_000.0)))
    assert "rebuilding all views" in told[2]
    assert told[2].startswith("| 310,000 |")  # 5,000 a second for eight hours / 457.3 events
    assert "one SQLite file" in told[3]
    assert told[3].startswith("| 1,600,000 |")  # 500 a second / (44 / 3 / 40 / 3,600 x 3)
    assert all(UNMEASURED in one for one in told[4:])


def test_what_was_not_measured_is_said_and_short_forms_count_for_nothing():
    full = {"commands": TABLE}
    assert figures(full).of["one_sqlite"] == 1234.5
    assert figures({"commands": TABLE._replace(size="quick")}).of["one_sqlite"] is None
    assert sum(UNMEASURED in one for one in inputs(figures(full))) == len(INPUTS) - 1
    assert any(UNMEASURED in one for one in reckoning(figures(full)))


def test_the_page_of_growth_is_what_the_measured_figures_give(tmp_path, monkeypatch):
    page = tmp_path / "growth.md"
    page.write_text(PAGE.read_text())
    monkeypatch.setattr(growth, "PAGE", page)
    growth.write_growth()
    assert page.read_text() == PAGE.read_text()


def test_every_row_that_the_page_of_growth_names_is_of_a_part():
    named = re.findall(r"`([a-z-]+)\.[a-z0-9-]+`", PAGE.read_text())
    assert named
    assert {part for part in named if part not in PARTS} <= {"performance", "growth"}
