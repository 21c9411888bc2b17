"""What is written in a format is read from it again: as the same texts, whatever the texts are."""

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.files import read_bytes, written

FORBIDDEN = {
    "csv": lambda c: c == "\0" or "\ud800" <= c <= "\udfff",
    "jsonl": lambda c: "\ud800" <= c <= "\udfff",
    "xes": lambda c: (
        (c < " " and c not in "\t\n\r") or "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff"  # XML 1.0, section 2.2
    ),
}
NASTY = ["=1+1", "'=1", "''@x", "'", "''", "-5", " \t=x", "\r", "a\r\nb", "\n", '"', '""', ",;\t", "]]>", "&amp;"]
NASTY += ["<a b='c'>", "\x85\u2028", "\ufeff", "\ufeff=1", "\0", "\ud800", "\U0001f600", "\uffff", "＝1", "\x1b[31m"]  # noqa: RUF001
texts = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="'=+-@\t\r\n\0 \",;<>&\ud800\u200b\ufeffx", max_size=8),
    st.sampled_from(NASTY),
)
zones = st.one_of(st.none(), st.integers(-14 * 3600, 14 * 3600).map(lambda s: timezone(timedelta(seconds=s))))
moments = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=zones)  # noqa: DTZ001
values = st.one_of(st.none(), texts, st.booleans(), st.integers(), st.floats(), st.dates(), moments)
nested = st.recursive(values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
keys = texts.map(lambda text: f"k{text}".strip())
events = st.lists(
    st.tuples(st.dictionaries(keys, values, max_size=3), st.dictionaries(keys, values, max_size=4)), max_size=6
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("round-trip")


def placeholders(form, text):
    return "".join("\ufffd" if FORBIDDEN[form](c) else c for c in text)


def as_text(form, value):
    """A plain reading of what a value is as a text."""
    if isinstance(value, str):
        return placeholders(form, value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return {"nan": "NaN", "inf": "INF", "-inf": "-INF"}[str(value)]
    if isinstance(value, datetime):
        offset = value.utcoffset()
        whole = offset is None or offset.total_seconds() % 60 == 0
        return (value if whole else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat() + ("T00:00:00" if form == "xes" else "")
    return str(value)


def expected(form, case, event):
    told = {f"case:{key}": value for key, value in case.items()} | event
    return {placeholders(form, key): as_text(form, value) for key, value in told.items() if value is not None}


def distinct(form, case, event):
    """Whether no two keys become one by their placeholders: such an event is a fault, not a round trip."""
    told = [f"case:{key}" for key in case] + list(event)
    return len({placeholders(form, key) for key in told}) == len(told)


def blank(text):
    """A row of such cells is a blank line to everyone who reads CSV; tabs and line ends are marked, and so are none."""
    return not text.strip() and not set(text) & set("\t\r\n")


def lost(form, pairs):
    """How many characters the format cannot hold, in what is written."""
    count = 0
    before = None
    for case, event in pairs:
        told = {**event}
        if form != "xes" or case != before:
            told |= {("case", key): value for key, value in case.items()}
        before = case
        for key, value in told.items():
            if form == "xes" and value is None:
                continue
            key_text = key[1] if isinstance(key, tuple) else key
            count += sum(map(FORBIDDEN[form], key_text)) + sum(
                map(FORBIDDEN[form], value if isinstance(value, str) else "")
            )
    return count


@pytest.mark.parametrize("form", ["xes", "jsonl"])
@given(pairs=events)
@example(pairs=[({"name": text}, {"text": text}) for text in NASTY])
def test_what_is_written_is_read_again(folder, form, pairs):
    pairs = [pair for pair in pairs if distinct(form, *pair)]
    text, replaced = written(form, pairs)
    if not pairs and form == "jsonl":
        assert text == ""
        return
    rows = read_bytes(folder, text)
    assert [dict(row.cells) for row in rows] == [expected(form, *pair) for pair in pairs]
    assert [row.faults for row in rows if row.faults] == []
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert replaced == lost(form, pairs)


@given(pairs=events)
@example(pairs=[({"name": "c"}, {"text": text}) for text in NASTY])
def test_csv_is_read_again_with_every_apostrophe_taken_off(folder, pairs):
    columns = list(dict.fromkeys(k for c, e in pairs for k in [*(f"case:{key}" for key in c), *e])) or ["only"]
    names = [placeholders("csv", name) for name in columns]
    pairs = [pair for pair in pairs if len({*pair[1]} & {f"case:{k}" for k in pair[0]}) == 0]
    if len(set(names)) < len(names):
        return
    text, replaced = written("csv", pairs, columns=columns)
    rows = read_bytes(folder, text, unquoted=True)
    full = [dict.fromkeys(names, "") | expected("csv", *pair) for pair in pairs]
    assert [dict(row.cells) for row in rows] == [row for row in full if not all(map(blank, row.values()))]
    assert [row.faults for row in rows if row.faults] == []
    told = [{f"case:{key}": value for key, value in case.items()} | event for case, event in pairs]
    cells = [*columns, *(value for row in told for value in row.values() if isinstance(value, str))]
    assert replaced == sum(sum(map(FORBIDDEN["csv"], cell)) for cell in cells)


@given(value=nested)
def test_values_inside_one_another_stay_so_in_json_lines_and_are_one_text_elsewhere(folder, value):
    given_value = {"inside": [value]}
    line, _ = written("jsonl", [({"name": "c"}, {"step": given_value})])
    (row,) = read_bytes(folder, line)
    stands = json.loads(line)["event"]["step"]
    assert isinstance(stands["inside"], list)
    assert json.loads(row.cells["step"]) == stands
    xml, _ = written("xes", [({"name": "c"}, {"step": given_value})])
    (from_xes,) = read_bytes(folder, xml)
    assert json.loads(from_xes.cells["step"])["inside"].__class__ is list
