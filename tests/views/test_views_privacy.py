"""No opened personal value is in any table, nor anywhere in the bytes of the database."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import create_engine

from kit.world import spp_world, visited
from reviewflow.cycle import events as ev
from reviewflow.errors import ReviewflowError
from reviewflow.events import Unsealed
from reviewflow.ports import Forgotten, Record
from reviewflow.registry import events as reg
from reviewflow.store.sql import SqlStore
from reviewflow.vault.vault import create_vault
from reviewflow.views.addresses import keyed_by
from reviewflow.views.assembled import all_views
from reviewflow.views.people import people
from reviewflow.views.rebuild import rebuild
from views.viewed import NOON, Log, definitions


def readable_in(data: bytes, texts: list[str]) -> list[str]:
    """Which of the texts can be read there, as they are or in a simple disguise."""
    low = data.lower()
    found = []
    for text in texts:
        raw = text.encode()
        disguises = (
            raw.lower(),
            base64.b64encode(raw).rstrip(b"=")[:-1].lower(),
            raw.hex().encode(),
            text.encode("utf-16-le").lower(),
        )
        found += [text for disguise in disguises if disguise in low]
    return found


def test_names_addresses_and_free_texts_are_nowhere_in_the_database(tmp_path):
    path = tmp_path / "log.db"

    def make(clock, views):
        store = SqlStore(path, clock, views)
        store.create()
        return store

    log = Log(make)
    log.school("hazel", "Hazel School")
    log.person("hanna", "hanna@example.org")
    log.say(
        "person-hanna", reg.PersonChanged, person_name=log.seal("Hanna Othername"), email=log.seal("new@example.org")
    )
    log.say(
        "person-hanna",
        reg.RelationshipDeclared,
        other="hazel",
        nature="family",
        note=log.seal("my sister"),
        since=NOON.date(),
    )
    log.open(values={"leader": "hanna"})
    log.say("cycle-one", ev.NoteAdded, text=log.seal("a secret note"))
    log.offer("rob")
    log.say("cycle-one", ev.AssignmentDeclined, assigned="reviewer", person="rob", reason=log.seal("no time at all"))
    log.forget("hanna")
    texts = list(log.seal.texts.values())
    assert len(texts) == 7
    data = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert readable_in(data, ["Hazel School"])  # what is public can be read, so the search works
    assert readable_in(data, texts) == []
    log.store.close()


def test_a_whole_cycle_through_the_engine_leaves_nothing_to_read(tmp_path):
    world = visited(spp_world(folder=tmp_path))
    views = all_views(lambda digest: world.engine.folds.definitions[digest], keyed_by(world.vault))
    engine = create_engine("sqlite://")
    with engine.connect() as connection, world.store.snapshot() as snapshot:
        rebuild(snapshot, connection, views.synchronous)
        connection.commit()
        data = connection.connection.dbapi_connection.serialize()
    engine.dispose()
    world.close()
    assert readable_in(data, ["Hazel Invented School"])
    people_there = [f"{name.title()} Madeup" for name in ("lena", "hanna", "rob", "wilma", "alan")]
    assert readable_in(data, [*people_there, "Madeup", "Ada Administrator"]) == []
    assert readable_in(data, ["Pupils' writing", "Pupils write more than they did", "To what extent do pupils"]) == []


def test_forgetting_leaves_neither_box_nor_hash_in_any_row(log):
    log.person("hanna", "hanna@example.org")
    hash_, boxes = log.seal.keyed("hanna@example.org"), list(log.seal.texts)
    assert hash_ in str(log.everything())
    assert all(box in str(log.everything()) for box in boxes)
    log.forget("hanna")
    assert hash_ not in str(log.everything())
    assert not any(box in str(log.everything()) for box in boxes)


@pytest.fixture
def vault(log):
    made = create_vault(None, b"k" * 32, clock=log.clock)
    yield made
    made.close()


def registered(vault, log, email="Hanna@Example.org "):
    event = reg.PersonRegistered(
        **log.said(), person_name=Unsealed("Hanna Madeup"), email=Unsealed(email) if email else None
    )
    sealed = vault.seal(event, "person-hanna", 1)
    return Record(1, NOON, "person-hanna", 1, event.topic, b""), sealed


def test_an_address_is_kept_under_the_vaults_hash_of_its_plain_form(vault, log):
    assert keyed_by(vault)(*registered(vault, log)) == vault.lookup("email", "hanna@example.org")


def test_without_an_address_there_is_no_hash(vault, log):
    assert keyed_by(vault)(*registered(vault, log, email=None)) is None


def test_the_address_of_the_forgotten_has_no_hash_when_views_are_rebuilt(vault, log):
    record, event = registered(vault, log)
    vault.forget("person-hanna")
    assert keyed_by(vault)(record, event) is None


class Closed:
    """A vault without its master key."""

    def __init__(self, vault) -> None:
        self.forgotten = vault.forgotten

    def open(self, *_: object):
        raise Forgotten


def test_a_closed_vault_makes_no_view_without_addresses(vault, log):
    record, event = registered(vault, log)
    view = all_views(definitions, keyed_by(Closed(vault))).synchronous[0]
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        view.create(connection)
        with pytest.raises((Forgotten, ReviewflowError)):
            view.apply(connection, [(record, event, None)])
        assert connection.execute(people.select()).all() == []
    engine.dispose()
