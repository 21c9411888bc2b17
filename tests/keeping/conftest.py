"""A small store, made once and copied for each test."""

import shutil

import pytest

from corpus.make import unpack
from corpus.noting import settings_in
from corpus.settling import settle
from keeping.keeping_given import small_world
from kit.stored import StoredWorld


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Its folder, and who is who; only read after."""
    folder = tmp_path_factory.mktemp("small")
    world = small_world(folder)
    world.close()
    return folder, world.names, world.parsed


@pytest.fixture
def world(made, tmp_path):
    """The store in a folder of the test's own, open."""
    folder, names, parsed = made
    here = tmp_path / "here"
    shutil.copytree(folder, here)
    world = StoredWorld(folder=here, names=dict(names))
    world.parsed = parsed
    yield world
    world.close()


@pytest.fixture
def there(tmp_path):
    """An empty folder to go to."""
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def well(tmp_path_factory):
    """The folder of a store with every kind of event, for the doctor; only read after."""
    folder = unpack("schema-1", tmp_path_factory.mktemp("well"))
    settle(settings_in(folder))
    return folder


@pytest.fixture
def folder(well, tmp_path):
    """The same, to be broken."""
    return shutil.copytree(well, tmp_path / "patient")
