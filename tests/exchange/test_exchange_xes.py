"""XES as the standard allows it: what each event says, with its trace, its nested attributes and its defaults."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.files import cells, event, log, read, read_bytes

ONE = event(("string", "concept:name", "visit"), ("date", "time:timestamp", "2026-03-01T09:30:00Z"))


def test_an_event_says_what_it_and_its_trace_say(tmp_path):
    trace = f'<trace><string key="concept:name" value="hazel"/><int key="year" value="2026"/>{ONE}{ONE}</trace>'
    (first, second) = read_bytes(tmp_path, log(trace + f"<trace>{ONE}</trace>"))[:2]
    assert dict(first.cells) == {
        "case:concept:name": "hazel",
        "case:year": "2026",
        "concept:name": "visit",
        "time:timestamp": "2026-03-01T09:30:00Z",
    }
    assert (first.number, second.number) == (1, 2)
    assert first.faults == ()


def test_the_place_of_an_event_is_where_its_tag_begins(tmp_path):
    xml = "<log>\n\n  <trace>\n <event/><event\n  /></trace></log>"
    assert [row.place for row in read_bytes(tmp_path, xml)] == ["line 4, column 2", "line 4, column 10"]


def test_traces_of_one_name_stay_what_they_are(tmp_path):
    trace = '<trace><string key="concept:name" value="hazel"/><event/></trace>'
    assert cells(tmp_path, log(trace * 2)) == [{"case:concept:name": "hazel"}] * 2


def test_traces_without_events_and_logs_without_traces_have_no_rows(tmp_path):
    assert cells(tmp_path, log('<trace><string key="concept:name" value="hazel"/></trace><trace/>')) == []
    assert cells(tmp_path, "<log/>") == []


def test_what_one_trace_says_is_not_said_of_the_next(tmp_path):
    xml = log('<trace><string key="a" value="1"/><event/></trace><trace><event/></trace>')
    assert cells(tmp_path, xml) == [{"case:a": "1"}, {}]


def test_nested_attributes_have_the_keys_of_those_around_them(tmp_path):
    inner = '<string key="a" value="1"><int key="b" value="2"><boolean key="c" value="true"/></int></string>'
    assert cells(tmp_path, log(f"<trace>{inner}<event>{inner}</event></trace>")) == [
        {"case:a": "1", "case:a/b": "2", "case:a/b/c": "true", "a": "1", "a/b": "2", "a/b/c": "true"}
    ]


@pytest.mark.parametrize("name", ["list", "container"])
def test_items_of_a_list_are_told_apart_when_they_share_a_key(tmp_path, name):
    items = '<string key="who" value="x"/><string key="who" value="y"/><string key="who" value="y"/>'
    for inside in (items, f"<values>{items}</values>"):
        xml = log(f'<trace><event><{name} key="team">{inside}</{name}><{name} key="none"/></event></trace>')
        assert cells(tmp_path, xml) == [{"team/who": "x", "team/who#2": "y", "team/who#3": "y"}]


def test_lists_inside_a_list_are_told_apart_too(tmp_path):
    item = '<list key="action"><values><string key="what" value="{}"/></values></list>'
    xml = log(
        f'<trace><event><list key="plan"><values>{item.format(1)}{item.format(2)}</values></list></event></trace>'
    )
    assert cells(tmp_path, xml) == [{"plan/action/what": "1", "plan/action#2/what": "2"}]


def test_an_item_is_told_apart_from_a_list_and_from_a_key_that_looks_numbered(tmp_path):
    nested = '<list key="x"><values><string key="y" value="1"/></values></list>'
    item = '<string key="x" value="2"/>'
    numbered = '<list key="x#2"/>'
    xml = log(f'<trace><event><list key="l"><values>{numbered}{nested}{item}{item}</values></list></event></trace>')
    assert cells(tmp_path, xml) == [{"l/x/y": "1", "l/x#3": "2", "l/x#4": "2"}]


@pytest.mark.parametrize(
    "inside",
    [
        '<list key="a"/><list key="a"/>',
        '<list key="a"/><string key="a" value="1"/>',
        '<string key="a" value="1"/><list key="a"/>',
    ],
)
def test_a_list_that_comes_twice_is_a_fault(tmp_path, inside):
    (row,) = read_bytes(tmp_path, log(f"<trace><event>{inside}</event></trace>"))
    assert [fault.got for fault in row.faults] == ["'a' a second time"]


GLOBALS = """
<global scope="trace"><string key="concept:name" value="UNKNOWN"/><string key="kind" value="review"/></global>
<global scope="event">
  <string key="concept:name" value="UNKNOWN"><string key="why" value="nobody said"/></string>
  <list key="team"><values><string key="who" value="nobody"/></values></list>
