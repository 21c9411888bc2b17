"""What every event store promises, whatever it keeps its log in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviewflow.errors import ImpossibleHistory, StoreUnreachable, StreamMoved
from reviewflow.ports import CommandRepeated, Record
from store.batches import NOON, NOTED, batch, check_log, everything, several, staged

VISITS = "visits-of:ben"


def test_a_new_store_is_empty(store):
    assert everything(store, ["cycle-a", VISITS]) == (0, [], {"cycle-a": 0, VISITS: 0}, {"cycle-a": [], VISITS: []}, {})


def test_an_append_answers_the_records_as_they_are_read_back(store):
    answer = store.append(batch(staged("cycle-a", 1, body=b"\x00\xff"), staged("person-b", 1), command="c1"))
    assert answer == [
        Record(1, NOON, "cycle-a", 1, "test.noted/1", b"\x00\xff", "c1", 0),
        Record(2, NOON, "person-b", 1, "test.noted/1", b"{}", "c1", 1),
    ]
    with store.snapshot() as snapshot:
        assert snapshot.log() == answer
        assert snapshot.command("c1") == answer
        assert snapshot.stream("cycle-a") == answer[:1]
        assert snapshot.position() == 2


def test_a_record_without_a_command_has_no_ordinal(store):
    store.append(batch(staged("cycle-a", 1)))
    (record,) = store.append(batch(staged("cycle-a", 2)))
    assert (record.command_id, record.ordinal) == (None, None)
    check_log(store)


def test_nothing_to_append_is_nothing_done(store):
    assert store.append(batch(command="c1", reads={"cycle-a": 0})) == []
    assert everything(store)[0] == 0
    store.append(batch(staged("cycle-a", 1)))
    with pytest.raises(StreamMoved):
        store.append(batch(reads={"cycle-a": 0}))


def test_positions_have_no_gaps_even_after_refusals(store):
    for version in range(1, 6):
        store.append(batch(staged("cycle-a", version), staged(f"cycle-{version}", 1)))
        with pytest.raises(StreamMoved):
            store.append(batch(staged("cycle-new", 1), staged("cycle-a", version)))
    assert check_log(store) == 10


def test_many_events_and_keys_in_one_append(store):
    events = [staged(f"cycle-{n}", 1, f"visits-of:{n}", VISITS) for n in range(700)]
    store.append(batch(*events, reads={f"cycles-of:{n}": 0 for n in range(700)}))
    assert check_log(store) == 700
    with store.snapshot() as snapshot:
        assert snapshot.heads([VISITS, "visits-of:699"]) == {VISITS: 700, "visits-of:699": 1}
        assert snapshot.touching(VISITS) == sorted(f"cycle-{n}" for n in range(700))


class TestMoments:
    def test_recorded_at_never_runs_backwards(self, store, clock):
        store.append(batch(staged("cycle-a", 1)))
        clock.turn(hours=-3)
        store.append(batch(staged("cycle-a", 2)))
        clock.turn(hours=4, microseconds=1)
        store.append(batch(staged("cycle-a", 3)))
        with store.snapshot() as snapshot:
            assert [r.recorded_at - NOON for r in snapshot.log()] == [
                timedelta(0), timedelta(0), timedelta(hours=1, microseconds=1),
            ]  # fmt: skip

    def test_what_was_known_by_a_moment_is_a_prefix(self, store, clock):
        for version in range(1, 5):
            store.append(batch(staged("cycle-a", version)))
            clock.turn(minutes=1)
        with store.snapshot() as snapshot:
            known = [r.version for r in snapshot.log(until=NOON + timedelta(minutes=2))]
            assert known == [1, 2, 3]
            assert [r.version for r in snapshot.log(after=1, limit=1, until=NOON + timedelta(minutes=2))] == [2]
            assert snapshot.log(until=NOON - timedelta(microseconds=1)) == []

    def test_one_append_has_one_moment(self, store):
        first, second = store.append(batch(staged("cycle-a", 1), staged("cycle-a", 2)))
        assert first.recorded_at == second.recorded_at


class TestReading:
    def test_part_of_a_stream_and_of_the_log(self, store):
        for version in range(1, 8):
            store.append(batch(staged("cycle-a", version), staged("cycle-b", version)))
        with store.snapshot() as snapshot:
            assert [r.version for r in snapshot.stream("cycle-a", after=5)] == [6, 7]
            assert [r.position for r in snapshot.log(after=3, limit=4)] == [4, 5, 6, 7]
            assert snapshot.log(after=14) == []
            assert snapshot.stream("cycle-c") == []
            assert snapshot.command("nobody's") == []

    def test_a_snapshot_sees_nothing_later(self, store):
        store.append(batch(staged("cycle-a", 1, VISITS), command="c1"))
        before = everything(store, [VISITS])
        with store.snapshot() as snapshot:
            store.append(batch(staged("cycle-a", 2, VISITS), staged("cycle-b", 1, VISITS), command="c2"))
            assert snapshot.position() == before[0]
            assert snapshot.log() == before[1]
            assert snapshot.stream("cycle-a") == before[1]
            assert snapshot.stream("cycle-b") == snapshot.command("c2") == []
            assert snapshot.heads(["cycle-a", "cycle-b", VISITS]) == {"cycle-a": 1, "cycle-b": 0, VISITS: 1}
            assert snapshot.touching(VISITS) == ["cycle-a"]
        with store.snapshot() as snapshot:
            assert snapshot.heads(["cycle-a", "cycle-b", VISITS]) == {"cycle-a": 2, "cycle-b": 1, VISITS: 3}


class TestOnce:
    @pytest.mark.parametrize("reads", [{"cycle-a": 0}, {"cycle-a": 1}, {}])
    def test_a_command_is_appended_once(self, store, reads):
        store.append(batch(staged("cycle-a", 1), staged("cycle-a", 2), command="c1", reads={"cycle-a": 0}))
        before = everything(store)
        again = staged("cycle-a", reads["cycle-a"] + 1) if reads else staged("cycle-other", 1)
        with pytest.raises(CommandRepeated):
            store.append(batch(again, command="c1", reads=reads))
        assert everything(store, ["cycle-other"])[:2] == before[:2]

    def test_even_when_it_would_append_nothing(self, store):
        store.append(batch(staged("cycle-a", 1), command="c1"))
        with pytest.raises(CommandRepeated):
            store.append(batch(command="c1"))

    def test_its_records_tell_the_answer(self, store):
        answer = store.append(batch(staged("cycle-a", 1), staged("cycle-b", 1), command="c1"))
        store.append(batch(staged("cycle-a", 2), command="c2"))
        with store.snapshot() as snapshot:
            assert snapshot.command("c1") == answer


class TestSeveral:
    """Several commands in one append."""

    def test_each_keeps_its_id_and_counts_its_own_events(self, store):
        answer = store.append(
            several({"c1": 2, "c2": 1}, staged("cycle-a", 1), staged("cycle-b", 1), staged("cycle-a", 2))
        )
        assert [(r.position, r.command_id, r.ordinal) for r in answer] == [(1, "c1", 0), (2, "c1", 1), (3, "c2", 0)]
        assert len({r.recorded_at for r in answer}) == 1
        with store.snapshot() as snapshot:
            assert snapshot.command("c1") == answer[:2]
            assert snapshot.command("c2") == answer[2:]
        assert check_log(store) == 3

    @pytest.mark.parametrize("reads", [{"cycle-a": 0}, {}])
    @pytest.mark.parametrize("place", [0, 1, 150])
    def test_one_id_that_is_taken_takes_all_back(self, store, reads, place):
        store.append(batch(staged("cycle-a", 1), command="c1"))
        before = everything(store)
        commands = [f"new-{n}" for n in range(200)]
        commands[place] = "c1"
        events = [staged(f"cycle-{n}", 1) for n in range(200)]
        with pytest.raises(CommandRepeated):
            store.append(several(dict.fromkeys(commands, 1), *events, reads=reads))
        assert everything(store, ["cycle-0"])[:2] == before[:2]

    def test_numbers_that_do_not_add_up_are_our_fault(self, store):
        for commands in ({"c1": 1}, {"c1": 2, "c2": 1}):
            with pytest.raises(ValueError, match="zip"):
                store.append(several(commands, staged("cycle-a", 1), staged("cycle-a", 2)))
        assert everything(store)[0] == 0

    @pytest.mark.parametrize("number", [0, 1, 2, 64, 65, 300])
    def test_many_ids_are_asked_for_at_once(self, store, number):
        store.append(several({f"c{n}": 2 for n in range(300)}, *(staged("cycle-a", n) for n in range(1, 601))))
        store.append(batch(staged("cycle-a", 601)))
        wanted = [f"c{n}" for n in range(number)]
        with store.snapshot() as snapshot:
            found = snapshot.commands([*wanted, "nobody's"])
            assert found == {command: snapshot.command(command) for command in wanted}
            store.append(batch(staged("cycle-b", 1), command="later"))
            assert snapshot.commands(["later", "c0"]).keys() == {"c0"}


class TestMoved:
    def test_a_version_is_given_once(self, store):
        store.append(batch(staged("cycle-a", 1)))
        before = everything(store)
        with pytest.raises(StreamMoved) as caught:
            store.append(batch(staged("cycle-b", 1), staged("cycle-a", 1)))
        assert caught.value.moved == {"cycle-a": (0, 1)}
        assert everything(store) == before

    def test_a_version_from_the_future(self, store):
        with pytest.raises(StreamMoved) as caught:
            store.append(batch(staged("cycle-a", 3)))
        assert caught.value.moved == {"cycle-a": (2, 0)}
        assert everything(store)[0] == 0

    def test_everything_that_was_read_is_checked_and_all_that_moved_is_named(self, store):
        store.append(batch(staged("person-ben", 1), staged("cycle-b", 1, VISITS)))
        store.append(batch(staged("cycle-b", 2, VISITS)))
        before = everything(store, [VISITS])
        reads = {"person-ben": 0, VISITS: 1, "cycle-b": 2, "cycles-of:hazel": 0}
        with pytest.raises(StreamMoved) as caught:
            store.append(batch(staged("cycle-a", 1, "cycles-of:hazel"), reads=reads))
        assert caught.value.moved == {"person-ben": (0, 1), VISITS: (1, 2)}
        assert everything(store, [VISITS]) == before
        assert everything(store, ["cycles-of:hazel"])[2]["cycles-of:hazel"] == 0
        store.append(batch(staged("cycle-a", 1, "cycles-of:hazel"), reads=reads | {"person-ben": 1, VISITS: 2}))
        assert check_log(store) == 4

    @pytest.mark.parametrize("key", ["people", VISITS, "handle:hazel-2026"])
    def test_a_set_that_was_read_is_checked_whatever_it_is_called(self, store, key):
        store.append(batch(staged("person-a", 1, key)))
        with pytest.raises(StreamMoved) as caught:
            store.append(batch(staged("cycle-a", 1), reads={key: 0}))
        assert caught.value.moved == {key: (0, 1)}
        store.append(batch(staged("cycle-a", 1), reads={key: 1}))
        assert check_log(store) == 2

    def test_a_set_counts_the_events_that_touched_it(self, store):
        store.append(batch(staged("cycle-b", 1, VISITS), staged("cycle-a", 1, VISITS, VISITS, "cycles-of:hazel")))
        store.append(batch(staged("cycle-b", 2, VISITS)))
        with store.snapshot() as snapshot:
            assert snapshot.heads([VISITS, "cycles-of:hazel"]) == {VISITS: 3, "cycles-of:hazel": 1}
            assert snapshot.touching(VISITS) == ["cycle-a", "cycle-b"]


class TestImpossible:
    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            (batch(staged("cycle-a", 1), staged("cycle-a", 3)), "it stands after 1 in one append; want 2"),
            (batch(staged("cycle-a", 1), staged("cycle-a", 1)), "it stands after 1 in one append; want 2"),
            (batch(staged("cycle-a", 0)), "a stream begins with version 1"),
            (batch(staged("cycle-a", 1), staged("cycle-b", 1, "cycle-a")), "but a set is one word or has a colon"),
            (batch(staged("visits-of:a", 1)), "a stream is named KIND-ID"),
            (batch(staged("people", 1)), "a stream is named KIND-ID"),
            (batch(staged("cycle-a", 1), reads={"cycle-a": 3}), "it was read at version 3; want 4"),
        ],
    )
    def test_a_batch_that_contradicts_itself_is_our_fault(self, store, wrong, why):
        with pytest.raises(ImpossibleHistory, match=why):
            store.append(wrong)
        assert everything(store)[0] == 0


class TestViews:
    def test_are_told_record_event_and_state(self, store, view):
        store.append(batch(staged("cycle-a", 1, after="drafting"), staged("cycle-a", 2, after="ready")))
        assert view.rows(store) == [(1, "cycle-a", 1, "drafting"), (2, "cycle-a", 2, "ready")]
        assert view.events == [NOTED, NOTED]

    def test_a_broken_view_takes_the_append_back_and_itself(self, store, view):
        store.append(batch(staged("cycle-a", 1), command="c1"))
        before, rows = everything(store, [VISITS]), view.rows(store)
        view.broken = True
        with pytest.raises(ZeroDivisionError, match="this view is broken"):
            store.append(batch(staged("cycle-a", 2, VISITS), command="c2"))
        assert everything(store, [VISITS]) == before
        assert view.rows(store) == rows
        view.broken = False
        store.append(batch(staged("cycle-a", 2, VISITS), command="c2"))
        assert check_log(store) == len(view.rows(store)) == 2

    def test_a_refused_append_tells_no_view(self, store, view):
        with pytest.raises(StreamMoved):
            store.append(batch(staged("cycle-a", 2)))
        assert view.events == []
        assert view.rows(store) == []

    def test_a_question_can_share_the_snapshot(self, store):
        store.append(batch(staged("cycle-a", 1)))
        with store.snapshot() as snapshot:
            assert snapshot.connection.exec_driver_sql("SELECT count(*) FROM seen").scalar() == 1

    def test_a_follower_writes_all_or_nothing(self, store, view):
        def follow(then):
            with store.writing() as connection:
                connection.exec_driver_sql("INSERT INTO seen VALUES (7, 's', 1, NULL)")
                then()

        view.broken = True
        with pytest.raises(ZeroDivisionError):
            follow(lambda: view.apply(None, []))
        assert view.rows(store) == []
        follow(lambda: None)
        assert view.rows(store) == [(7, "s", 1, None)]


def test_a_closed_store_says_so(store):
    store.close()
    with pytest.raises(StoreUnreachable, match="it was closed"):
        store.append(batch(staged("cycle-a", 1)))
    with pytest.raises(StoreUnreachable, match="it was closed"), store.snapshot():
        """Not reached."""
    store.close()
