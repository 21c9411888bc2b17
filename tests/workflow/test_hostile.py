"""Files meant to harm, and files broken by accident: always `BadDefinition` with a place, and soon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.sample_workflow import faults_of, sample, written
from kit.world import WORKFLOWS
from reviewflow.workflow.parse import parse
from reviewflow.workflow.yaml_nodes import read

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join('*' + chr(97 + n) for _ in range(9))}]\n" for n in range(9)
)

HOSTILE: list[tuple[str, str | bytes, int, int, str]] = [
    # what, source, line and column of the fault, part of what is wanted
    ("empty", "", 1, 1, "a workflow definition"),
    ("blank", "  \n\n", 3, 1, "a workflow definition"),
    ("comment only", "# nothing\n", 2, 1, "a workflow definition"),
    ("nothing said", "---\n", 2, 1, "a mapping"),
    ("a text", "hello\n", 1, 1, "a mapping"),
    ("a list", "- workflow: x\n", 1, 1, "a mapping"),
    ("binary", b"\x7fELF\x02\x01\x01\x00", 1, 1, "without control characters"),
    ("not UTF-8", b"workflow: x\ntitle: caf\xe9\n", 2, 11, "UTF-8"),
    ("UTF-16", "workflow: x\n".encode("utf-16"), 1, 1, "UTF-8"),
    ("NUL", "workflow: a\x00b\n", 1, 12, "without control characters"),
    ("bell", "workflow: x\ntitle: a\x07b\n", 2, 9, "without control characters"),
    ("a line end of YAML 1.1", "workflow: x\ntitle: a\u2028b\n", 2, 9, "without control characters"),
    ("writing turned round", "workflow: x\ntitle: a\u202eb\n", 2, 9, "without control characters"),
    ("half a surrogate pair", "workflow: x\ntitle: a\ud800b\n", 2, 9, "without control characters"),
    ("10 MB", b"a: b\n" * 2_000_000, 1, 1, "at most 1,000,000 bytes"),
    ("10 MB of text", "é" * 5_000_000, 1, 1, "at most 1,000,000 bytes"),
    ("a million laughs", LAUGHS, 1, 4, "no anchors"),
    ("anchor", "workflow: &x y\n", 1, 11, "no anchors"),
    ("alias", "workflow: *x\n", 1, 11, "the value itself"),
    ("alias as key", "*x : 1\n", 1, 1, "the value itself"),
    ("merge", "a: {b: 1}\n<<: *a\n", 2, 5, "the value itself"),
    ("tag", "workflow: !!python/object/apply:os.system [ls]\n", 1, 11, "no tags"),
    ("tag on a key", "!!str workflow: x\n", 1, 1, "no tags"),
    ("own tag", "workflow: !x y\n", 1, 11, "no tags"),
    ("%TAG", "%TAG ! tag:x,2000:\n---\nworkflow: x\n", 1, 1, "no tags"),
    ("%YAML 1.1", "%YAML 1.1\n---\nworkflow: x\n", 1, 1, "YAML 1.2"),
    ("two documents", "workflow: x\n---\nworkflow: y\n", 2, 1, "one definition"),
    ("a key twice", "workflow: x\ntitle: a\nworkflow: y\n", 3, 1, "at line 1 already"),
    ("a key twice, written otherwise", "workflow: x\n'workflow': y\n", 2, 1, "at line 1 already"),
    ("number as key", "1: x\n", 1, 1, "a name as the key"),
    ("true as key", "roles:\n  true: x\n", 2, 3, "a name as the key"),
    ("nothing as key", "roles: {~: x}\n", 1, 9, "a name as the key"),
    ("colon first", ": x\n", 1, 1, "want"),
    ("list as key", "? [a, b]\n: x\n", 1, 3, "a name as the key"),
    ("mapping as key", "{{a: b}: c}\n", 1, 2, "a name as the key"),
    ("tab for indenting", "workflow: x\nroles:\n\thead: y\n", 3, 1, "tabs are not allowed"),
    ("tab after spaces", "roles:\n  head:\n  \ttitle: y\n", 3, 3, "tabs are not allowed"),
    ("deep list", "a: " + "[" * 1000, 1, 43, "at most 40 levels"),
    ("deep mapping", "{a: " * 1000, 1, 161, "at most 40 levels"),
    ("deep blocks", "".join(" " * n + "a:\n" for n in range(900)), 41, 41, "at most 40 levels"),
    ("deep dashes", "- " * 400_000, 1, 81, "at most 40 levels"),
    ("many values", "- x\n" * 240_000, 20_000, 3, "at most 20,000"),
    ("many keys", "".join(f"k{n}: 1\n" for n in range(60_000)), 10_000, 8, "at most 20,000"),
    ("question marks", "? " * 400_000, 1, 81, "at most 40 levels"),
    ("open quote", 'workflow: "abc\n', 2, 1, "closing quotation mark"),
    ("open bracket", "workflow: [a, b\n", 2, 1, "closing bracket"),
    ("closing bracket alone", "workflow: ]\n", 1, 11, "want"),
    ("two colons", "workflow: a: b\n", 1, 12, "quotes"),
    ("percent", "workflow: %x\n", 1, 11, "quotes"),
    ("at", "workflow: @x\n", 1, 11, "quotes"),
    ("bad escape", 'workflow: "\\q"\n', 1, 13, "want"),
    ("uneven", "a:\n    b: 1\n  c: 2\n", 3, 3, "indentation"),
    ("no colon", "workflow: x\ntitle\nedition: y\n", 3, 1, "want"),
]


@pytest.mark.parametrize(
    ("source", "line", "column", "want"), [row[1:] for row in HOSTILE], ids=[r[0] for r in HOSTILE]
)
def test_a_hostile_file_is_refused_with_its_place(source, line, column, want):
    faults = faults_of(source)
    assert any((f.line, f.column) == (line, column) and want in f.want for f in faults), faults
    assert all(len(str(fault)) < 300 for fault in faults)


def test_anchors_are_never_followed():
    tree = read(LAUGHS)
    assert all("anchor" in fault.got or "alias" in fault.got for fault in tree.faults)
    assert tree.root["j"] == [None] * 9


def test_many_faults_of_one_kind_stay_readable():
    faults = faults_of({**sample(), **{f"titel{n}": "x" for n in range(2000)}})
    assert len(faults) == 2000
    assert len({fault.path for fault in faults}) == 2000


def test_many_unknown_names_are_all_said():
    names = [f"leed{n}" for n in range(3000)]
    faults = faults_of(sample(transitions__visit__by=names))
    assert len(faults) == 3000


@pytest.mark.parametrize(
    "title",
    [
        "Besuch 🎉👩‍🏫",
        "ביקור",
        "زيارة",
        "e\u0301cole",
        "学校評価",
        "Z̸̢̛̦a̶l̵g̷o̵",
        "a\u200eb\u200f",
        "'\"<>&{}[]#%@`|",
        "-",
        "null ",
        "  x  ",
    ],
)
def test_titles_may_be_in_any_script(title):
    document = sample(title=title, transitions__visit__title=title)
    assert parse(written(document), "s").definition.title == title


@pytest.mark.parametrize(
    "name",
    [
        "besuch🎉",
        "ביקור",
        "e\u0301cole",
        "écol",
        "Visit",
        "visit-1",
        "1visit",
        "_x",
        "vi sit",
        "x" * 65,
        "",
        "a.b",
        "\u0430",
    ],
)
def test_names_are_plain(name):
    faults = faults_of(sample(**{"forms__words__" + name: {"type": "text"}}) if "." not in name else _dotted(name))
    assert len(faults) == 1
    assert faults[0].line > 0
    assert "want" in faults[0].want


def _dotted(name: str):
    document = sample()
    document["forms"]["words"][name] = {"type": "text"}
    return document


SPP = (WORKFLOWS / "spp-peer-review.yaml").read_text(encoding="utf-8")
SPP_LINES = SPP.splitlines(keepends=True)
numbers = st.integers(0, len(SPP_LINES) - 1)
scraps = st.sampled_from(
    ["", " ", "\t", "x", ":", "- ", "{", "}", "[", "]", "'", '"', "!", "&a ", "*a", "#", "|", ">", "%", "@", "`", "~",
     "? ", "null", "true", "1", "\n", "---\n", "...\n", "é", "\u202e", "\x00", "\ufeff", "<<: ", "\\", ", ", "9" * 40],
)  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> str:
    """The SPP definition after one to three accidents."""
    lines = list(SPP_LINES)
    for _ in range(draw(st.integers(1, 3))):
        at, other = draw(numbers) % len(lines), draw(numbers) % len(lines)
        match draw(st.sampled_from(["delete", "double", "swap", "values", "indent", "insert", "cut"])):
            case "delete":
                del lines[at]
            case "double":
                lines.insert(other, lines[at])
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "values":
                (key, colon, value), (key2, colon2, value2) = lines[at].partition(": "), lines[other].partition(": ")
                lines[at], lines[other] = key + colon + (value2 or "\n"), key2 + colon2 + (value or "\n")
            case "indent":
                lines[at] = draw(st.sampled_from(["  ", " ", "\t"])) + lines[at]
            case "insert":
                where = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:where] + draw(scraps) + lines[at][where:]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
    return "".join(lines)


@given(broken())
def test_a_broken_definition_is_refused_or_right_and_nothing_else(text: str):
    lines = text.count("\n") + 2
    for fault in faults_of(text):
        assert 1 <= fault.line <= lines
        assert fault.column >= 1
        assert fault.want


@given(st.text(max_size=60) | st.text(alphabet=" \n\t-:[]{}'\"!&*#|>%@`?,ab1~\\", max_size=60))
def test_any_text_is_read_or_refused(text: str):
    tree = read(text)
    assert tree.complete or tree.faults


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes):
    tree = read(data)
    assert tree.complete or tree.faults
