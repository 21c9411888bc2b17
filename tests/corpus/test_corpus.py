"""Every store that a release ever wrote opens in this one: upgraded, folded, its texts read, nothing wrong with it."""

import json
from pathlib import Path

import pytest

from corpus.make import STORES, make, unpack
from corpus.moving import into_postgresql
from corpus.noting import noted, settings_in
from corpus.settling import CLOCK, settle
from reviewflow.access.tables import TABLES as ACCESS
from reviewflow.access.tokens import Tokens
from reviewflow.events import topics
from reviewflow.following.tables import TABLES as FOLLOWING
from reviewflow.keeping.doctor import examine
from reviewflow.store.schema import SCHEMA
from reviewflow.store.tables import metadata
from reviewflow.wiring import create_installation, open_installation
from store.laid_out import laid_out

NAMES = sorted(
    (path.name.removesuffix(".tar.xz") for path in STORES.glob("*.tar.xz")), key=lambda name: (len(name), name)
)
NEVER_SAID = {"cycle.deadline-moved/1"}
"""Events that no command of any release makes."""
TABLES = (*FOLLOWING, *ACCESS)


def note(name):
    return json.loads((STORES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request):
    """Where the store goes; None: it stays the file that it is."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def settled(name, folder, url):
    """A store of the corpus in its place, upgraded; views that this release keeps otherwise are rebuilt."""
    settings = settings_in(unpack(name, folder))
    if url is not None:
        into_postgresql(folder / "reviewflow.db", url)
        settings = settings_in(folder, url)
    return settings, settle(settings)


@pytest.mark.parametrize("name", NAMES)
def test_a_store_of_an_earlier_release_is_what_it_was(name, place, tmp_path):
    settings, planned = settled(name, tmp_path, place)
    assert planned.wanted == SCHEMA
    assert noted(settings) == note(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_doctor_finds_nothing_wrong_with_it(name, place, tmp_path):
    settings, _ = settled(name, tmp_path, place)
    found = list(examine(settings, CLOCK, deep=True))
    # The server that runs for the tests need not outlive a loss of power, and the doctor sees it.
    unsafe = {"fsync", "full_page_writes"} if place else set()
    assert {one.name: one.found for one in found if one.verdict == "fault"} == dict.fromkeys(unsafe, "off")
    checks = {one.name: one for one in found}
    assert checks["texts"].found == f"{note(name)['texts'] - note(name)['removed']} open, 2 were forgotten"
    assert {"view registry rebuilt", "view cycles rebuilt", "view tasks rebuilt"} <= set(checks)


@pytest.mark.parametrize("name", NAMES)
def test_its_tables_are_those_of_a_store_made_new(name, tmp_path):
    """What a release really wrote, and not only what the revisions say that it did."""
    settings, _ = settled(name, tmp_path / "old", None)
    (tmp_path / "new").mkdir()
    new = settings_in(tmp_path / "new").model_copy(update={"master_key_file": settings.master_key_file})
    create_installation(new, CLOCK)
    ours = {*metadata.tables, *(table.name for table in TABLES)}
    old, fresh = ({one for one in laid_out(at.store) if one[2] in ours} for at in (settings, new))
    assert old == fresh
    assert {one[1] for one in old if one[0] == "table"} == ours


def test_who_may_come_in_is_as_it_was(tmp_path):
    """Tokens came with version 3; the same is asked of every later one."""
    for name in NAMES[2:]:
        settings, _ = settled(name, tmp_path / name, None)
        with open_installation(settings, CLOCK) as one:
            [token] = Tokens(one.store, one.vault, CLOCK).of()
            assert (token.name, token.scopes) == ("Nightly export", {"read"})


def test_there_is_a_store_of_every_version():
    assert {f"schema-{number}" for number in range(1, SCHEMA + 1)} <= set(NAMES)


def test_all_together_stay_small():
    assert sum(path.stat().st_size for path in STORES.iterdir()) < 300_000


def test_the_last_one_has_every_event_that_a_command_can_make():
    ours = {topic for topic, kind in topics.items() if kind.__module__.startswith("reviewflow.")}
    assert set(note(NAMES[-1])["topics"]) == ours - NEVER_SAID


def test_a_store_that_was_written_is_never_written_again(tmp_path):
    (tmp_path / "schema-1.json").write_text("what it was")
    with pytest.raises(FileExistsError):
        make("schema-1", tmp_path)
    assert [path.name for path in Path(tmp_path).iterdir()] == ["schema-1.json"]
