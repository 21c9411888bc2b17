import shutil
from copy import copy

import pytest

from kit.stored import StoredWorld
from kit.world import World, spp_people


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The invented cluster on a real installation, closed; only copied after."""
    world = spp_people(StoredWorld(folder=tmp_path_factory.mktemp("cluster")))
    world.close()
    return world


@pytest.fixture(params=["memory", "sqlite"])
def world(request, tmp_path):
    """The invented cluster, in memory and on a real installation."""
    if request.param == "memory":
        world = spp_people(World(folder=tmp_path))
    else:
        made = request.getfixturevalue("made")
        shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
        world = StoredWorld(folder=tmp_path, names=dict(made.names))
        world.parsed = made.parsed
        world._ids = copy(made._ids)  # so that no command has the id of an earlier one
    yield world
    world.close()
