"""Who may come in, from the command line: links, passwords, sessions, tokens; and who may say so."""

import json
import re
import sqlite3
from contextlib import closing, contextmanager

import pytest

from cli.shell import ADA, BEN, LENA, PRIYA, Shell
from reviewflow.access.argon import Cost
from reviewflow.access.identities import Identities
from reviewflow.access.links import Links
from reviewflow.access.passwords import Passwords
from reviewflow.access.sessions import Sessions
from reviewflow.access.tokens import Tokens
from reviewflow.settings import settings_from
from reviewflow.wiring import open_installation

GOOD = "violin otter marmalade"
OPERATOR = {"REVIEWFLOW_ACTOR": ""}


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr("reviewflow.access.argon.Cost", lambda: Cost(1, 64, 1))


@contextmanager
def inside(shell: Shell):
    """The installation that the shell's commands open."""
    with open_installation(settings_from({"REVIEWFLOW_STORE": shell.address}), shell.clock) as one:
        yield one


def lena_of(shell: Shell) -> str:
    return shell.json("person", "show", LENA)["person"]["id"]


def secret_in(shown: str) -> str:
    [found] = re.findall(r"(?:/sign-in/link/|rfl_)[A-Za-z0-9_-]{43}", shown)
    return found.removeprefix("/sign-in/link/")


def test_a_link_lets_somebody_in(north):
    shown = north.run("person", "sign-in", LENA, "--link").stdout
    assert "A link for Lena Example; it lets in whoever has it, once, within 72 hours:" in shown
    assert "  /sign-in/link/" in shown
    with inside(north) as one:
        links = Links(one.store, one.clock)
        assert links.of(lena_of(north)).by == north.json("person", "show", ADA)["person"]["id"]
        assert links.use(secret_in(shown)) == lena_of(north)


def test_a_link_has_the_address_of_the_pages_in_front(north):
    shown = north.run(
        "person",
        "sign-in",
        LENA,
        "--link",
        "--hours",
        "5",
        "--json",
        REVIEWFLOW_URL="https://reviews.example/",
        **OPERATOR,
    )
    data = json.loads(shown.stdout)
    assert data["address"].startswith("https://reviews.example/sign-in/link/")
    assert (data["hours"], data["name"], data["dry_run"]) == (5, "Lena Example", False)
    assert north.json("person", "sign-in", LENA)["link"]["by"] is None


def test_what_somebody_has_is_shown_and_no_secret(north):
    assert "not signed in anywhere" in north.run("person", "sign-in", LENA).stdout
    north.run("person", "sign-in", LENA, "--password-stdin", input=f"{GOOD}\n")
    link = secret_in(north.run("person", "sign-in", LENA, "--link").stdout)
    with inside(north) as one:
        session = Sessions(one.store, one.clock).begin(lena_of(north), "password")
        Sessions(one.store, one.clock).begin(
            lena_of(north), "link", let_in_by=north.json("person", "show", ADA)["person"]["id"]
        )
    shown = north.run("person", "sign-in", LENA).stdout
    assert re.search(r"password +yes\nlink +waits to be used until 2026-09-1.*, made by Ada Example\n", shown)
    assert re.search(r"\npassword +2026-09-07 1", shown)
    data = north.json("person", "sign-in", LENA)
    assert set(data) == {"person", "name", "password", "link", "identities", "sessions", "tokens"}
    assert [one["how"] for one in data["sessions"]] == ["password", "link"]
    assert re.search(r"\nlink made by Ada Example +2026-09-07 1", shown)
    for secret in (link, session, GOOD):
        assert secret not in shown + json.dumps(data)


def test_a_password_is_read_from_the_input(north):
    shown = north.run("person", "sign-in", LENA, "--password-stdin", input=f"{GOOD}\r\nanother line\n").stdout
    assert shown == "Lena Example has this password now, and is signed out everywhere.\n"
    with inside(north) as one:
        assert Passwords(one.store, one.vault, one.clock).check(lena_of(north), GOOD)


