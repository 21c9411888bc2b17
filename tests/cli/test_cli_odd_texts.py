"""Halves of surrogate pairs, U+0000 and bytes that are no UTF-8, through every door: told with place, got and want."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.shell import ADA, LENA, Shell, build
from history import imports
from reviewflow.cli.app import door
from reviewflow.errors import BadInput
from reviewflow.events import Asked, Happened, Unsealed, encode
from reviewflow.registry.events import ProgrammeSetUp
from reviewflow.settings import settings_from

HALF, BYTE, NUL = "\ud800", "\udce9", "\0"
ODD = {"half a pair": HALF, "a byte": BYTE, "nul": NUL}
MORE = st.sampled_from([*ODD.values(), "\udfff", "\x1b", "\u202e", "\ufffe", "\U0010ffff", "x" * 9000, "\\u0000"])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def either(request, tmp_path_factory):
    """The small world on one database; whatever a file adds to it stays there for the next."""
    folder = tmp_path_factory.mktemp("odd")
    postgres = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    shell = Shell(folder, store=postgres.fresh() if postgres else "")
    build(shell)
    shell.env["REVIEWFLOW_ACTOR"] = ADA
    shell.run("workflow", "publish", "open-software-review")
    shell.run("person", "role", ADA, "administrator", "--in", "installation", "--since", "2020-01-01",
              "--until", "2026-09-06")  # fmt: skip
    (folder / "map.yaml").write_text(imports.SIMPLE, encoding="utf-8")
    for form in ("jsonl", "xes", "csv"):
        shell.run("audit", "export", str(folder / f"own.{form}"), "hazel-2026-1", "--format", form, "--json")
    yield SimpleNamespace(shell=shell, folder=folder)
    if postgres:
        postgres.drop(shell.store)


def judge(shell, words):
    """Never our fault, and a fault in what was given writes nothing; an import that comes upon one later goes on."""
    before = shell.records
    environment = {"REVIEWFLOW_STORE": shell.address, "REVIEWFLOW_DEBUG": "1", **shell.env}
    result = CliRunner(env=environment).invoke(door, words, obj=shell.clock)
    assert result.exit_code in (0, 1, 2), result.output
    assert result.exit_code != 2 or words[0] == "history" or shell.records == before


def commands(command, path, context):
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in command.list_commands(context):
        yield from commands(command.get_command(context, name), (*path, name), context)


EVERY = dict(commands(door, (), click.Context(door)))


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_every_word_of_every_command(still, odd):
    for path, command in EVERY.items():
        for one in command.params:
            if isinstance(one, click.Option) and one.is_flag:
                continue
            words = [*path, *([one.opts[0]] if isinstance(one, click.Option) else []), f"caf{odd}"]
            fault = still.fault(*words, code=2)["faults"][0]
            assert fault["where"].startswith(f"word {len(words)}")
            assert "as character 4" in fault["got"]
            assert fault["want"].startswith("want ")


def test_a_word_is_named_by_the_option_before_it(still):
    shown = still.run("cycle", "note", "hazel-2026-1", "x", "--reason", f"a{BYTE}", "--as", LENA, code=2).stderr
    assert "word 6 (after --reason): got the byte 0xE9 as character 2; want UTF-8" in shown


@pytest.mark.skipif(sys.platform != "linux", reason="NO BYTES WERE HANDED OVER AS WORDS: this needs Linux")
def test_bytes_that_are_no_text_come_from_a_real_shell(still, tmp_path):
    program = [sys.executable.encode(), b"-m", b"reviewflow"]
    env = os.environ | {"REVIEWFLOW_STORE": still.address, "LC_ALL": "C.UTF-8"}
    word = subprocess.run([*program, b"person", b"add", b"Andr\xe9"], env=env, capture_output=True, check=False)
    assert (word.returncode, b"byte 0xE9" in word.stderr, b"Traceback" in word.stderr) == (2, True, False)
    setting = os.environb | {b"REVIEWFLOW_STORE": b"sqlite:///caf\xe9.db", b"LC_ALL": b"C.UTF-8"}
    told = subprocess.run([*program, b"status"], env=setting, capture_output=True, check=False)
    assert (told.returncode, b"REVIEWFLOW_STORE: got the byte 0xE9" in told.stderr) == (2, True)
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)  # noqa: PTH102 - bytes
    made = subprocess.run([*program, b"init", b"--admin", b"Ada"], cwd=folder, env=os.environ | {"LC_ALL": "C.UTF-8"},
                          capture_output=True, check=False)  # fmt: skip
    assert made.returncode == 0, made.stderr
    with closing(sqlite3.connect(folder + b"/reviewflow.db")) as raw:
        assert raw.execute("SELECT count(*) FROM records").fetchone() == (2,)


@pytest.mark.parametrize("odd", ["a" + HALF, BYTE], ids=["half a pair", "a byte"])
def test_every_setting(odd):
    for name in ("STORE", "KEYS", "EVIDENCE", "MASTER_KEY", "MASTER_KEY_COMMAND", "WEBHOOK", "ACTOR"):
        with pytest.raises(BadInput, match=f"REVIEWFLOW_{name}"):
            settings_from({f"REVIEWFLOW_{name}": odd})


def leaves(value, path=()):
    """The places of all texts and names in a document."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield (*path, ("name", key))
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for key, one in enumerate(value):
            yield from leaves(one, (*path, key))
    elif isinstance(value, str):
        yield path


