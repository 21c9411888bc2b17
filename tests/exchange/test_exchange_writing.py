"""Files as they are written: whole or not at all, for their owner alone, and as their formats have it."""

import csv
import io
import json
import os
import stat
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from exchange.files import cells, read, written
from reviewflow.errors import BadInput
from reviewflow.exchange import FORMATS, writer

CASE = {"concept:name": "hazel-2026-1", "year": 2026}
EVENT = {
    "concept:name": "visit",
    "time:timestamp": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    "org:resource": "ben",
    "identity:id": "urn:uuid:1",
    "score": 1.5,
    "met": True,
    "first_day": date(2026, 3, 2),
    "note": 'say "<&>"\n',
    "nothing": None,
}
COLUMNS = [f"case:{key}" for key in CASE] + list(EVENT)


@pytest.mark.parametrize("form", FORMATS)
def test_a_path_holds_the_whole_file_for_its_owner_alone(tmp_path, form):
    path = tmp_path / "out"
    before = os.umask(0)
    try:
        with writer(form, path, columns=COLUMNS) as out:
            out.write(CASE, EVENT)
            assert not path.exists()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [name.name for name in tmp_path.iterdir()] == ["out"]
    assert read(path)[0].cells["case:concept:name"] == "hazel-2026-1"


@pytest.mark.parametrize("form", FORMATS)
def test_what_breaks_in_the_middle_leaves_what_was_there(tmp_path, form):
    path = tmp_path / "out"
    path.write_text("before")

    def breaking():
        with writer(form, path, columns=COLUMNS) as out:
            out.write(CASE, EVENT)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        breaking()
    assert path.read_text() == "before"
    assert [name.name for name in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_place_that_cannot_be_written_is_bad_input(tmp_path, form):

    def write(path):
        with writer(form, path, columns=COLUMNS) as out:
            for _ in range(1000):
                out.write(CASE, EVENT)

    for path in (tmp_path, tmp_path / "none" / "out", "nul\0", "/dev/full"):
        with pytest.raises(BadInput, match="can be written"):
            write(path)
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_and_stays_a_device():
    with writer("jsonl", "/dev/null") as out:
        out.write(CASE, EVENT)
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("form", FORMATS)
def test_an_open_stream_gets_utf_8_whatever_it_speaks(form, tmp_path, monkeypatch):
    under = io.BytesIO()
    stream = io.TextIOWrapper(under, encoding="ascii", newline="\r\n")
    stream.write("first\n")
    event = {"step": "Zoë\n"}
    with writer(form, stream, columns=["case:name", "step"]) as out:
        out.write({"name": "c"}, event)
    text, _ = written(form, [({"name": "c"}, event)], columns=["case:name", "step"])
    assert under.getvalue().decode() == f"first\r\n{text}"
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(again := io.BytesIO(), encoding="ascii"))
    with writer(form, "-", columns=["case:name", "step"]) as out:
        out.write({"name": "c"}, event)
    assert again.getvalue().decode() == text
    assert not sys.stdout.closed


