"""JSON Lines: what a line says, what is no such line, and what is no such file."""

import pytest

from exchange.files import cells, read_bytes, refusal
from reviewflow.exchange.limits import LARGEST_CELL, MOST_CELLS


def test_a_line_says_its_case_and_its_event(tmp_path):
    line = (
        '{"case":{"name":"hazel","year":2026},"event":{"step":"visit","done":true,"score":1.5,"by":null,"a":{"b":[1]}}}'
    )
    assert (
        cells(tmp_path, f"\ufeff{line}\n\n  \n{line}")
        == [
            {
                "case:name": "hazel",
                "case:year": "2026",
                "step": "visit",
                "done": "true",
                "score": "1.5",
                "a": '{"b":[1]}',
            }
        ]
        * 2
    )


def test_places_are_lines(tmp_path):
    rows = read_bytes(tmp_path, '{"case":{},"event":{}}\r\n\r\n{"case":{},"event":{}}')
    assert [(row.number, row.place) for row in rows] == [(1, "line 1"), (2, "line 3")]


@pytest.mark.parametrize(
    ("line", "got"),
    [
        ('{"case":{}}', ["nothing as 'event'"]),
        ('{"case":[],"event":"x"}', ["something else as 'case'", "something else as 'event'"]),
        ("{}", ["nothing as 'case'", "nothing as 'event'"]),
        ('[{"case":{},"event":{}}]', ["nothing as 'case'", "nothing as 'event'"]),
        ('{"case":{},"event":{},"more":1}', ["the key 'more'"]),
        ('{"case":{"a":"1"},"event":{"case:a":"2"}}', ["'case:a' also of its case"]),
        ('{"case":{},"event":{"a":"\\ud800x"}}', ["half a character in 'a'"]),
    ],
)
def test_a_line_that_says_something_else_is_a_fault_and_ends_nothing(tmp_path, line, got):
    good = '{"case":{},"event":{"a":"b"}}'
    first, row, last = read_bytes(tmp_path, f"{good}\n{line}\n{good}\n")
    assert [fault.got for fault in row.faults] == got
    assert {fault.where for fault in row.faults} == {"line 2"}
    assert first.faults == last.faults == ()
    assert "\ud800" not in "".join(row.cells.values())


def test_whole_characters_may_be_escaped_as_two_halves(tmp_path):
    assert cells(tmp_path, '{"case":{},"event":{"a":"\\ud83d\\ude00"}}') == [{"a": "\U0001f600"}]


@pytest.mark.parametrize(
    ("line", "got"),
    [
        (b'{"case":{},"event":{}', "at column 22"),
        (b'{"case":{},"event":{}} more', "Extra data"),
        (b'{"case":{},"event":{"a":NaN}}', "a number out of range: 'NaN'"),
        (b'{"case":{},"event":{"a":1e999}}', "a number out of range: '1e999'"),
        (b'{"case":{},"event":{"a":' + b"9" * 5000 + b"}}", "a number out of range"),
        (b'{"case":{},"event":{"a":1,"a":1}}', "the key 'a' more than once"),
        (b'{"case":{},"case":{},"event":{}}', "the key 'case' more than once"),
        (b'{"case":{},"event":{"a":"\xff"}}', "the byte 0xff"),
        (b'{"case":{},"event":{"a":' + b"[" * 100_000, "too deep"),
        (b'{"case":{},"event":{"a":"' + b"x" * (LARGEST_CELL + 1) + b'"}}', "longer value"),
        (b'{"case":{},"event":{%s}}' % b",".join(b'"k%d":1' % n for n in range(2 * MOST_CELLS + 1)), "2,001 values"),
    ],
)
def test_what_is_no_json_ends_the_file_with_its_line(tmp_path, line, got):
    rows, fault = refusal(tmp_path, b'{"case":{},"event":{"a":"b"}}\n' + line + b"\n")
    assert (fault.where, len(rows)) == ("line 2", 1)
    assert got in fault.got


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("reviewflow.exchange.json_rows.LARGEST_EVENT", 200_000)
    rows, fault = refusal(tmp_path, '{"case":{},"event":{}}\n' + '{"case":' + " " * 400_000)
    assert (fault.where, len(rows)) == ("line 2", 1)
    assert "200,000 bytes" in fault.got
