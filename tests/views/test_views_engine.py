"""Views under the real engine and vault: the same answers as the rules give, and addresses that are one person's."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from sqlalchemy import create_engine

from kit.world import World, spp_world, visited
from reviewflow.cycle.expected import tasks as expected
from reviewflow.engine import Engine
from reviewflow.knowing import Folds, Knowing
from reviewflow.registry import commands as reg
from reviewflow.store.memory import MemoryStore
from reviewflow.vault.files import EvidenceFolder
from reviewflow.vault.vault import create_vault
from reviewflow.views.addresses import Addresses, keyed_by
from reviewflow.views.assembled import all_views
from reviewflow.views.people import get_people, list_people
from reviewflow.views.rebuild import compare, rebuild
from reviewflow.views.waiting import for_person


class ViewedWorld(World):
    """The invented world with views and a directory of addresses."""

    def __post_init__(self) -> None:
        self.vault = create_vault(None, b"k" * 32, clock=self.clock)
        folds = Folds()

        def definition(digest):
            with self.store.snapshot() as snapshot:
                return Knowing(snapshot, folds, str).definition(digest)

        self.views = all_views(definition, keyed_by(self.vault))
        self.store = MemoryStore(self.clock, self.views.synchronous)
        files, directory = EvidenceFolder(self.folder), Addresses(self.store.reading)
        self.engine = Engine(self.store, self.vault, self.clock, files, directory, folds)
        self._ids = count(1)
        self.admin = ""

    def register(self, name: str, email: str) -> str:
        command = reg.RegisterPerson(asked=self.asked("ada"), person_name=f"{name.title()} Madeup", email=email)
        self.names[name] = self.new_id(self.handle(command))
        return self.names[name]


@pytest.fixture
def viewed(tmp_path):
    world = ViewedWorld(folder=tmp_path)
    world.install()
    yield world
    world.close()


def test_one_address_is_one_persons_until_they_are_forgotten(viewed):
    hanna = viewed.register("hanna", "hanna@example.org")
    with viewed.refused("email-taken"):
        viewed.register("heir", "Hanna@Example.ORG")
    viewed.handle(reg.ForgetPerson(asked=viewed.asked("ada"), person=hanna))
    heir = viewed.register("heir", "hanna@example.org")
    with viewed.knowing() as known:
        assert known.email_owner("hanna@example.org") == heir


def test_a_sealed_name_is_opened_from_its_row(viewed):
    hanna = viewed.register("hanna", "hanna@example.org")
    with viewed.store.reading() as connection:
        person = get_people(connection, [hanna])[hanna]
    name, email = person.name, person.email
    assert viewed.vault.open(name.text, name.stream, name.version, name.path) == "Hanna Madeup"
    assert viewed.vault.open(email.text, email.stream, email.version, email.path) == "hanna@example.org"


def test_a_rebuild_after_forgetting_gives_the_same_rows(viewed):
    hanna = viewed.register("hanna", "hanna@example.org")
    viewed.register("lena", "lena@example.org")
    viewed.handle(reg.ForgetPerson(asked=viewed.asked("ada"), person=hanna))
    engine = create_engine("sqlite://")
    with engine.connect() as rebuilt, viewed.store.snapshot() as snapshot:
        rebuild(snapshot, rebuilt, viewed.views.synchronous)
        assert compare(snapshot.connection, rebuilt, viewed.views.synchronous) is None
        assert len(list_people(rebuilt, forgotten=True)) == 3
    engine.dispose()


def waiting_in_views(world):
    """Person -> (kind, step) that wait for them, as the views tell."""
    views = all_views(lambda digest: world.engine.folds.definitions[digest], keyed_by(world.vault))
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        with world.store.snapshot() as snapshot:
            rebuild(snapshot, connection, views.synchronous)
        today = world.clock.today
        found = {
            person.id: {(t.kind, t.step) for t in for_person(connection, person.id, today)}
            for person in list_people(connection)
        }
    engine.dispose()
    return found


def waiting_by_rules(world):
    """The same, asked of the rules for each person."""
    with world.knowing() as known:
        setting = world.engine.setting(known, world.id("cycle"))
        people = [s.removeprefix("person-") for s in known.touching("people")]
        return {
            person: {
                (task.kind, task.step)
                for task in expected(setting.definition, setting.cycle)
                if person == task.person or setting.may(task.roles, person) is not None
            }
            for person in people
        }


def test_what_waits_for_whom_is_what_the_rules_say_at_every_point_of_a_cycle(tmp_path):
    world = spp_world(folder=tmp_path)
    world.person("aud", "auditor", "programme", "programme")

    seen = set()

    def agree():
        views, rules = waiting_in_views(world), waiting_by_rules(world)
        assert views == rules
        seen.update(task for tasks in rules.values() for task in tasks)

    visited(Watching(world, agree))
    world.offer("improvement_champion", "chloe", "lena")
    agree()
    world.accept("improvement_champion", "chloe")
    agree()
    world.do("postpone", "lena", code="illness", new_target="2026-12-01")
    agree()
    assert {kind for kind, _ in seen} == {"transition", "act", "answer", "agree"}
    world.close()


class Watching:
    """Passes everything on, and looks after every command about the cycle."""

    def __init__(self, world, look) -> None:
        self._world, self._look = world, look

    def __getattr__(self, name) -> Any:
        found = getattr(self._world, name)
        if name not in ("do", "agree", "open", "assign"):
            return found

        def done(*args: Any, **more: Any):
            answer = found(*args, **more)
            self._look()
            return answer

        return done