@pytest.mark.parametrize("text", [
    "short", "password1234", "xx lena@hazel.example xx", "Hazel Example Primary", b"\xffotter violin", "",
])  # fmt: skip
def test_a_weak_password_is_refused_and_not_repeated(north, text):
    result = north.run("person", "sign-in", LENA, "--password-stdin", input=text, code=2)
    assert "the password:" in result.stderr
    if text:
        assert str(text) not in result.output
    assert north.json("person", "sign-in", LENA)["password"] is False


def test_a_password_is_taken_away(north):
    north.run("person", "sign-in", LENA, "--password-stdin", input=GOOD)
    assert north.json("person", "sign-in", LENA, "--no-password", "--dry-run")["changed"] is True
    assert north.json("person", "sign-in", LENA)["password"] is True
    assert north.run("person", "sign-in", LENA, "--no-password").stdout.startswith(
        "Lena Example has no password any more."
    )
    assert north.json("person", "sign-in", LENA, "--no-password")["changed"] is False


def test_accounts_of_the_sign_in_service_lead_nowhere_any_more(north):
    with inside(north) as one:
        Identities(one.store, one.vault, one.clock).add(lena_of(north), "https://login.example", "s-1")
    assert "sign-in service  1 account\n" in north.run("person", "sign-in", LENA).stdout
    assert north.json("person", "sign-in", LENA, "--no-accounts", "--dry-run")["removed"] == 1
    shown = north.run("person", "sign-in", LENA, "--no-accounts").stdout
    assert shown == "1 account of the sign-in service led to Lena Example; none does any more.\n"
    assert north.json("person", "sign-in", LENA)["identities"] == []


def test_the_doctor_sees_that_a_table_is_gone(north):
    with closing(sqlite3.connect(north.folder / "reviewflow.db")) as raw:
        raw.execute("DROP TABLE access_tokens")
    assert re.search(r"FAULT +table access_tokens: is not there", north.run("doctor", code=1).stdout, re.IGNORECASE)
    assert north.run("token", "list", code=5).stderr


def test_somebody_is_signed_out_everywhere(north):
    with inside(north) as one:
        sessions = Sessions(one.store, one.clock)
        for _ in range(2):
            sessions.begin(lena_of(north), "link")
    north.run("person", "sign-in", LENA, "--link")
    dry = north.run("person", "sign-in", LENA, "--end-sessions", "--dry-run").stdout
    assert dry.endswith("Dry run: nothing was done.\n")
    assert len(north.json("person", "sign-in", LENA)["sessions"]) == 2
    shown = north.run("person", "sign-in", LENA, "--end-sessions").stdout
    assert shown == "Lena Example is signed out: 2 sessions ended; the link that waited opens nothing any more.\n"
    data = north.json("person", "sign-in", LENA)
    assert (data["sessions"], data["link"]) == ([], None)


def test_a_dry_run_makes_nothing(north):
    assert north.json("person", "sign-in", LENA, "--link", "--dry-run")["address"] is None
    north.run("person", "sign-in", LENA, "--password-stdin", "--dry-run", input=GOOD)
    north.run("person", "sign-in", LENA, "--password-stdin", "--dry-run", input="short", code=2)
    assert (
        north.json("token", "add", LENA, "--name", "x", "--scope", "act", "--days", "9", "--dry-run")["secret"] is None
    )
    assert (
        "would be made"
        in north.run("token", "add", LENA, "--name", "x", "--scope", "act", "--days", "9", "--dry-run").stdout
    )
    data = north.json("person", "sign-in", LENA)
    assert (data["password"], data["link"], data["tokens"]) == (False, None, 0)


def test_nothing_of_it_is_in_the_log(north):
    before = north.records
    north.run("person", "sign-in", LENA, "--link")
    north.run("person", "sign-in", LENA, "--password-stdin", input=GOOD)
    north.run("token", "add", LENA, "--name", "Nightly export", "--scope", "read", "--days", "9")
    assert north.records == before
    assert b"Nightly" not in (north.folder / "reviewflow.db").read_bytes()


