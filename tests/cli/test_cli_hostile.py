"""Whatever is handed in, a file or a word, a fault of it is exit 2 with its place; nothing is written, no traceback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.shell import LENA, PRIYA
from reviewflow.cli.values import from_file, from_sets
from reviewflow.errors import BadInput

CYCLE = "hazel-2026-1"


def ascii_id(value):
    return ascii(value)[:30]


BYTES = {
    "empty": b"",
    "nul": b"\x00\x00\x00",
    "binary": bytes(range(256)),
    "zip": b"PK\x03\x04 not really",
    "utf16": "\ufefffirst_day: x".encode("utf-16"),
    "cut utf8": b"first_day: \xc3",
    "deep json": b"{" + b'"a":{' * 5000,
    "deep yaml": b"[" * 5000,
    "deep json list": b'{"a":' + b"[" * 100_000,
    "bad json": b'{"first_day": ',
    "twice": b'{"first_day": "2026-10-12", "first_day": "2026-10-13"}',
    "nan": b'{"first_day": NaN}',
    "long number": b'{"first_day": ' + b"9" * 5000 + b"}",
    "alias bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "tag": b"!!python/object/apply:os.system ['true']\n",
    "two documents": b"a: 1\n---\nb: 2\n",
    "a list": b"- 1\n- 2\n",
    "a word": b"hello\n",
    "duplicate yaml": b"a: 1\na: 2\n",
    "control": b"a: \x1b[2J\n",
    "unknown fields": b'{"__class__": "x", "first_day": {"a": {"b": {"c": 1}}}}',
    "wrong shapes": b'{"first_day": [], "last_day": {}, "mode": 7, "questions": "x"}',
    "large": b"{" + b" " * 1_100_000 + b"}",
}


@pytest.mark.parametrize("name", BYTES)
def test_forms(still, tmp_path, name):
    file = tmp_path / "form"
    file.write_bytes(BYTES[name])
    assert still.wrong("cycle", "do", CYCLE, "schedule_visit", "--form", str(file), "--as", PRIYA) != []
    assert still.wrong("cycle", "do", CYCLE, "schedule_visit", "--form", "-", "--as", PRIYA, input=BYTES[name]) != []


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.parametrize(
    "words", [("organisation", "import"), ("organisation", "import", "--links"), ("calendar", "import")]
)
def test_registers_and_calendars(still, tmp_path, name, words):
    file = tmp_path / "file"
    file.write_bytes(BYTES[name])
    before = still.records
    fault = still.fault(*words, str(file), code=2)
    assert fault["faults"]
    assert still.records == before


@pytest.mark.parametrize("name", BYTES)
def test_definitions(still, tmp_path, name):
    file = tmp_path / "w.yaml"
    file.write_bytes(BYTES[name])
    for words in (("check",), ("publish",), ("show",), ("diagram",)):
        assert still.fault("workflow", *words, str(file), code=2)["faults"]


@pytest.mark.parametrize("file", ["no-such-file", ".", "/", "a" * 5000, "x\x00y", "/proc/self/mem"])
def test_files_that_cannot_be_read(still, file):
    for words in (
        ("cycle", "do", CYCLE, "schedule_visit", "--form", file, "--as", PRIYA),
        ("cycle", "evidence", CYCLE, "self_evaluation", "--file", file, "--as", LENA),
        ("organisation", "import", file),
        ("calendar", "import", file),
        ("workflow", "check", file),
        ("workflow", "publish", file),
    ):
        assert still.fault(*words, code=2)["faults"]


@pytest.mark.parametrize(
    "sets",
    [["focus_areas"], ["=x"], [".=x"], ["a..b=x"], ["a.b.c.d=x"], ["focus_areas=x", "focus_areas.1.a=y"], ["nothing=x"],
     ["focus_areas=\x1b[2J"], ["focus_areas=\u202eevil"], ["focus_areas=a", "focus_areas=b", "focus_areas=c"],
     ["focus_areas=" + "x" * 100_000], ["theme=no_such", "focus_areas=x"], ["focus_areas=\ud800"]],
    ids=ascii_id,
)  # fmt: skip
def test_sets(still, sets):
    words = [word for one in sets for word in ("--set", one)]
    shown = still.run("cycle", "do", CYCLE, "choose_focus", *words, "--as", LENA, code=2)
    assert "\x1b" not in shown.output
    assert "\u202e" not in shown.output
    assert still.wrong("cycle", "do", CYCLE, "choose_focus", *words, "--as", LENA) != []


ODD = ["\x1b]0;title\x07", "\u202eevil", "a\nb", "\x00", "\ud800", "x" * 100_000, " ", "\u200b"]


@pytest.mark.parametrize("odd", ODD, ids=ascii_id)
def test_names_of_people_and_places(still, odd):
    for words in (("person", "add"), ("organisation", "add"), ("partnership", "add"), ("programme", "add")):
        assert still.wrong(*words, "--", odd) != [], words
    assert still.wrong("person", "add", "Zoe Example", "--email", odd) != []


@pytest.mark.parametrize("odd", ["\x1b]0;title\x07", "\u202eevil", "\x00", "\ud800", " ", ""], ids=ascii_id)
def test_texts_of_cycles(still, odd):
    assert still.wrong("cycle", "note", CYCLE, "--as", LENA, "--", odd) != []


def test_what_steers_a_terminal_is_shown_and_does_not_steer(north):
    text = "first\nsecond\ttab"
    north.run("cycle", "note", CYCLE, text, "--as", LENA)
    shown = north.run("cycle", "show", CYCLE, "--history").stdout
    assert "second" in shown
    assert all(c.isprintable() or c in "\n\t" for c in shown)


def test_a_workflow_is_told_with_line_and_column(still, tmp_path):
    file = tmp_path / "w.yaml"
    file.write_text("workflow: x\ntitle: T\nedition: 2026\n")
    shown = still.run("workflow", "check", str(file), code=2).stderr
    assert f"{file}:3:10:" in shown
    both = still.fault("workflow", "check", str(file), str(file), code=2)
    assert len(both["faults"]) == 2 * len(still.fault("workflow", "check", str(file), code=2)["faults"])


def read_or_faults(read, given):
    """What was read; None if faults were told."""
    try:
        return read(given)
    except BadInput as error:
        return None if error.faults else "a fault without a fault"


@given(st.lists(st.text(max_size=30), max_size=6))
def test_sets_are_read_or_refused(sets):
    found = read_or_faults(from_sets, sets)
    assert found is None or all("=" in one for one in sets)


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda t: b"{" + t.encode("utf-8", "surrogatepass")))
)
def test_forms_are_read_or_refused(tmp_path_factory, data):
    file = tmp_path_factory.getbasetemp() / "form"
    file.write_bytes(data)
    found = read_or_faults(from_file, str(file))
    assert found is None or isinstance(found, dict)


def test_rows_and_lists_out_of_sets():
    assert from_sets(["a=1", "b=x", "b=y", "c.1.d=e", "c.1.f=g=h", "c.x2.d="]) == {
        "a": "1", "b": ["x", "y"], "c": {"1": {"d": "e", "f": "g=h"}, "x2": {"d": ""}}}  # fmt: skip


def test_a_field_is_given_once(still, tmp_path):
    file = tmp_path / "form.json"
    file.write_text('{"planned_day": "2026-10-12"}')
    words = ("cycle", "do", CYCLE, "plan_visit", "--form", str(file), "--set", "planned_day=2026-10-13", "--as", PRIYA)
    assert still.wrong(*words) == ["planned_day"]
