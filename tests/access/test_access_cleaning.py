"""What nobody can use any more is taken away, and nothing else."""

from access.admitted import GOOD
from reviewflow.access import tables
from reviewflow.access.cleaning import clean
from reviewflow.access.rows.counting import WITH_PEOPLE, count, count_of


class Gone:
    def __init__(self, *people: str) -> None:
        self.streams = [*(f"person-{one}" for one in people), "cycle-c1"]

    def touching(self, name: str) -> list[str]:
        assert name == "forgotten"
        return self.streams


def fill(door, person):
    door.passwords.set(person, GOOD)
    door.sessions.begin(person, "password")
    door.links.make(person, by=None)
    door.throttle.failed("account", person)
    door.tokens.make(person, "Nightly export", ["read"], 5)
    door.identities.add(person, "https://sign-in.example", person)
    door.drafts.save(person, "c1", "submit", {}, 1)


def counted(door):
    with door.store.reading() as connection:
        return count(connection)


def test_what_is_in_use_stays(door):
    fill(door, "ada")
    assert clean(door.store, Gone(), door.clock) == (0, 0, 0, 0, 0, 0)
    assert set(counted(door).values()) == {1}


def test_each_kind_goes_when_its_time_has_come(door):
    fill(door, "ada")
    gone = []
    for hours in (12, 24, 72, 24 * 90, 24 * 95):
        door.clock.set("2026-09-07")
        door.later(hours=hours, seconds=1)
        gone.append(clean(door.store, Gone(), door.clock))
    assert gone == [
        (1, 0, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0), (0, 1, 0, 0, 0, 0), (0, 0, 0, 0, 1, 0), (0, 0, 0, 1, 0, 0),
    ]  # fmt: skip
    assert counted(door) == {
        "passwords": 1, "sessions": 0, "links": 0, "failures": 0, "tokens": 0, "identities": 1, "drafts": 0,
    }  # fmt: skip


def test_nothing_is_kept_of_whoever_was_forgotten(door):
    fill(door, "ada")
    fill(door, "bea")
    with door.store.reading() as connection:
        assert count_of(connection, ["ada"]) == 6
    assert clean(door.store, Gone("ada"), door.clock).forgotten == 6
    assert clean(door.store, Gone("ada"), door.clock).forgotten == 0
    for table in WITH_PEOPLE:
        assert [row["person"] for row in door.rows(table)] == ["bea"], table.name


def test_every_table_that_names_people_is_looked_at():
    assert {table.name for table in tables.TABLES} - {table.name for table in WITH_PEOPLE} == {"access_failures"}
