"""Forgetting destroys the key before it answers; start-up finishes what was cut short."""

import pytest

from kit.world import spp_world
from reviewflow.ports import Forgotten
from reviewflow.registry.commands import ForgetPerson


@pytest.fixture
def world(tmp_path):
    world = spp_world(folder=tmp_path)
    yield world
    world.close()


def forget(world, name):
    return world.handle(ForgetPerson(asked=world.asked("ada"), person=world.id(name)))


def sealed_name(world, name):
    with world.knowing() as known:
        return known.person(world.id(name)).name


def test_the_key_is_gone_when_the_answer_comes(world):
    kept = sealed_name(world, "rob")
    assert world.vault.open(kept.text, kept.stream, kept.version, kept.path) == "Rob Madeup"
    forget(world, "rob")
    assert world.vault.forgotten(kept.stream)
    with pytest.raises(Forgotten):
        world.vault.open(kept.text, kept.stream, kept.version, kept.path)


def test_a_dry_run_forgets_nobody(world):
    kept = sealed_name(world, "rob")
    before = world.position()
    world.handle(ForgetPerson(asked=world.asked("ada"), person=world.id("rob")), dry_run=True)
    assert world.position() == before
    assert world.vault.open(kept.text, kept.stream, kept.version, kept.path) == "Rob Madeup"


def test_start_up_finishes_what_was_cut_short(world, monkeypatch):
    kept = sealed_name(world, "rob")
    monkeypatch.setattr(world.vault, "forget", lambda _stream: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        forget(world, "rob")
    monkeypatch.undo()
    assert not world.vault.forgotten(kept.stream)
    assert world.engine.finish_forgetting() == 1
    assert world.vault.forgotten(kept.stream)
    assert world.engine.finish_forgetting() == 0


def test_nobody_else_is_forgotten(world):
    kept = sealed_name(world, "wilma")
    forget(world, "rob")
    assert world.vault.open(kept.text, kept.stream, kept.version, kept.path) == "Wilma Madeup"
