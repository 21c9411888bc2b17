"""`--as-of` and `--known-at` on every reading command: what it answers is what it answered then."""

import click
import pytest

from cli.shell import ADA, BEN, CLEO, DAN, EVE, LENA, PRIYA, copied
from reviewflow.cli.app import door
from reviewflow.cli.lazy import Commands

CYCLE = "hazel-2026-1"
ASKED = {
    "status": [[]],
    "inbox": [[], ["--person", LENA], ["--person", BEN], ["--person", PRIYA]],
    "programme list": [[]],
    "programme show": [["example-partnership"]],
    "calendar show": [[], ["--for", "example-partnership"]],
    "workflow list": [[]],
    "workflow show": [["spp-peer-review"]],
    "workflow diagram": [["spp-peer-review"]],
    "workflow diff": [["spp-peer-review"]],
    "organisation list": [[]],
    "organisation show": [["hazel"], ["cedar"]],
    "partnership list": [[]],
    "partnership show": [["north"]],
    "person list": [[]],
    "person show": [[LENA], [BEN], [DAN]],
    "person export": [["{file}.xlsx"]],
    "cycle list": [[], ["--state", "self_evaluation"]],
    "cycle show": [[CYCLE], [CYCLE, "--history"], [CYCLE, "--as", LENA]],
    "cycle next": [[CYCLE], [CYCLE, "--as", LENA], [CYCLE, "--as", PRIYA]],
    "audit recheck": [[], [CYCLE]],
    "audit export": [["{file}.jsonl"], ["{file}.csv", CYCLE]],
    "audit log": [[], [CYCLE]],
    "audit replay": [[], [CYCLE]],
    "audit diff": [[CYCLE, "--from-position", "20"]],
}
"""How each reading command is asked."""


def reading(command, path=()):
    if isinstance(command, Commands):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from reading(command.get_command(context, name), (*path, name))
    elif "viewer" in {param.name for param in command.params}:
        yield " ".join(path)


def test_every_reading_command_is_asked_below():
    assert set(reading(door)) == set(ASKED)


def go_on(north, part):
    """Things happen, recorded on the day; in two parts, with a day between."""
    if part == 1:
        north.run("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Reading", "--as", LENA)
        north.run("cycle", "do", CYCLE, "name_school_lead", "--set", f"school_lead={LENA}", "--as", LENA)
        north.run("cycle", "do", CYCLE, "start_self_evaluation", "--as", LENA)
        for person in (BEN, DAN):
            north.run("cycle", "assign", CYCLE, "peer_reviewer", person, "--as", PRIYA)
        north.run("cycle", "accept", CYCLE, "peer_reviewer", "--as", BEN)
        north.run("cycle", "note", CYCLE, "Ask for a room.", "--as", PRIYA)
        return
    north.run("cycle", "do", CYCLE, "choose_focus", "--set", "focus_areas=Sums", "--as", LENA)
    north.run("cycle", "accept", CYCLE, "peer_reviewer", "--as", DAN)
    north.run("cycle", "evidence", CYCLE, "self_evaluation", "--text", "Example text.", "--as", LENA)
    north.run("cycle", "note", CYCLE, "Asked.", "--beside", "3", "--as", PRIYA)
    north.run("person", "role", CLEO, "head", "--in", "birch")
    north.run("person", "train", CLEO, "improvement-champion", "--completed", "2026-09-01")
    north.run("cycle", "open", "birch", "--year", "2026-27", "--as", PRIYA)
    north.run("cycle", "list")


def change_what_is_known(north):
    """Late recordings, corrections, undos, a handover: none of it was known before."""
    north.run("cycle", "correct", CYCLE, "1:on=2026-09-06", "--reason", "The letter is older", "--as", PRIYA)
    north.run("cycle", "undo", CYCLE, "--event", "11", "--reason", "Another school", "--as", PRIYA)
    handed = ["--reason", "Dan moved away", "--yes", "--as", PRIYA]
    north.run("person", "handover", DAN, "--to", CLEO, *handed)
    north.run(
        "person", "delegate", LENA, "--to", EVE, "--until", "2026-12-01", "--reason", "Jury service", "--as", LENA
    )
    north.run("organisation", "add", "Dogwood Example Primary", "--urn", "900009")
    north.run("person", "add", "Nora Example", "--email", "nora@dogwood.example", "--as", ADA)
    north.run("person", "train", BEN, "improvement-champion", "--completed", "2026-06-01")