def test_a_token_is_made_listed_and_revoked(north):
    shown = north.run("token", "add", LENA, "--name", "Nightly export", "--scope", "read", "--days", "90").stdout
    assert "A token with which a program may read as Lena Example, for 90 days; its id is " in shown
    with inside(north) as one:
        assert Tokens(one.store, one.vault, one.clock).find(secret_in(shown)).person == lena_of(north)
    listed = north.run("token", "list").stdout
    assert re.search(r"\n(\w{12})  Lena Example  Nightly export  read  2026-12-06 10:00Z  2026-09-07\n", listed)
    [row] = north.json("token", "list", LENA)["tokens"]
    assert (row["called"], row["scopes"], row["ended"]) == ("Nightly export", ["read"], False)
    assert "rfl_" not in listed + json.dumps(row)
    assert north.run("token", "revoke", row["id"][:6], "--dry-run").stdout.endswith("Dry run: nothing was done.\n")
    assert len(north.json("token", "list")["tokens"]) == 1
    shown = north.run("token", "revoke", row["id"][:6]).stdout
    assert shown == f"The token {row['id']} (Nightly export) of Lena Example opens nothing any more.\n"
    assert north.run("token", "list").stdout == "no tokens\n"


def test_a_token_that_ended_is_shown_as_ended(north):
    north.run("token", "add", LENA, "--name", "Short", "--scope", "act", "--days", "1")
    north.clock.set("2026-09-09")
    assert re.search(r"Short +act, read +ended +never", north.run("token", "list").stdout)
    assert north.json("person", "sign-in", LENA)["tokens"] == 0


def test_an_id_that_is_not_one_is_told(north):
    for name in ("One", "Two"):
        north.run("token", "add", LENA, "--name", name, "--scope", "read", "--days", "9")
    for typed in ("zzz", ""):
        assert north.wrong("token", "revoke", typed) == ["id"]


@pytest.mark.parametrize("words", [
    ("person", "sign-in", LENA), ("person", "sign-in", LENA, "--link"), ("person", "sign-in", LENA, "--no-password"),
    ("person", "sign-in", LENA, "--end-sessions"), ("token", "list", LENA),
    ("token", "add", LENA, "--name", "x", "--scope", "read", "--days", "9"),
], ids=" ".join)  # fmt: skip
def test_an_administrator_and_oneself_may_and_nobody_else(north, words):
    for who in (PRIYA, BEN):
        assert north.refused(*words, "--as", who) == ["not-permitted"]
    north.run(*words, "--as", LENA)
    north.run(*words, "--as", ADA)
    north.run(*words, **OPERATOR)


def test_a_refusal_speaks_of_people_by_name(north):
    result = north.run("person", "sign-in", LENA, "--link", "--as", BEN, code=1)
    assert "not-permitted" in result.stderr


def test_others_see_and_revoke_their_own_tokens_alone(north):
    for who in (LENA, BEN):
        north.run("token", "add", who, "--name", "One", "--scope", "read", "--days", "9")
    rows = north.json("token", "list")["tokens"]
    assert len(rows) == 2
    mine, others = ([one for one in rows if (one["name"] == "Ben Example") is same] for same in (True, False))
    assert north.json("token", "list", "--as", BEN)["tokens"] == mine
    assert north.wrong("token", "revoke", others[0]["id"], "--as", BEN) == ["id"]
    north.run("token", "revoke", mine[0]["id"], "--as", BEN)
    assert north.json("token", "list")["tokens"] == others


