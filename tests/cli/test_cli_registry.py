"""The registry at the command line: what was recorded can be read back, on any day."""

from pathlib import Path

import pytest

from cli.shell import ADA, BEN, EVE, LENA, PRIYA

DATA = Path(__file__).parents[1] / "registry" / "data"


def test_a_role_has_its_days(north):
    north.run(
        "person",
        "role",
        BEN,
        "auditor",
        "--in",
        "example-partnership",
        "--since",
        "2026-09-01",
        "--until",
        "2026-12-31",
    )

    def held(*words: str):
        return "auditor" in north.run("person", "list", *words).stdout

    assert held()
    assert not held("--as-of", "2027-01-01")
    assert not held("--as-of", "2026-08-31")
    north.run("person", "role", BEN, "auditor", "--in", "example-partnership", "--end", "--on", "2026-09-05")
    assert not held()
    assert held("--as-of", "2026-09-05")


def test_the_last_administrator_stays(north):
    assert north.refused("person", "role", ADA, "administrator", "--end") == ["last-administrator"]
    north.run("person", "role", PRIYA, "administrator")
    north.run("person", "role", ADA, "administrator", "--end")


def test_training_that_is_withdrawn_no_longer_counts(north):
    def trained():
        return [one["name"] for one in north.json("person", "list", "--trained", "peer-reviewer")["people"]]

    assert "Ben Example" in trained()
    assert north.wrong("person", "train", BEN, "peer-reviewer", "--withdraw") == ["reason"]
    north.run("person", "train", BEN, "peer-reviewer", "--withdraw", "--reason", "not recognised")
    assert "Ben Example" not in trained()
    assert "not recognised" in north.run("person", "show", BEN, "--json").stdout
    assert north.wrong("person", "train", BEN, "peer-reviewer", "--withdraw", "--reason", "x") == ["course"]


def test_an_interest_is_declared_with_a_school_or_a_person(north):
    north.run("person", "declare", BEN, "hazel", "--nature", "governance", "--note", "governor there")
    north.run("person", "declare", BEN, LENA, "--nature", "family")
    shown = north.run("person", "show", BEN).stdout
    assert "governor there" in shown
    assert "Lena Example" in shown
    assert "no_interest" in north.refused("cycle", "assign", "hazel-2026-1", "peer_reviewer", BEN, "--as", PRIYA)


def test_forgetting_says_what_goes_and_what_stays(north):
    shown = north.run("person", "forget", BEN, "--dry-run").stdout
    assert "goes for good" in shown
    assert "stays" in shown
    assert north.json("person", "show", BEN)["person"]["name"] == "Ben Example"
    identity = north.json("person", "show", BEN)["person"]["id"]
    north.run("person", "forget", BEN, "--yes", "--why", "retention")
    assert "[removed]" in north.run("person", "show", identity).stdout
    assert "Ben Example" not in north.run("audit", "log").stdout
    assert "nothing needed" in north.run("person", "forget", identity, "--yes").stdout.lower()


def test_forgetting_asks_again_and_takes_no_for_an_answer(north):
    assert "--yes" in north.run("person", "forget", BEN, code=2, input="yes\n").stderr
    assert north.json("person", "show", BEN)["person"]["name"] == "Ben Example"


def test_members_come_and_go(north):
    north.run("partnership", "leave", "north", "cedar", "--on", "2026-09-06")

    def handles(*words: str):
        told = north.json("organisation", "list", "--partnership", "north", *words)
        return [one["handle"] for one in told["organisations"]]

    assert handles() == ["birch", "hazel"]
    assert handles("--as-of", "2026-09-06") == ["birch", "cedar", "hazel"]
    assert north.json("partnership", "show", "north")["partnership"]["members"] == 2


def test_several_join_or_none(north):
    north.run("organisation", "add", "Oak Example Primary", "--handle", "oak")
    before = north.records
    assert north.refused("partnership", "join", "north", "oak", "hazel") == ["already-member"]
    assert north.records == before


def test_what_became_of_a_school(north):
    north.run("organisation", "succeed", "--kind", "merger", "--from", "birch", "--from", "cedar", "--to", "hazel")
    assert "Hazel Example Primary" in north.run("organisation", "show", "birch").stdout
    told = north.json("organisation", "show", "hazel")["organisation"]
    assert len(told["came_from"]) == 2
    assert north.wrong("organisation", "succeed", "--kind", "split", "--from", "birch", "--to", "birch") == [
        "successors"
    ]


def test_a_handle_is_taken_once_and_a_number_too(north):
    assert north.refused("organisation", "add", "Other Example", "--handle", "hazel") == ["handle-taken"]
    assert north.refused("organisation", "add", "Other Example", "--urn", "900001") == ["already-registered"]
    assert north.wrong("organisation", "add", "Other Example", "--identity", "urn") == ["--identity"]
    assert north.refused("person", "add", "Other Example", "--email", LENA) == ["email-taken"]