def spoilt(value, path, odd):
    """The document with something odd in one of its texts or names."""
    if not path:
        return value + odd
    here, *rest = path
    if isinstance(here, tuple):
        return {(f"{key}{odd}" if key == here[1] else key): one for key, one in value.items()}
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[here] = spoilt(value[here], rest, odd)
    return copy


def as_json(document):
    def spoil(draw, odd):
        return json.dumps(spoilt(document, draw(st.sampled_from(list(leaves(document)))), odd)).encode()

    return spoil


def as_text(text, escape=""):
    """In some place; where the format has a way to write any character by its number, also so."""

    def spoil(draw, odd):
        place = draw(st.integers(0, len(text)))
        if escape and draw(st.booleans()):
            odd = "".join(escape.format(ord(c)) for c in odd)
        return (text[:place] + odd + text[place:]).encode("utf-8", "surrogatepass")

    return spoil


FORM = {"focus_areas": ["Reading", "Writing"], "theme": "inclusion"}
VISIT = {"first_day": "2026-10-12", "last_day": "2026-10-13", "mode": "onsite", "agenda": [{"id": "a", "what": "x"}]}
CORRECTION = {"1": {"year": "2025-26", "on": "2026-09-01"}, "2": {"values": {"theme": "x"}}}
CALENDAR = {"calendar": "terms", "days": [{"date": "2026-10-26", "until": "2026-10-30", "name": "Autumn"}]}
SCHOOLS = "URN,EstablishmentName,Town,Postcode,TypeOfEstablishment (name)\n900010,Elder,Leeds,LS1 1AA,Academy\n"
LINKS = "URN,LinkURN,LinkType,LinkName,LinkEstablishedDate\n900001,900002,Successor,Birch,01-09-2026\n"
PEOPLE = "name,email,organisation,role,since\nZoe Example,zoe@elder.example,hazel,head,2026-09-01\n"
TERMS = "kind,date,until,name\nclosed,2026-10-26,2026-10-30,Autumn\nnamed,2027-07-20,,end_of_year\n"
CYCLE = "hazel-2026-1"
AS_LENA = ("--as", LENA)