def answers(north, more=()):
    """Every answer, as data; a file that was written as its text."""
    found = {}
    for name, ways in ASKED.items():
        for number, way in enumerate(ways):
            file = north.folder / f"{name.replace(' ', '-')}-{number}-{len(list(north.folder.iterdir()))}"
            words = [*name.split(), *(word.format(file=file) for word in way), *more]
            key = " ".join([name, *(word for word in way if "{file}" not in word)])
            if name == "audit export":
                north.run(*words)
                written = next(north.folder.glob(f"{file.name}.*"))
                found[key] = written.read_text(encoding="utf-8")
                continue
            moment = north.clock.moment
            answer = north.json(*words)
            north.clock.moment = moment
            # Followers and what waits to be sent are told of now only.
            for said in ("known_at", "as_of", "file", "followers", "effects"):
                answer.pop(said, None)
            if "store" in answer:  # a copy tells the same as what it was made of
                answer["store"] = answer["store"].replace(str(north.folder), "FOLDER")
            found[key] = answer
    return found


@pytest.fixture(scope="module")
def both(world, tmp_path_factory):
    """What was answered at the end of the first part, and at the end of the second, a day later; only read after."""
    north = copied(world, tmp_path_factory.mktemp("both"))
    go_on(north, 1)
    north.clock.set("2026-09-07", 20)
    first, at = answers(north), north.clock.moment
    north.clock.set("2026-09-08", 9)
    go_on(north, 2)
    north.clock.set("2026-09-08", 20)
    second, then = answers(north), north.clock.moment
    return north, (first, at), (second, then)


@pytest.fixture
def told(both, tmp_path):
    """The same in a folder of the test's own, at the same moment."""
    made, first, second = both
    north = copied(made.folder, tmp_path)
    north.clock.moment = made.clock.moment
    return north, first, second


IGNORED = {"audit replay", "audit diff"}
"""They tell the moment that was asked about in words; what they say of the cycle is compared below."""


def compared(answers):
    return {key: value for key, value in answers.items() if not any(key.startswith(name) for name in IGNORED)}


def test_what_was_known_at_a_moment_is_what_was_answered_then(told):
    north, first, second = told
    north.clock.set("2026-09-09", 9)
    change_what_is_known(north)
    for before, at in (first, second):
        north.clock.moment = at
        again = answers(north, ["--known-at", at.isoformat()])
        for key, value in compared(before).items():
            assert again[key] == value, key


def test_as_of_a_day_on_which_everything_was_recorded_is_what_was_answered_at_its_end(told):
    north, (before, at), _ = told
    north.clock.moment = at
    again = answers(north, ["--as-of", "2026-09-07"])
    dated = ("inbox", "cycle list", "cycle show", "cycle next", "audit log hazel", "partnership show", "person show")
    for key, value in compared(before).items():
        if key.startswith("cycle next"):
            # A day is asked about as a whole: what is elsewhere is told with every state of that day.
            assert {**again[key], "elsewhere": []} == {**value, "elsewhere": []}, key
        elif key.startswith(dated):
            assert again[key] == value, key


def test_before_anything_was_recorded_nothing_is_known(told):
    north, *_ = told
    for name in ("cycle list", "person list", "organisation list", "partnership list", "programme list"):
        document = north.json(*name.split(), "--known-at", "2020-01-01")
        assert [value for value in document.values() if isinstance(value, list)] == [[]], name
    assert north.json("workflow", "list", "--known-at", "2020-01-01")["workflows"] == []
    assert north.json("inbox", "--known-at", "2020-01-01")["tasks"] == []
    for name, thing in (("cycle show", CYCLE), ("person show", LENA), ("organisation show", "hazel")):
        north.wrong(*name.split(), thing, "--known-at", "2020-01-01")