</global>
<global><string key="org:resource" value="somebody"/></global>
"""


def test_defaults_stand_where_a_key_is_absent_and_nowhere_else(tmp_path):
    given_all = (
        '<event><string key="concept:name" value="visit"/><list key="team"/><id key="org:resource" value="b"/></event>'
    )
    xml = log(f'{GLOBALS}<trace><string key="kind" value="audit"/>{given_all}<event/></trace>')
    case = {"case:kind": "audit", "case:concept:name": "UNKNOWN"}
    assert cells(tmp_path, xml) == [
        case | {"concept:name": "visit", "org:resource": "b"},
        case
        | {
            "concept:name": "UNKNOWN",
            "concept:name/why": "nobody said",
            "team/who": "nobody",
            "org:resource": "somebody",
        },
    ]


def test_a_default_that_is_no_value_is_a_fault_only_of_the_rows_that_take_it(tmp_path):
    xml = log(f'<global scope="event"><date key="time:timestamp" value="DATE"/></global><trace>{ONE}<event/></trace>')
    good, bad = read_bytes(tmp_path, xml)
    assert good.faults == ()
    (fault,) = bad.faults
    assert (fault.where, fault.got) == ("line 3, column 23", "'DATE' as 'time:timestamp'")


def test_extensions_classifiers_and_what_the_log_says_of_itself_are_passed_over(tmp_path):
    aside = """<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
    <classifier name="Activity" keys="concept:name"/>
    <string key="source" value="made"><list key="meta"><values><int key="n" value="x"/></values></list></string>"""
    assert cells(tmp_path, log(f"{aside}<trace><event/></trace><string key='after' value='all'/>")) == [{}]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            "date",
            [
                "2026-03-01T09:30:00.000+01:00",
                "2026-03-01T09:30:00Z",
                "2026-03-01T09:30",
                "2026-03-01",
                "20260301T0930",
            ],
            ["", "2022-9-1", "2025-05- 10", "01/03/2026", "2026-02-30T09:00:00", "2026-03-01 09:30:00", "soon"],
        ),
        ("int", ["0", "-7", "+7", " 7 ", str(2**63 - 1), str(-(2**63))], ["", "1.0", "1_0", "٣", str(2**63), "9" * 30]),
        (
            "float",
            ["0", "-1.5", "1e-7", ".5", "2.", "INF", "-INF", "NaN"],
            ["", "1,5", "nan", "inf", "1_0", "0x1", "e5"],
        ),
        ("boolean", ["true", "false", "1", "0", " true "], ["", "True", "yes", "2"]),
        ("string", ["", " x ", "é"], []),
        ("id", ["", "urn:uuid:1"], []),
    ],
)
def test_values_are_judged_by_their_type_and_given_as_they_stand(tmp_path, kind, good, bad):
    for value in [*good, *bad]:
        row, after = read_bytes(tmp_path, log(f"<trace>\n{event((kind, 'k', value))}{ONE}</trace>"))
        assert dict(row.cells) == {"k": value}
        assert after.faults == ()
        assert len(row.faults) == (value in bad)
        for fault in row.faults:
            assert fault.where == "line 4, column 8"
            assert fault.got.endswith("as 'k'")


def test_a_fault_of_a_trace_is_one_of_each_of_its_events_and_of_no_other(tmp_path):
    bad = '<trace><date key="begun" value="2022-9-1"/><event/><event/></trace>'
    rows = read_bytes(tmp_path, log(bad + f"<trace>{ONE}</trace>"))
    assert [[fault.got for fault in row.faults] for row in rows] == [["'2022-9-1' as 'begun'"]] * 2 + [[]]


def test_a_key_that_comes_twice_is_a_fault_unless_it_says_the_same(tmp_path):
    twice = event(("string", "a", "1"), ("string", "a", "2"))
    same = event(("string", "a", "1"), ("string", "a", "1"))
    first, second = read_bytes(tmp_path, log(f"<trace>{twice}{same}</trace>"))
    assert [fault.got for fault in first.faults] == ["'a' a second time"]
    assert second.faults == ()
    own = log(f'<trace><string key="a" value="1"/>{event(("string", "case:a", "2"))}</trace>')
    assert [fault.got for fault in read_bytes(tmp_path, own)[0].faults] == ["'case:a' a second time"]


@pytest.mark.parametrize(
    ("opening", "prefix"),
    [
        ('<log xmlns="http://www.xes-standard.org/">', ""),
        ('<x:log xmlns:x="urn:any">', "x:"),
        ("<log>", ""),
    ],
)
def test_namespaces_say_nothing(tmp_path, opening, prefix):
    p = prefix
    xml = f'{opening}<{p}trace><{p}event><{p}string key="a" value="1"/></{p}event></{p}trace></{p}log>'
    assert cells(tmp_path, xml) == [{"a": "1"}]


def test_other_attributes_of_an_element_say_nothing(tmp_path):
    xml = '<log><trace><event><string xml:lang="en" value="1" key="a"/></event></trace></log>'
    assert cells(tmp_path, xml) == [{"a": "1"}]


def test_comments_instructions_and_blanks_change_nothing(tmp_path):
    noise = "<!-- <event/> --><?reader <event/> ?><![CDATA[ \n ]]>\n\t"
    xml = log(f'{noise}<trace>{noise}<event>{noise}<string key="a" value="1">{noise}</string>{noise}</event></trace>')
    assert cells(tmp_path, xml + "<!-- the end --><?really?>\n") == [{"a": "1"}]


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16LE", "utf-16-le"),
        ("UTF-16BE", "utf-16-be"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-15", "iso-8859-15"),
        ("US-ASCII", "ascii"),
    ],
)
def test_the_declared_encoding_is_read(tmp_path, encoding, codec):
    value = "plain" if codec == "ascii" else "Zoë"
    xml = f'<?xml version="1.0" encoding="{encoding}"?><log><trace>{event(("string", "a", value))}</trace></log>'
    assert cells(tmp_path, xml.encode(codec)) == [{"a": value}]


def test_entities_that_xml_itself_knows_are_read(tmp_path):
    xml = log('<trace><event><string key="a" value="&lt;&amp;&gt;&quot;&apos;&#10;&#x1F600;"/></event></trace>')
    assert cells(tmp_path, xml) == [{"a": "<&>\"'\n\U0001f600"}]


kinds = st.sampled_from(["string", "id"])
names = st.sampled_from(["a", "b", "concept:name", "org:resource"])
texts = st.text("ab<&\n\"' é", max_size=4)


def having(inside):
    return st.lists(st.tuples(kinds, names, texts, inside), max_size=3, unique_by=lambda made: made[1])


attributes = having(having(having(st.just([]))))
logs = st.tuples(attributes, attributes, st.lists(st.tuples(attributes, st.lists(attributes, max_size=4)), max_size=4))


def element(parent, name, inside):
    made = ET.SubElement(parent, name)
    fill(made, inside)
    return made


def fill(parent, inside):
    for kind, key, value, nested in inside:
        fill(ET.SubElement(parent, kind, key=key, value=value), nested)


def flat(parent, prefix):
    """A plain reading of the attributes below one element, in words of the standard."""
    found = {}
    for child in parent:
        if child.tag in {"string", "id"}:
            key = prefix + child.get("key")
            found[key] = child.get("value")
            found |= flat(child, key + "/")
    return found


def defaulted(own, scope, prefix):
    keys = {key.removeprefix(prefix).split("/")[0] for key in own}
    return {prefix + key: value for key, value in flat(scope, "").items() if key.split("/")[0] not in keys} | own


@given(parts=logs)
def test_the_stream_tells_what_the_tree_tells(tmp_path_factory, parts):
    root = ET.Element("log")
    traces, events, told = parts
    for scope, inside in (("trace", traces), ("event", events)):
        element(root, "global", inside).set("scope", scope)
    for case, rows in told:
        trace = element(root, "trace", case)
        for row in rows:
            element(trace, "event", row)
    path = tmp_path_factory.getbasetemp() / "oracle.xes"
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    root = ET.parse(path).getroot()
    trace_scope, event_scope = root.findall("global")
    expected = [
        defaulted(flat(trace, "case:"), trace_scope, "case:") | defaulted(flat(row, ""), event_scope, "")
        for trace in root.findall("trace")
        for row in trace.findall("event")
    ]
    assert [dict(row.cells) for row in read(path)] == expected
