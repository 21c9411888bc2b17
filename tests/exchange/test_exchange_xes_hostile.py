"""XES that is none, or that was made to harm: refused with its place, after the events before it were given out."""

import codecs
import re
from xml.parsers import expat

import pytest

from exchange.files import cells, event, log, many, read_bytes, refusal
from reviewflow.exchange.limits import DEEPEST, LARGEST_CELL, LARGEST_EVENT, LARGEST_KEY, MOST_CELLS

GOOD = '<trace><event><string key="a" value="1"/></event>'
PLACE = re.compile(r"line \d+, column \d+")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


def refused(folder, data, got, place=None, before=0):
    rows, fault = refusal(folder, data)
    assert got in fault.got
    assert PLACE.fullmatch(fault.where)
    assert fault.where == (place or fault.where)
    assert len(rows) == before
    return fault


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE log [{LAUGHS}]>",
        '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE log SYSTEM "http://example.invalid/log.dtd">',
        '<!DOCTYPE log PUBLIC "-//X//Y" "http://example.invalid/log.dtd">',
        '<!DOCTYPE log [<!ENTITY % x SYSTEM "http://example.invalid/x"> %x;]>',
        '<!DOCTYPE log [<!ATTLIST string key CDATA "made-up">]>',
        "<!DOCTYPE log>",
    ],
)
def test_a_document_type_is_refused_before_anything_in_it_is_read(tmp_path, doctype):
    xml = f'<?xml version="1.0"?>\n{doctype}\n<log><trace>{event(("string", "a", "&l9;"))}</trace></log>'
    fault = refused(tmp_path, xml, "DOCTYPE")
    assert fault.where.startswith("line 2, ")


def test_an_entity_nobody_declared_is_refused(tmp_path):
    refused(tmp_path, log(f'{GOOD}<event><string key="a" value="&x;"/></event></trace>'), "undefined entity", before=1)


SMALL = (
    '<?xml version="1.0"?>\n<log><!-- c -->\n<trace><event>\n<string key="é" value="&amp;"/></event></trace></log>'
).encode()


def test_a_file_cut_short_at_any_byte_is_refused(tmp_path):
    assert cells(tmp_path, SMALL) == [{"é": "&"}]
    cut = [SMALL[:size] for size in range(SMALL.index(b"<log"), len(SMALL))]
    for data in cut:
        _, fault = refusal(tmp_path, data)
        assert PLACE.fullmatch(fault.where), data


def test_a_file_with_any_bracket_quote_or_word_missing_is_refused(tmp_path):
    start = SMALL.index(b"<log")
    for lost in re.finditer(rb'[<>"/]|key|value|=|log|trace|event|string', SMALL[start:]):
        data = SMALL[: start + lost.start()] + SMALL[start + lost.end() :]
        if data.count(b"<!--") == data.count(b"-->"):
            refusal(tmp_path, data)


