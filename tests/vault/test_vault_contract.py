"""What every place that keeps keys promises: the file and the database pass the same cases."""

from __future__ import annotations

import threading
from itertools import chain

import pytest

from reviewflow.errors import BadInput, Refused, StoreUnreachable
from reviewflow.ports import Forgotten
from reviewflow.vault.keys import CHUNK, BackupNote, Rewrapped
from reviewflow.vault.places import create_keys, keys_there, open_keys, remove_keys
from vault.vault_given import MASTER, OTHER_MASTER, new_vault, noted

AT = "2026-03-01T12:30:00+00:00"


@pytest.fixture
def some(place, opened):
    """Keys with three rows and one forgotten, opened a second time."""
    made = create_keys(place, lambda change: change.put([("installation", b"mark"), ("a", b"1"), ("b", b"2")]))
    made.forget("gone", AT)
    made.close()
    return opened(place)


def nothing_to_make(owner):
    raise AssertionError(owner)


def test_what_was_put_in_is_there(some):
    assert some.get("a") == b"1"
    assert some.get("c") is None
    assert [(one.stream, one.at) for one in some.forgotten()] == [("gone", AT)]
    with some.whole() as whole:
        assert (whole.mark(), whole.count()) == (b"mark", 3)
        assert list(whole.chunks()) == [[("a", b"1"), ("b", b"2"), ("installation", b"mark")]]
        assert whole.forgotten() == some.forgotten()


def test_only_what_is_not_there_is_made(some):
    assert some.ensure(["a", "b"], nothing_to_make, b"mark") == {"a": b"1", "b": b"2"}
    assert some.ensure(["a", "c", "gone"], lambda owner: f"new {owner}".encode()) == {
        "a": b"1", "c": b"new c", "gone": None,
    }  # fmt: skip
    assert some.ensure(["c", "c"], nothing_to_make) == {"c": b"new c"}
    assert (some.get("c"), some.get("gone")) == (b"new c", None)


@pytest.mark.parametrize("owners", [["a"], ["c"], ["a", "c"], []])
def test_no_key_is_made_or_given_under_another_mark_than_was_said(some, owners):
    with pytest.raises(Rewrapped):
        some.ensure(owners, lambda _: b"lost", b"old mark")
    assert some.get("c") is None


def test_a_failure_while_keys_are_made_makes_none(some):
    def fail(owner):
        if owner == "d":
            raise ZeroDivisionError
        return b"x"

    with pytest.raises(ZeroDivisionError):
        some.ensure(["c", "d"], fail)
    assert some.get("c") is None


def test_forgetting_twice_keeps_the_first_moment_and_what_was_never_there_can_be_forgotten(some):
    some.forget("gone", "2030-01-01T00:00:00+00:00")
    some.forget("a", AT)
    some.forget("never", AT)
    assert [(one.stream, one.at) for one in some.forgotten()] == [("gone", AT), ("a", AT), ("never", AT)]
    assert [one.number for one in some.forgotten()] == sorted({one.number for one in some.forgotten()})
    assert [one.stream for one in some.forgotten(some.forgotten()[0].number)] == ["a", "never"]
    assert (some.get("a"), some.get("b")) == (None, b"2")


def test_others_hear_of_what_is_forgotten_and_of_a_new_mark(some, place, opened):
    other = opened(place)
    before = other.counter()
    news = other.news(0)
    assert news == (before, some.forgotten(), b"mark")
    some.forget("a", AT)
    assert other.counter() != before
    news = other.news(news.forgotten[-1].number)
    assert [one.stream for one in news.forgotten] == ["a"]
    before = other.counter()
    with some.changing() as change:
        change.put([("installation", b"other")])
    assert other.counter() != before
    assert other.news(0).mark == b"other"


def test_many_rows_are_changed_all_or_none(some):
    with some.changing() as change:
        change.put([(f"owner-{number:05}", b"x") for number in range(2 * CHUNK + 1)])
    with some.whole() as whole:
        chunks = list(whole.chunks())
    assert [len(chunk) for chunk in chunks] == [CHUNK, CHUNK, 4]
    rows = list(chain.from_iterable(chunks))
    assert rows == sorted(rows)
    with pytest.raises(ZeroDivisionError):
        change_and_fail(some)
    assert some.get("owner-00000") == b"x"
    assert [one.stream for one in some.forgotten()] == ["gone"]
    with some.changing() as change:
        change.clear()
        change.note_forgotten([("y", AT), ("x", AT), ("y", "later")])
        change.put([("installation", b"mark")])
    assert (some.get("a"), some.get("installation")) == (None, b"mark")
    assert [(one.stream, one.at) for one in some.forgotten()] == [("y", AT), ("x", AT)]


