import pytest

from kit.stored import StoredWorld
from kit.world import World, spp_people


@pytest.fixture(params=["memory", "sqlite"])
def world(request, tmp_path):
    """The invented cluster, in memory and on a real installation."""
    made = spp_people((World if request.param == "memory" else StoredWorld)(folder=tmp_path))
    yield made
    made.close()