def test_a_register_and_its_links(empty, tmp_path):
    empty.run("init", "--admin", "Ada Example", "--email", ADA)
    empty.env["REVIEWFLOW_ACTOR"] = ADA
    lines = (DATA / "gias.csv").read_bytes().splitlines(keepends=True)
    register = tmp_path / "register.csv"
    register.write_bytes(b"".join([*lines, lines[-1].replace(lines[-1][:6], b"no num", 1)]))
    words = ("organisation", "import", str(register))
    fault = empty.fault(*words, code=2)
    assert {one["where"].partition(",")[0] for one in fault["faults"]} == {f"row {len(lines) + 1}"}
    assert empty.json("organisation", "list")["organisations"] == []
    tried = empty.json(*words, "--skip-bad", "--dry-run")
    assert tried["position"] is None
    told = empty.json(*words, "--skip-bad", "--links", str(DATA / "links.csv"))
    assert told["organisations"]["outcomes"] == {"registered": len(lines) - 1}
    assert told["organisations"]["skipped"] == len(fault["faults"])
    assert told["links"]["rows"] > 0
    again = empty.json(*words, "--skip-bad")
    assert again["changed"] is False
    shown = empty.run(*words, "--skip-bad")
    assert "skipped" in shown.stderr
    assert "Nothing needed to change" in shown.stdout
    found = empty.json("organisation", "list", "--find", "HAZEL")["organisations"]
    assert found
    assert all("hazel" in one["name"].lower() for one in found)


def test_a_register_from_standard_input(empty):
    empty.run("init", "--admin", "Ada Example", "--email", ADA)
    empty.env["REVIEWFLOW_ACTOR"] = ADA
    told = empty.json("organisation", "import", "-", "--skip-bad", input=(DATA / "gias.csv").read_bytes())
    assert told["organisations"]["outcomes"]["registered"] > 0


def test_a_calendar_from_a_table_and_from_bank_holidays(north, tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text(
        "kind,date,until,name\nclosed,2026-10-26,2026-10-30,Half term\nnamed,2026-10-23,,end_of_first_half_term\n"
    )
    north.run("calendar", "import", str(table), "--name", "terms-2026", "--for", "example-partnership")
    holidays = tmp_path / "bank-holidays.json"
    holidays.write_text(
        '{"england-and-wales": {"events": [{"title": "Christmas Day", "date": "2026-12-25", "notes": ""}]}}'
    )
    assert north.wrong("calendar", "import", str(holidays)) == ["--nation"]
    north.run("calendar", "import", str(holidays), "--nation", "england-and-wales")
    assert "Christmas Day" in north.run("calendar", "show").stdout
    shown = north.json("calendar", "show", "--for", "example-partnership", "--to", "2026-10-27")["calendars"]
    assert [one["calendar"] for one in shown] == ["terms-2026"]
    assert [day["on"] for day in shown[0]["closed"]] == ["2026-10-26", "2026-10-27"]
    assert (
        "Nothing needed to change"
        in north.run("calendar", "import", str(table), "--name", "terms-2026", "--for", "example-partnership").stdout
    )


def test_a_programme_is_changed_where_it_is_told(north):
    north.run("programme", "set", "example-partnership", "--backdating-days", "10")
    told = north.json("programme", "show", "example-partnership")["programme"]
    assert told["backdating_days"] == 10
    assert told["workflow"] == "spp-peer-review"
    assert north.wrong("programme", "set", "example-partnership", "--time-zone", "Mars/Olympus") == ["time zone"]


def test_two_programmes_must_be_named(north):
    north.run("programme", "add", "Second Example Programme")
    assert north.wrong("partnership", "add", "West Example Cluster") == ["--programme"]
    north.run("partnership", "add", "West Example Cluster", "--programme", "second-example-programme")


@pytest.mark.parametrize(
    "words",
    [
        ("organisation", "add", "X Example"),
        ("person", "add", "X Example"),
        ("programme", "add", "X"),
        ("person", "train", BEN, "x", "--completed", "2026-01-01"),
    ],
    ids=" ".join,
)
def test_only_whoever_may_does_it(north, words):
    assert north.refused(*words, "--as", EVE) == ["not-permitted"]


def test_workflows_published_and_shipped(north):
    told = north.json("workflow", "list")
    assert [one["workflow"] for one in told["workflows"]] == ["spp-peer-review"]
    assert "Nothing needed to change" in north.run("workflow", "publish", "spp-peer-review").stdout
    assert "trained" in north.run("workflow", "show", "spp-peer-review").stdout
    assert "person.valid_training" in north.run("workflow", "show", "spp-peer-review", "--facts").stdout
    assert north.run("workflow", "diagram", "spp-peer-review").stdout.startswith("stateDiagram-v2")
    assert "Set-up" in north.run("workflow", "diagram", "spp-peer-review", "--text").stdout
    digest = told["workflows"][0]["digest"]
    assert north.json("workflow", "show", "spp-peer-review", "--edition", digest[:8])["workflow"]
    assert north.wrong("workflow", "show", "spp-peer-review", "--edition", "1999") == ["--edition"]
    assert north.wrong("workflow", "show", "no-such") == ["workflow"]


def test_a_workflow_needs_no_store_to_be_checked_or_drawn(empty):
    empty.run("workflow", "check", "spp-peer-review")
    assert empty.run("workflow", "diagram", "spp-peer-review").stdout
    empty.run("workflow", "list", code=5)