@pytest.mark.parametrize(
    ("inside", "got", "before"),
    [
        (f"{GOOD}</log>", "mismatched tag", 1),
        (f"{GOOD}</event></trace>", "mismatched tag", 1),
        ("<event/>", "<event> inside <log>", 0),
        (f"{GOOD}<trace/></trace>", "<trace> after the events of its trace", 1),
        ("<trace><trace/></trace>", "<trace>", 0),
        ("<trace><event><event/></event></trace>", "<event>", 0),
        ('<trace><string key="a" value="1"><event/></string></trace>', "<event>", 0),
        (f'{GOOD}<string key="late" value="1"/></trace>', "<string> after the events of its trace", 1),
        (f'{GOOD}</trace><global scope="event"/>', "<global> after a trace", 1),
        ('<global scope="universe"/>', "the scope 'universe'", 0),
        ('<global><string key="a" value="1"/><string key="a" value="1"/></global>', "the default 'a' a second", 0),
        ("<global><event/></global>", "<event>", 0),
        ("<log/>", "<log> inside <log>", 0),
        ("<other/>", "<other> inside <log>", 0),
        ('<string key="a" value="1"><other/></string>', "<other>", 0),
        (f'{GOOD}<event><other key="a" value="1"/></event></trace>', "<other>", 1),
        ("<trace><event><values/></event></trace>", "<values>", 0),
        ('<trace><event><string value="1"/></event></trace>', "without a key", 0),
        ('<trace><event><string key="" value="1"/></event></trace>', "without a key", 0),
        ("<trace><event><list/></event></trace>", "without a key", 0),
        ('<trace><event><string key="a"/></event></trace>', "<string> 'a' without a value", 0),
        ('<trace><int key="a"/></trace>', "<int> 'a' without a value", 0),
        ('<trace><event><string key="a" key="b" value="1"/></event></trace>', "duplicate attribute", 0),
        (f"{GOOD}<event>string key='a' value='1'/></event></trace>", "text between elements, 'string key=", 1),
        (f"{GOOD}<![CDATA[<event/>]]></trace>", "text between elements, '<event/>'", 1),
        (f"{GOOD}</trace>more", "text between elements, 'more'", 1),
        ("<trace><event>&#0;</event></trace>", "reference to invalid character", 0),
        ("<trace><event>\x01</event></trace>", "not well-formed", 0),
    ],
)
def test_what_is_no_log_of_traces_of_events_is_refused(tmp_path, inside, got, before):
    refused(tmp_path, log(inside), got, before=before)


@pytest.mark.parametrize(
    "root", ["<html/>", "<trace/>", "<event/>", "<string key='a' value='1'/>", "<logs/>", "<Log/>"]
)
def test_another_root_is_refused(tmp_path, root):
    refused(tmp_path, root, "as the root", "line 1, column 1")


def test_a_second_root_and_text_after_the_end_are_refused(tmp_path):
    refused(tmp_path, "<log/><log/>", "junk after document element")
    refused(tmp_path, "<log/>more", "junk after document element")


def nested(depth):
    return log("<trace><event>" + "<string key='a' value='1'>" * depth + "</string>" * depth + "</event></trace>")


def test_deep_nesting_is_refused_at_its_limit(tmp_path):
    inside = DEEPEST - 3  # log, trace, event
    assert len(cells(tmp_path, nested(inside))[0]) == inside
    refused(tmp_path, nested(inside + 1), f"more than {DEEPEST} deep")
    refused(tmp_path, nested(5000), f"more than {DEEPEST} deep")
    refused(tmp_path, log("<string key='a' value='1'>" * DEEPEST), f"more than {DEEPEST} deep")
    lists = "<list key='a'><values>" * DEEPEST
    refused(tmp_path, log(f"<trace>{lists}"), f"more than {DEEPEST} deep")


def one(key, value):
    return log(f"{GOOD}{event(('string', key, value))}</trace>")


def test_long_values_and_keys_are_refused_at_their_limits(tmp_path):
    assert len(cells(tmp_path, one("a", "é" * LARGEST_CELL))[1]["a"]) == LARGEST_CELL
    refused(tmp_path, one("a", "é" * (LARGEST_CELL + 1)), f"a value of {LARGEST_CELL + 1:,} characters", before=1)
    assert cells(tmp_path, one("k" * LARGEST_KEY, "1"))[1] == {"k" * LARGEST_KEY: "1"}
    refused(tmp_path, one("k" * (LARGEST_KEY + 1), "1"), f"a key of {LARGEST_KEY + 1:,} characters", before=1)


def test_many_attributes_are_refused_at_their_limit(tmp_path):
    def having(count):
        return event(*(("string", f"k{n}", "1") for n in range(count)))

    case = '<trace><string key="name" value="hazel"/>'
    assert len(cells(tmp_path, log(f"{case}{having(MOST_CELLS)}</trace>"))[0]) == MOST_CELLS + 1
    refused(tmp_path, log(f"{case}<event/>{having(MOST_CELLS + 1)}</trace>"), "attributes", before=1)
    inside = having(MOST_CELLS + 1).removeprefix("<event>").removesuffix("</event>")
    refused(tmp_path, log(f"<trace>{inside}</trace>"), "attributes")
    refused(tmp_path, log(f'<trace><event><string key="n" value="1">{inside}'), "attributes")
    refused(tmp_path, log('<trace><event><list key="n">' + '<list key="x"/>' * 1200), "lists")
    refused(tmp_path, log("<trace><event>" + '<int key="a" value="x"/>' * 1200), "faults")
    refused(tmp_path, log("".join(f'<global><string key="{n}" value=""/></global>' for n in range(1200))), "defaults")


