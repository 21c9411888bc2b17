"""A store that moves takes along who may come in, and changes nothing behind its own back."""

import threading

import pytest

from access.admitted import GOOD, NOON, Door, at_once
from reviewflow.access import tables
from reviewflow.access.rows.carrying import CARRIED, carry
from reviewflow.errors import StoreMoved
from reviewflow.store.moved import mark_moved

BEHIND = {table.name for table in tables.TABLES} - {table.name for table in CARRIED}


@pytest.fixture
def other(door, tmp_path):
    """A new store with the same keys."""
    with Door(tmp_path / "two.db") as made:
        made.vault = door.vault
        made.open()
        yield made
        made.vault = type("Closed", (), {"close": lambda _: None})()


def move(door, other):
    with door.store.writing() as source, other.store.writing() as target:
        carry(source, target)


@pytest.fixture
def full(door):
    door.passwords.set("ada", GOOD)
    door.identities.add("ada", "https://sign-in.example", "s-1")
    door.drafts.save("ada", "c1", "submit", {"a": 1}, 7)
    door.throttle.failed("account", "ada")
    return (
        door.sessions.begin("ada", "link"),
        door.links.make("ada", by=None),
        door.tokens.make("ada", "One", ["act"], 9),
    )


def test_what_lasts_goes_along_and_what_does_not_stays_behind(door, other, full):
    session, link, (_, token) = full
    move(door, other)
    move(door, other)
    assert other.passwords.check("ada", GOOD)
    assert other.identities.find("https://sign-in.example", "s-1") == "ada"
    assert other.drafts.load("ada", "c1", "submit").values == {"a": 1}
    assert other.tokens.find(token).name == "One"
    assert other.sessions.find(session) is other.links.use(link) is None
    for table in tables.TABLES:
        assert bool(other.rows(table)) is (table.name not in BEHIND), table.name
    assert {"access_sessions", "access_links", "access_failures"} == BEHIND


def test_more_rows_than_one_batch_go_along(door, other):
    for n in range(120):
        door.identities.add(f"p{n}", "https://sign-in.example", f"s-{n}")
    move(door, other)
    assert other.rows(tables.identities) == door.rows(tables.identities)


def test_what_was_taken_back_before_a_second_try_does_not_come_along(door, other, full):
    _, _, (one, token) = full
    move(door, other)
    door.tokens.revoke(one)
    move(door, other)
    assert other.tokens.find(token) is None


CHANGES = {
    "set": lambda door: door.passwords.set("ada", "another piano gravel"),
    "remove": lambda door: door.passwords.remove("ada"),
    "link": lambda door: door.links.make("ada", by=None),
    "token": lambda door: door.tokens.make("ada", "Two", ["read"], 9),
    "revoke": lambda door: door.tokens.revoke(door.tokens.of("ada")[0].id),
    "identity": lambda door: door.identities.add("bea", "https://sign-in.example", "s-2"),
    "identities": lambda door: door.identities.remove("ada"),
    "save": lambda door: door.drafts.save("ada", "c2", "submit", {}, 1),
    "drop": lambda door: door.drafts.drop("ada", "c1", "submit"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_store_that_was_moved_changes_nothing_of_what_went_along(file_door, change):
    for made in ("ada",):
        file_door.passwords.set(made, GOOD)
        file_door.identities.add(made, "https://sign-in.example", "s-1")
        file_door.drafts.save(made, "c1", "submit", {}, 7)
        file_door.tokens.make(made, "One", ["act"], 9)
    with file_door.store.writing() as connection:
        mark_moved(connection, "postgresql://elsewhere/reviewflow", NOON)
    before = file_door.everything()
    with pytest.raises(StoreMoved, match="it was moved to postgresql://elsewhere"):
        change(file_door)
    assert file_door.everything() == before


def test_a_right_password_still_is_one_where_nothing_can_be_written(file_door):
    """Whoever signs in there is told where the store is; they are not told that they mistyped."""
    file_door.passwords.set("ada", GOOD)
    with file_door.store.writing() as connection:
        mark_moved(connection, "postgresql://elsewhere/reviewflow", NOON)
    assert file_door.passwords.check("ada", GOOD)
    assert file_door.sessions.find(file_door.sessions.begin("ada", "password"))


def test_a_change_at_the_moment_of_moving_is_here_or_there(door, other, full):
    """Whoever changes something while it is copied is refused, or finds it there; never neither."""
    _, _, (one, token) = full
    holding, marked = threading.Event(), threading.Event()

    def copies(_: int) -> None:
        with door.store.writing() as source, other.store.writing() as target:
            carry(source, target)
            holding.set()
            marked.wait(0.3)
            mark_moved(source, "postgresql://elsewhere/reviewflow", NOON)

    def revokes(_: int) -> bool:
        holding.wait(10)
        try:
            return door.tokens.revoke(one)
        finally:
            marked.set()

    try:
        got = at_once(2, lambda n: (copies, revokes)[n](n))
        assert got[0] is None
        assert isinstance(got[1], StoreMoved)
        assert other.tokens.find(token)
        assert door.tokens.of("ada")
    finally:
        unmark_again(door)


def unmark_again(door):
    from reviewflow.store.moved import unmark

    with door.store.writing() as connection:
        unmark(connection)
