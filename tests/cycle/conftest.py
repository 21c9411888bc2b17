import pytest

from kit.world import spp_world


@pytest.fixture
def world(tmp_path):
    world = spp_world(folder=tmp_path)
    yield world
    world.close()