def test_one_endless_tag_or_event_is_refused_before_it_fills_the_memory(tmp_path):
    endless = "x" * (LARGEST_EVENT + 200_000)
    refused(tmp_path, f'<log><trace><event/><event><string key="{endless}', "of more", before=1)
    refused(tmp_path, f"<log><trace><event/><!-- {endless}", "of more", before=1)
    rows = f'<string key="a" value="{"x" * 100_000}"/>' * 200
    refused(tmp_path, f"<log><trace><event/><event>{rows}", "of more", before=1)
    refused(tmp_path, f"<log><trace>{rows}", "of more")


def test_names_without_end_are_refused(tmp_path):
    for made in ('<x{}:event xmlns:x{}="u"/>', '<event><string a{}{}="" key="a" value="1"/></event>'):
        rows, fault = refusal(tmp_path, log("<trace>" + "".join(made.format(n, n) for n in range(3000))))
        assert "names of elements" in fault.got
        assert len(rows) < 3000


@pytest.mark.parametrize(
    "name", ["EBCDIC-CP-US", "rot13", "hex", "unicode_escape", "UTF-7", "big5", "x", "idna", "UTF-32"]
)
def test_encodings_that_are_not_known_are_refused(tmp_path, name):
    xml = f'<?xml version="1.0" encoding="{name}"?><log/>'
    refused(tmp_path, xml, "encoding", "line 1, column 1")


def test_bytes_that_are_not_of_the_declared_encoding_are_refused(tmp_path):
    refused(tmp_path, log(GOOD + "<!-- é -->").encode("latin-1"), "not well-formed", before=1)
    xml = '<?xml version="1.0" encoding="UTF-16"?><log/>'
    refused(tmp_path, xml, "encoding specified in XML declaration is incorrect")
    odd = codecs.BOM_UTF16_LE + "<log><trace/></log>".encode("utf-16-le")[:-1]
    refused(tmp_path, odd, "")


def test_rows_before_a_fault_are_given_out_and_its_place_is_exact(tmp_path):
    data = many(2000).replace(b"person-50", b"person-\x00", 1)
    rows, fault = refusal(tmp_path, data)
    line = data[: data.index(b"\x00")].count(b"\n") + 1
    assert fault.where.startswith(f"line {line}, column ")
    assert len(rows) == 50
    assert [dict(row.cells) for row in rows] == [dict(row.cells) for row in read_bytes(tmp_path, many(50))]


def test_the_parser_never_looks_elsewhere(tmp_path, monkeypatch):
    """Told of a document type it runs on to the end of what it was fed: it is fed nothing behind one."""
    fed = []
    real = expat.ParserCreate

    class Listening:
        """The parser, heard."""

        def __init__(self) -> None:
            object.__setattr__(self, "real", real())

        def __getattr__(self, name) -> object:
            return getattr(self.real, name)

        def __setattr__(self, name, value) -> None:
            setattr(self.real, name, value)

        def Parse(self, data, final):  # noqa: N802 - as expat calls it
            fed.append(data)
            return self.real.Parse(data, final)

    monkeypatch.setattr(expat, "ParserCreate", Listening)
    for before in ("", '<?xml version="1.0" encoding="rot13"?>', "<!-- [ -->"):
        fed.clear()
        refusal(
            tmp_path, f"{before}<!DOCTYPE log [{LAUGHS}]><log><trace>{event(('string', 'a', '&l9;'))}</trace></log>"
        )
        assert fed
        assert b"ENTITY" not in b"".join(fed)


def test_brackets_without_end_before_the_log_are_refused(tmp_path):
    assert cells(tmp_path, f"<!-- {'[' * 90} --><log/>") == []
    refused(tmp_path, f"<!-- {'[' * 110} --><log/>", "square brackets before <log>")