def test_a_stream_that_broke_off_is_no_whole_log(tmp_path):
    out = io.StringIO()

    def breaking():
        with writer("xes", out) as made:
            made.write(CASE, EVENT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaking()
    (tmp_path / "log").write_text(out.getvalue())
    with pytest.raises(BadInput, match="no element found"):
        read(tmp_path / "log")


def test_xes_is_written_in_the_order_and_with_the_types_of_the_standard():
    text, replaced = written("xes", [(CASE, EVENT), (CASE, {"concept:name": 7}), ({"concept:name": "elm"}, {})])
    root = ET.fromstring(text)
    assert (root.tag, root.attrib) == ("log", {"xes.version": "1849.2016", "xes.features": ""})
    assert [child.tag for child in root] == ["extension"] * 5 + ["trace"] * 2
    assert [child.get("name") for child in root][:5] == ["Concept", "Identity", "Lifecycle", "Organizational", "Time"]
    first, second = root.findall("trace")
    assert [child.tag for child in first] == ["string", "int", "event", "event"]
    assert [(child.tag, child.get("key"), child.get("value")) for child in first.find("event")] == [
        ("string", "concept:name", "visit"),
        ("date", "time:timestamp", "2026-03-01T09:30:00+00:00"),
        ("string", "org:resource", "ben"),
        ("id", "identity:id", "urn:uuid:1"),
        ("float", "score", "1.5"),
        ("boolean", "met", "true"),
        ("date", "first_day", "2026-03-02T00:00:00"),
        ("string", "note", 'say "<&>"\n'),
    ]
    assert [child.tag for child in first.findall("event")[1]] == ["string"]
    assert [child.tag for child in second] == ["string", "event"]
    assert replaced == 0


@pytest.mark.parametrize(
    ("key", "value", "kind", "text"),
    [
        ("time:timestamp", "2026-03-01T09:30:00Z", "date", "2026-03-01T09:30:00Z"),
        ("time:timestamp", "2026-03-01", "date", "2026-03-01T00:00:00"),
        ("time:timestamp", date(2026, 3, 1), "date", "2026-03-01T00:00:00"),
        ("time:timestamp", "2026-02-30", "string", "2026-02-30"),
        ("time:timestamp", "in spring", "string", "in spring"),
        ("when", "2026-03-01T09:30:00Z", "string", "2026-03-01T09:30:00Z"),
        ("n", 2**63 - 1, "int", str(2**63 - 1)),
        ("n", 2**63, "string", str(2**63)),
        ("x", float("inf"), "float", "INF"),
        ("x", 1e22, "float", "1e+22"),
        ("when", datetime(1900, 1, 1, tzinfo=timezone(timedelta(seconds=-75))), "date", "1900-01-01T00:01:15+00:00"),
    ],
)
def test_a_value_is_written_as_what_it_is(tmp_path, key, value, kind, text):
    log, _ = written("xes", [({}, {key: value})])
    (attribute,) = ET.fromstring(log).find("trace/event")
    assert (attribute.tag, attribute.get("value")) == (kind, text)
    assert cells(tmp_path, log) == [{key: text}]


def test_a_log_of_nothing_is_a_log(tmp_path):
    text, _ = written("xes", [])
    assert ET.fromstring(text).findall("trace") == []
    assert cells(tmp_path, text) == []


def test_a_case_that_comes_again_is_a_trace_of_its_own():
    text, _ = written("xes", [({"n": 1}, {}), ({"n": 2}, {}), ({"n": 1}, {}), ({"n": 1}, {})])
    assert [len(trace.findall("event")) for trace in ET.fromstring(text).findall("trace")] == [1, 1, 2]


def test_csv_quotes_every_cell_and_marks_what_a_spreadsheet_would_run():
    event = {"a": "=1+1", "b": "\t-1", "c": -1, "d": -1.5, "e": "'=x", "f": "'tis", "g": None, "h": True}
    text, _ = written("csv", [({"n": "+"}, event)], columns=["case:n", *event])
    header, row = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == ["case:n", *event]
    assert row == ["'+", "'=1+1", "'\t-1", "-1", "-1.5", "''=x", "'tis", "", "true"]
    assert text.count('"') == 4 * len(row)


def test_csv_loses_nothing_unseen():
    with pytest.raises(ValueError, match=r"no column for 'b', 'case:n'"):
        written("csv", [({"n": 1}, {"a": 1, "b": 2})], columns=["a"])


@pytest.mark.parametrize("columns", [[], ["a", "a"], ["a", ""], [" a"], ["a\n"]])
def test_columns_that_could_not_be_told_apart_are_refused(tmp_path, columns):
    with pytest.raises(ValueError, match="columns need names"), writer("csv", tmp_path / "out", columns=columns):
        pass
    assert list(tmp_path.iterdir()) == []


def test_json_lines_hold_values_inside_one_another():
    event = {"plan": [{"by": date(2026, 3, 1), "measure": "Zoë"}], "x": float("nan"), "none": None}
    text, _ = written("jsonl", [(CASE, event), (CASE, {})])
    first, second = text.splitlines()
    assert json.loads(first) == {
        "case": CASE,
        "event": {"plan": [{"by": "2026-03-01", "measure": "Zoë"}], "x": "NaN", "none": None},
    }
    assert "Zoë" in first
    assert json.loads(second) == {"case": CASE, "event": {}}


@pytest.mark.parametrize(("form", "count"), [("xes", 6), ("csv", 3), ("jsonl", 2)])
def test_characters_a_format_cannot_hold_are_replaced_and_counted(form, count):
    text, replaced = written(
        form,
        [({"n": "\ud800"}, {"a": "\0b\udfff", "c": "\x1b\x85\uffff\ufffe\U0001f600"})],
        columns=["case:n", "a", "c"],
    )
    assert replaced == count
    assert text.count("\ufffd") == count
    assert "\U0001f600" in text