def change_and_fail(keys):
    with keys.changing() as change:
        for chunk in change.chunks():
            change.put([(owner, b"y") for owner, _ in chunk])
        change.note_forgotten([("b", AT)])
        raise ZeroDivisionError


def test_rows_may_be_rewritten_while_they_are_read(some):
    with some.changing() as change:
        change.put([(f"owner-{number:05}", b"x") for number in range(CHUNK + 5)])
    with some.changing() as change:
        for chunk in change.chunks():
            change.put([(owner, b"new " + wrapped) for owner, wrapped in chunk])
    with some.whole() as whole:
        assert all(wrapped.startswith(b"new ") for chunk in whole.chunks() for _, wrapped in chunk)


def test_backups_are_noted_and_go_after_their_day(some, place, opened):
    assert some.backups() == []
    first, second = BackupNote(AT, "2026-04-05"), BackupNote("2026-03-02T00:00:00+00:00", "2026-03-09")
    for note in (second, first, first):
        some.note_backup(note, "2026-03-02")
    assert opened(place).backups() == [first, second]
    some.note_backup(BackupNote("2026-03-10T00:00:00+00:00", "2026-04-14"), "2026-03-10")
    assert [one.destroy_by for one in some.backups()] == ["2026-04-05", "2026-04-14"]


def test_a_second_vault_in_the_same_place_is_refused(kept):
    before = kept.rows()
    with pytest.raises(BadInput, match="want a new place"):
        new_vault(kept.place)
    assert kept.rows() == before


def test_where_there_is_nothing(place):
    assert keys_there(place) is None
    with pytest.raises(StoreUnreachable):
        open_keys(place)
    made = keys_there_after(place)
    made.close()
    remove_keys(place)
    assert keys_there(place) is None


def keys_there_after(place):
    create_keys(place, lambda change: change.put([("installation", b"mark")])).close()
    found = keys_there(place)
    assert found is not None
    return found


def test_the_wrong_master_key_and_none(kept):
    with pytest.raises(StoreUnreachable, match="the master key is not the one it was made with"):
        kept.another(OTHER_MASTER)
    closed = kept.another(None)
    with pytest.raises(Forgotten):
        closed.open(kept.sealed["cycle-a"], "cycle-a", 1, "text")
    assert closed.forgotten("person-rowan")


def test_what_one_forgets_no_other_uses(kept):
    other = kept.another()
    assert kept.opens("cycle-a", other)
    kept.vault.forget("cycle-a")
    assert not kept.opens("cycle-a", other)
    with pytest.raises(Refused):
        other.seal(noted(), "cycle-a", 2)
    assert kept.opens("cycle-b", other)


def test_many_at_once_get_the_same_key_of_a_stream(kept):
    vaults = [kept.another() for _ in range(4)]
    streams = [f"cycle-{number}" for number in range(12)]
    sealed, barrier = [], threading.Barrier(len(vaults))

    def seal(vault):
        barrier.wait()
        sealed.extend((stream, vault.seal(noted(), stream, 1).text) for stream in streams)

    threads = [threading.Thread(target=seal, args=(vault,)) for vault in vaults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sealed) == len(vaults) * len(streams)
    reader = kept.another()
    for stream, text in sealed:
        assert reader.open(text, stream, 1, "text") == "Rowan said so"


def test_a_gathered_key_that_somebody_else_made_first_is_not_kept(kept):
    unkept = {}
    kept.vault.seal(noted(), "cycle-new", 1, unkept)
    kept.another().seal(noted("theirs"), "cycle-new", 1)
    assert kept.vault.keep(unkept) is False
    again = kept.vault.seal(noted("ours"), "cycle-new", 1, {}).text
    assert kept.another().open(again, "cycle-new", 1, "text") == "ours"


def test_closing_twice_and_asking_after(kept):
    kept.vault.close()
    kept.vault.close()
    for ask in (
        lambda: kept.opens("cycle-a", kept.vault),
        lambda: kept.vault.seal(noted(), "cycle-a", 2),
        kept.vault.all_forgotten,
    ):
        with pytest.raises(StoreUnreachable):
            ask()


def test_no_plain_key_and_no_text_is_in_the_rows(kept):
    keys, _ = kept.rows()
    assert all(len(wrapped) == 60 and MASTER not in wrapped for wrapped in keys.values())
    assert sorted(keys) == ["cycle-a", "cycle-b", "installation", "person-ash"]
