"""A disk that is full, read-only or broken: told in plain words, nothing there by half, and it goes on afterwards."""

from shutil import copytree

import pytest

from faults.bad_disk import MODES, SCENARIOS
from faults.cradle import Cradle
from faults.shim import preloaded
from faults.site import Site, at_work, on_sqlite, told
from faults.worker import Now


@pytest.fixture(scope="module")
def played():
    """A cradle whose children can be told to work on a bad disk."""
    with Cradle(**preloaded()) as cradle:
        yield cradle


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("template")
    world = at_work(Site(settings=on_sqlite(folder), clock=Now()))
    world.close()
    return world


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_bad_disk(template, played, tmp_path, scenario, mode):
    folder = tmp_path / "store"
    copytree(template.settings.store_path.parent, folder)
    people = [f"{key}={value}" for key, value in template.names.items()]
    words = [told(on_sqlite(folder)), str(tmp_path / "control"), scenario, mode, *people]
    with played.child("faults.bad_disk:main", *words, errors=True) as child:
        assert child.rest() == ["well"]