def doors(folder):
    """Name -> the words before and after a file, and what spoils the file."""
    own = {form: (folder / f"own.{form}").read_text() for form in ("jsonl", "xes", "csv")}
    lines = [json.loads(line) for line in own["jsonl"].splitlines()]
    workflow = (imports.WORKFLOWS / "open-software-review.yaml").read_text()
    taken = ("history", "import")

    def native(draw, odd):
        number = draw(st.integers(0, len(lines) - 1))
        path = draw(st.sampled_from(list(leaves(lines[number]))))
        documents = [*lines[:number], spoilt(lines[number], path, odd), *lines[number + 1 :]]
        return "\n".join(map(json.dumps, documents)).encode()

    rows = imports.HEADER + "One,2026-08-20,submitted,\nOne,2026-08-21,editor,Edith\nOne,2026-08-22,label,a\n"
    return {
        "form.json": (("cycle", "do", CYCLE, "choose_focus", "--form"), AS_LENA, as_json(FORM)),
        "visit.json": (("cycle", "do", CYCLE, "schedule_visit", "--form"), AS_LENA, as_json(VISIT)),
        "form.yaml": (("cycle", "do", CYCLE, "choose_focus", "--form"), AS_LENA,
                      as_text('focus_areas: ["Reading"]\ntheme: "x"\n', "\\U{:08x}")),
        "opening.json": (("cycle", "open", "birch", "--year", "2026-27", "--form"), (), as_json(FORM)),
        "correction.json": (("cycle", "correct", CYCLE, "--reason", "x", "--form"), (), as_json(CORRECTION)),
        "calendar.json": (("calendar", "import"), ("--for", "example-partnership"), as_json(CALENDAR)),
        "terms.csv": (("calendar", "import"), ("--for", "example-partnership", "--name", "t"), as_text(TERMS)),
        "schools.csv": (("organisation", "import"), (), as_text(SCHOOLS)),
        "links.csv": (("organisation", "import", "--links"), (), as_text(LINKS)),
        "people.csv": (("person", "import"), (), as_text(PEOPLE)),
        "workflow.yaml": (("workflow", "publish"), (), as_text(workflow)),
        "rows.csv": (taken, ("--map", str(folder / "map.yaml")), as_text(rows)),
        "map.yaml": ((*taken, str(folder / "rows.csv"), "--map"), (), as_text(imports.SIMPLE)),
        "cycle.jsonl": (taken, (), native),
        "cycle.csv": (taken, (), as_text(own["csv"])),
        "cycle.xes": (taken, (), as_text(own["xes"], "&#{};")),
    }  # fmt: skip


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_file(either, data):
    (either.folder / "rows.csv").write_text(imports.HEADER + "Two,2026-08-20,submitted,\n", encoding="utf-8")
    every = doors(either.folder)
    name = data.draw(st.sampled_from(list(every)))
    before, after, spoil = every[name]
    file = either.folder / f"odd-{name}"
    file.write_bytes(spoil(data.draw, data.draw(MORE)))
    judge(either.shell, [*before, str(file), *after])


@pytest.mark.parametrize("odd", [HALF, NUL, BYTE, "\x1b", "\n", "", "x" * 201], ids=ascii)
def test_an_id_that_no_database_keeps_is_refused_before_it_is_looked_up(odd):
    more = {"at": datetime(2026, 1, 1, tzinfo=UTC), "by": "ada", "entered_by": Unsealed("ada")}
    with pytest.raises(BadInput) as told:
        Asked(id=odd, **more)
    [fault] = told.value.faults
    assert (fault.where, bool(fault.got), fault.want.startswith("want ")) == ("command id", True, True)
    assert Asked(id="Änderung 7/é", **more).id


@pytest.mark.parametrize("odd", [HALF, NUL], ids=ascii)
def test_a_text_in_the_clear_that_no_database_holds_never_becomes_bytes(odd):
    more = {"by": "a", "role": "r", "entered_by": "a", "door": "cli", "cause": "x", "handle": "h", "time_zone": "UTC",
            "happened": Happened(on=datetime(2026, 1, 1, tzinfo=UTC).date())}  # fmt: skip
    with pytest.raises(BadInput) as told:
        encode(ProgrammeSetUp(name=f"a{odd}", **more))
    assert [fault.where for fault in told.value.faults] == ["name"]
    assert rb"a\\u0000" in encode(ProgrammeSetUp(name="a\\u0000", **more))
