"""What only a store in PostgreSQL can get wrong: addresses, schemas, locks, guards, and rights that are lacking."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from urllib.parse import quote

import psycopg
import pytest

from reviewflow.errors import StoreUnreachable, StreamMoved
from reviewflow.store.addresses import shown
from reviewflow.store.replacing import InUse
from reviewflow.store.sql import SqlStore
from store.batches import batch, check_log, everything, staged


@pytest.fixture
def outside(postgres_url):
    """Another client of the same database."""
    with psycopg.connect(postgres_url, autocommit=True) as link:
        yield link


def setting(store: SqlStore, name: str) -> str:
    with store.reading() as connection:
        return connection.exec_driver_sql("SELECT current_setting(%s)", (name,)).scalar_one()


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://clerk:secret@/log?port=seven",
            "postgresql://clerk:sec/ret@host/log",
            "postgresql://clerk:secret@host:notaport/log",
            "postgresql://clerk:secret@host/log?colour=blue",
            "postgresql://clerk:se%zzcret@host/log",
        ],
    )
    def test_one_that_cannot_be_read_is_refused_without_its_password(self, url, clock):
        with pytest.raises(StoreUnreachable, match="not the address of a PostgreSQL database") as caught:
            SqlStore(url, clock)
        assert "secret" not in str(caught.value)
        assert "cret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("url", "seen"),
        [
            ("postgresql://clerk:secret@h1:1,h2:2/log?sslpassword=secret", "postgresql://h1:1,h2:2/log"),
            ("postgres://clerk:sec@ret@h1/log", "postgres://h1/log"),
            ("postgresql:///log?password=secret", "postgresql:///log"),
            ("sqlite:///reviewflow.db", "sqlite:///reviewflow.db"),
        ],
    )
    def test_it_is_shown_without_user_password_and_parameters(self, url, seen):
        assert shown(url) == seen

    def test_of_several_hosts_the_one_that_takes_writes_is_looked_for(self, clock):
        several = SqlStore("postgresql://clerk:secret@h1:5432,h2:5433/log", clock)._database
        assert several._told["target_session_attrs"] == "read-write"
        assert several._told["host"] == "h1,h2"
        assert several.what == "the store postgresql://clerk@h1:5432,h2:5433/log"
        one = SqlStore("postgresql://h1/log", clock)._database
        assert "target_session_attrs" not in one._told
        asked = SqlStore("postgresql+psycopg://h1,h2/log?target_session_attrs=any&connect_timeout=9", clock)._database
        assert (asked._told["target_session_attrs"], asked._told["connect_timeout"]) == ("any", "9")

    def test_a_server_that_is_not_there(self, clock, tmp_path):
        where = quote(str(tmp_path), safe="")
        with (
            SqlStore(f"postgresql://clerk:secret@/log?host={where}&port=5999", clock) as store,
            pytest.raises(StoreUnreachable, match="no connection") as caught,
            store.snapshot(),
        ):
            pass
        assert "secret" not in str(caught.value)
        assert type(caught.value) is StoreUnreachable

    def test_of_several_hosts_the_first_that_answers_is_used(self, postgresql, postgres_url, clock):
        there = psycopg.conninfo.conninfo_to_dict(postgres_url)
        url = f"postgresql://{there['user']}@/{there['dbname']}?host=/nowhere,{there['host']}&port=1,{there['port']}"
        postgresql.append(batch(staged("cycle-a", 1)))
        with SqlStore(url, clock) as store:
            assert check_log(store) == 1

    def test_a_database_that_is_not_there(self, postgres_url, clock):
        with SqlStore(postgres_url.replace("/reviewflow_test", "/no_such"), clock) as store:
            with pytest.raises(StoreUnreachable, match=r"no connection.*does not exist"), store.snapshot():
                pass
            with pytest.raises(StoreUnreachable, match="no connection"):
                store.create()


class TestOpening:
    def test_an_empty_database(self, postgres_url, clock):
        with SqlStore(postgres_url, clock) as store:
            with pytest.raises(StoreUnreachable, match="it is empty; `reviewflow init` sets it up"), store.snapshot():
                pass
            with pytest.raises(StoreUnreachable, match="it is empty"):
                store.append(batch(staged("cycle-a", 1)))

    def test_a_database_of_somebody_else(self, postgres_url, outside, clock):
        outside.execute("CREATE TABLE orders (id int)")
        with SqlStore(postgres_url, clock) as store:
            with pytest.raises(StoreUnreachable, match="something else than a reviewflow store"), store.snapshot():
                pass
            with pytest.raises(StoreUnreachable, match="there is something already"):
                store.create()
        assert outside.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall() == [
            ("orders",)
        ]

    def test_a_schema_that_is_not_there(self, postgres_url, clock):
        with (
            SqlStore(f"{postgres_url}&options=-csearch_path%3Dnowhere", clock) as store,
            pytest.raises(StoreUnreachable, match="no schema of its search path"),
        ):
            store.create()

    def test_a_database_without_every_letter(self, postgres, postgres_url, outside, clock):
        name = f"latin_{psycopg.conninfo.conninfo_to_dict(postgres_url)['dbname']}"
        outside.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'")
        try:
            with (
                SqlStore(postgres.url_of(name), clock) as store,
                pytest.raises(StoreUnreachable, match="its encoding is LATIN1"),
            ):
                store.create()
        finally:
            outside.execute(f"DROP DATABASE {name}")

    def test_two_that_make_it_at_once(self, postgres_url, clock, view):
        told = []

        def make():
            with SqlStore(postgres_url, clock, [view], patience=30) as store:
                try:
                    store.create()
                    told.append("made")
                except StoreUnreachable as error:
                    told.append(error.why)

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == ["made", *["there is something already"] * 3]

    def test_an_acknowledged_event_is_durable_unless_the_address_says_no(
        self, postgresql, postgres_url, outside, clock
    ):
        assert setting(postgresql, "synchronous_commit") == "on"
        name = psycopg.conninfo.conninfo_to_dict(postgres_url)["dbname"]
        with ExitStack() as stack:
            for level, options, wanted in (
                ("off", "", "on"),
                ("remote_apply", "", "remote_apply"),
                ("on", "&options=-csynchronous_commit%3Doff", "off"),
            ):
                outside.execute(f"ALTER DATABASE {name} SET synchronous_commit = {level}")
                store = stack.enter_context(SqlStore(f"{postgres_url}{options}", clock))
                assert setting(store, "synchronous_commit") == wanted


class TestGuards:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE records SET body = ''",
            "UPDATE records SET body = '' WHERE false",
            "DELETE FROM records",
            "TRUNCATE records",
            "INSERT INTO records SELECT * FROM records ON CONFLICT (position) DO UPDATE SET body = ''",
            "SET session_replication_role = replica; DELETE FROM records",
            "WITH gone AS (DELETE FROM records RETURNING *) SELECT * FROM gone",
        ],
    )
    def test_a_record_is_never_changed(self, postgresql, outside, statement):
        postgresql.append(batch(staged("cycle-a", 1, "people"), command="c"))
        before = everything(postgresql, ["people"])
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="never changed and never removed"):
            outside.execute(statement)
        assert everything(postgresql, ["people"]) == before

    def test_a_position_and_a_version_and_a_command_are_taken_once(self, postgresql, outside):
        postgresql.append(batch(staged("cycle-a", 1), command="c"))
        for row in ("1, 0, 'x', 1, 't', '', NULL, NULL", "2, 0, 'cycle-a', 1, 't', '', NULL, NULL",
                    "2, 0, 'x', 1, 't', '', 'c', 0", "2, 0, 'x', 1, 't', '', 'd', NULL"):  # fmt: skip
            with pytest.raises(psycopg.IntegrityError):
                outside.execute(f"INSERT INTO records VALUES ({row})")


class TestSchemas:
    @pytest.fixture
    def two(self, postgres_url, outside, clock):
        with ExitStack() as stack:
            made = []
            for name in ("one", "two"):
                outside.execute(f"CREATE SCHEMA {name}")
                made.append(stack.enter_context(SqlStore(self.url(postgres_url, name), clock, patience=0.5)))
                made[-1].create()
            yield made

    def url(self, database, schema):
        return f"{database}&options=-csearch_path%3D{schema},public"

    def test_two_stores_in_one_database_know_nothing_of_one_another(self, two):
        one, other = two
        one.append(batch(staged("cycle-a", 1, "people")))
        assert (check_log(one), check_log(other)) == (1, 0)
        other.append(batch(staged("cycle-a", 1), reads={"people": 0}))
        assert check_log(other) == 1

    def test_neither_waits_for_the_other(self, two, postgres_url, clock):
        one, other = two
        with one.writing():
            other.append(batch(staged("cycle-a", 1)))
            with (
                SqlStore(self.url(postgres_url, "one"), clock, patience=0.1) as again,
                pytest.raises(StoreUnreachable, match=r"writing to it for more than 0\.1 seconds"),
            ):
                again.append(batch(staged("cycle-a", 1)))
        assert (check_log(one), check_log(other)) == (0, 1)

    def test_a_store_in_a_later_schema_of_the_path_is_not_ours(self, postgres_url, postgresql, outside, clock):
        outside.execute("CREATE SCHEMA mine")
        with SqlStore(f"{postgres_url}&options=-csearch_path%3Dmine,public", clock) as store:
            with pytest.raises(StoreUnreachable, match="it is empty"), store.snapshot():
                pass
            store.create()
            store.append(batch(staged("cycle-a", 1)))
            assert (check_log(store), check_log(postgresql)) == (1, 0)


def in_thread(job) -> None:
    """Run it in another thread; what it raises is raised here."""
    told = []

    def run():
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - raised again below
            told.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if told:
        raise told[0]


class TestLocks:
    def test_rows_that_are_not_the_log_are_changed_beside_appends(self, postgresql):
        with postgresql.changing() as connection:
            connection.exec_driver_sql("INSERT INTO seen VALUES (99, 's', 1, NULL)")
            in_thread(lambda: postgresql.append(batch(staged("cycle-a", 1))))
            assert check_log(postgresql) == 1
        with postgresql.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM seen").scalar_one() == 2

    def test_what_fails_while_changing_is_taken_back(self, postgresql):
        def change():
            with postgresql.changing() as connection:
                connection.exec_driver_sql("INSERT INTO seen VALUES (99, 's', 1, NULL)")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            change()
        with postgresql.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM seen").scalar_one() == 0

    def test_a_deadlock_is_something_to_try_again(self, postgresql):
        def rows(store, first, second, meet):
            with store.changing() as connection:
                connection.exec_driver_sql(f"UPDATE seen SET stream = 'x' WHERE position = {first}")
                meet.wait(30)
                connection.exec_driver_sql(f"UPDATE seen SET stream = 'x' WHERE position = {second}")

        postgresql.append(batch(staged("cycle-a", 1), staged("cycle-a", 2)))
        meet, told = threading.Barrier(2), []

        def run(*places: int):
            try:
                rows(postgresql, *places, meet)
            except StreamMoved as error:
                told.append(str(error))

        threads = [threading.Thread(target=run, args=places) for places in ((1, 2), (2, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(told) == 1
        assert "nothing was written; look again and retry" in told[0]

    def test_who_replaces_tables_waits_for_snapshots(self, postgresql):
        with postgresql.snapshot(), pytest.raises(InUse):
            in_thread(lambda: postgresql.replacing(0.05).__enter__())
        with postgresql.replacing(5) as held:
            held.connection.exec_driver_sql("ALTER TABLE seen RENAME TO unseen")
        with postgresql.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM unseen").scalar_one() == 0


class TestValues:
    def test_any_text_and_any_bytes_come_back_as_they_were(self, postgresql):
        body = bytes(range(256))
        odd = "cycle-\"quoted\\ {braces}, NULL ' %s żółw \U0001d518"
        made = staged(odd, 1, 'visits-of:"x\\y",{}', body=body)
        postgresql.append(batch(made, command='c"\\d', reads={'visits-of:"x\\y",{}': 0}))
        with postgresql.snapshot() as snapshot:
            (record,) = snapshot.log()
            assert (record.stream, record.body, record.command_id) == (odd, body, 'c"\\d')
            assert snapshot.touching('visits-of:"x\\y",{}') == [odd]
        assert check_log(postgresql) == 1

    def test_sets_and_streams_stand_in_the_order_of_their_bytes(self, postgresql):
        names = ["cycle-B", "cycle-a", "cycle-Z", "cycle-ä", "cycle-_"]
        postgresql.append(batch(*(staged(name, 1, "all") for name in names)))
        with postgresql.snapshot() as snapshot:
            assert snapshot.touching("all") == sorted(names)