def test_whoever_was_forgotten_is_let_in_no_more_and_nothing_is_left_of_them(north):
    north.run("person", "sign-in", BEN, "--password-stdin", input=GOOD)
    north.run("person", "sign-in", BEN, "--link")
    north.run("token", "add", BEN, "--name", "One", "--scope", "read", "--days", "9")
    ben = north.json("person", "show", BEN)["person"]["id"]
    north.run("person", "forget", BEN, "--yes", "--reason", "asked for it")
    assert north.json("token", "list")["tokens"] == []
    for words in (
        ("person", "sign-in", ben, "--link"),
        ("token", "add", ben, "--name", "x", "--scope", "read", "--days", "1"),
    ):
        assert north.refused(*words) == ["forgotten"]
    left = [one for one in north.run("doctor", code=0).stdout.splitlines() if " sign-in: " in one]
    assert re.search(r"warning +sign-in: .*; 3 of them of people who were forgotten", "\n".join(left))
    north.run("run", "--once")
    with closing(sqlite3.connect(north.folder / "reviewflow.db")) as raw:
        for table in ("passwords", "links", "tokens"):
            assert raw.execute(f"SELECT count(*) FROM access_{table} WHERE person = ?", [ben]).fetchone() == (0,)
    assert re.search(r"ok +sign-in: 0 passwords, ", north.run("doctor").stdout)


def test_a_backup_holds_none_of_it_and_a_copy_what_lasts(north, tmp_path):
    north.run("person", "sign-in", LENA, "--password-stdin", input=GOOD)
    token = secret_in(north.run("token", "add", LENA, "--name", "One", "--scope", "read", "--days", "9").stdout)
    north.run("backup", str(tmp_path / "one.backup"))
    with inside(north) as one, one.store.reading() as raw:
        stored = raw.exec_driver_sql("SELECT secret FROM access_tokens").scalar_one()
    assert stored.encode() not in (tmp_path / "one.backup").read_bytes()
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    data = north.json("store", "copy", "--to", elsewhere)
    environment = {**data["settings"], "REVIEWFLOW_MASTER_KEY_FILE": str(north.folder / "reviewflow.master-key")}
    assert north.json("person", "sign-in", LENA, **environment)["password"] is True
    with open_installation(settings_from(environment), north.clock) as one:
        assert Tokens(one.store, one.vault, one.clock).find(token).name == "One"
    assert "it was moved to" in north.run("person", "sign-in", LENA, "--link", code=5).stderr


@pytest.mark.parametrize("words", [
    ("--link", "--no-password"), ("--hours", "5"), ("--hours", "0", "--link"), ("--hours", "337", "--link"),
])  # fmt: skip
def test_what_does_not_go_together_is_told(still, words):
    still.run("person", "sign-in", LENA, *words, code=2)


@pytest.mark.parametrize("words", [
    ("--days", "9", "--scope", "read"), ("--name", "x", "--scope", "read"), ("--name", "x", "--days", "9"),
    ("--name", "x", "--days", "366", "--scope", "read"), ("--name", "x", "--days", "9", "--scope", "write"),
])  # fmt: skip
def test_a_token_wants_a_name_a_scope_and_an_end(still, words):
    still.run("token", "add", LENA, *words, code=2)


@pytest.mark.parametrize("given", [
    {"REVIEWFLOW_SESSION_HOURS": "0"}, {"REVIEWFLOW_SESSION_HOURS": "x"}, {"REVIEWFLOW_SESSION_DAYS": "31"},
])  # fmt: skip
def test_limits_that_cannot_be_are_told(still, given):
    [name] = given
    assert name.removeprefix("REVIEWFLOW_") in still.run("person", "sign-in", LENA, code=2, **given).stderr


def test_the_settings_limits_are_those_of_sessions(north):
    with inside(north) as one:
        Sessions(one.store, one.clock).begin(lena_of(north), "link")
    north.clock.moment = north.clock.moment.replace(hour=11)
    assert len(north.json("person", "sign-in", LENA)["sessions"]) == 1
    assert north.json("person", "sign-in", LENA, REVIEWFLOW_SESSION_HOURS="0.5")["sessions"] == []
