"""The keys of `--json` answers stay: scripts hold on to them. A new key is fine, a missing one breaks somebody."""

import pytest

from cli.shell import BEN, LENA, PRIYA

CYCLE = "hazel-2026-1"
CYCLE_KEYS = {
    "id", "handle", "subject", "subject_name", "partnership", "programme", "year", "number", "workflow", "edition",
    "digest", "state", "state_title", "final", "since", "opened_on", "version",
}  # fmt: skip
DONE = {"dry_run", "repeated", "changed", "position", "recorded"}
OPTION = {
    "step",
    "title",
    "kind",
    "by",
    "open",
    "here",
    "proposal",
    "requirements",
    "due",
    "overdue",
    "limit",
    "because",
}
TASK = {"cycle", "handle", "subject", "kind", "step", "title", "roles", "people", "due", "overdue"}
LINE = {"position", "version", "stream", "topic", "recorded_at", "happened", "by", "role", "entered_by", "door", "what",
        "details", "met", "waived", "sentence"}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("status",), {"view", "store", "version", "master_key", "records", "last_recorded_at", "cycles", "workflows"}),
        (("inbox",), {"view", "person", "tasks", "more"}),
        (("programme", "list"), {"view", "programmes"}),
        (("programme", "show", "example-partnership"), {"view", "programme"}),
        (("calendar", "show"), {"view", "owner", "calendars"}),
        (("workflow", "list"), {"view", "workflows", "shipped"}),
        (("workflow", "show", "spp-peer-review"), {"view", "digest", "workflow"}),
        (("workflow", "show", "spp-peer-review", "--facts"), {"view", "digest", "workflow", "facts"}),
        (("workflow", "diagram", "spp-peer-review"), {"view", "digest", "workflow", "diagram"}),
        (("workflow", "check", "spp-peer-review"), {"checked"}),
        (("organisation", "list"), {"view", "organisations", "more"}),
        (("organisation", "show", "hazel"), {"view", "organisation"}),
        (("partnership", "list"), {"view", "partnerships"}),
        (("partnership", "show", "north"), {"view", "partnership"}),
        (("person", "list"), {"view", "people"}),
        (("person", "show", LENA), {"view", "person"}),
        (("cycle", "list"), {"view", "cycles", "more"}),
        (("cycle", "show", CYCLE), {"view", "cycle", "sections", "hidden"}),
        (("cycle", "show", CYCLE, "--history"), {"view", "cycle", "sections", "hidden", "history", "untold"}),
        (
            ("cycle", "next", CYCLE),
            {"view", "cycle", "day", "actor", "now", "not_yet", "elsewhere", "people", "waiting"},
        ),
        (("audit", "log"), {"view", "records", "untold", "more"}),
        (("audit", "replay"), {"view", "moment", "cycles"}),
        (("audit", "replay", CYCLE), {"view", "replay"}),
        (
            ("audit", "diff", CYCLE, "--from-position", "1"),
            {"view", "cycle", "handle", "differences", "events", "hidden"},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_question_answers_with(still, words, keys):
    assert keys <= set(still.json(*words))


def test_the_rows_within(still):
    assert set(still.json("cycle", "list")["cycles"][0]) >= CYCLE_KEYS
    assert set(still.json("cycle", "list", "--as", LENA)["cycles"][0]) >= CYCLE_KEYS
    assert set(still.json("cycle", "show", CYCLE)["cycle"]) >= CYCLE_KEYS
    assert set(still.json("cycle", "next", CYCLE)["now"][0]) >= OPTION
    assert set(still.json("inbox")["tasks"][0]) >= TASK
    assert set(still.json("audit", "log")["records"][0]) >= LINE
    assert set(still.json("person", "list")["people"][0]) >= {"id", "name", "email", "roles", "training"}


def test_the_list_says_the_same_from_the_view_and_from_the_cycles(still):
    assert still.json("cycle", "list")["cycles"] == still.json("cycle", "list", "--known-at", "2099-01-01")["cycles"]


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (("organisation", "add", "Oak Example Primary"), {"id", "handle", "name"}),
        (("person", "add", "Zoe Example"), {"id"}),
        (("person", "train", BEN, "first-aid", "--completed", "2026-01-01"), {"person", "course"}),
        (("cycle", "note", CYCLE, "Example", "--as", LENA), {"cycle", "cycles"}),
        (("cycle", "assign", CYCLE, "peer_reviewer", BEN, "--as", PRIYA), {"cycle", "role", "person", "cycles"}),
        (("workflow", "publish", "spp-peer-review"), {"workflow", "edition", "digest"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_command_answers_with(north, words, more):
    tried = north.json(*words, "--dry-run")
    assert tried["position"] is None
    done = north.json(*words)
    assert (DONE | more) <= set(done)
    assert set(done) == set(tried)
    assert done["position"] == (done["recorded"][-1]["position"] if done["recorded"] else None)


def test_an_edition_is_listed_from_the_day_it_was_published(still):
    assert still.json("workflow", "list", "--as-of", "2026-09-06")["workflows"] == []
    assert still.json("workflow", "list", "--as-of", "2026-09-07")["workflows"]
