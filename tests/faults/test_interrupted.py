"""Ctrl-C at any moment: told in one word, nothing by half, and what goes on by itself goes on."""

import pytest

from faults.interrupted import WORDS
from faults.lengths import times
from faults.site import Site, at_work, on_sqlite, told
from faults.worker import Now

ROUNDS = times(4, 300)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("interrupted") / "template"
    folder.mkdir()
    world = at_work(Site(settings=on_sqlite(folder), clock=Now()))
    world.close()
    return folder


@pytest.mark.parametrize("name", WORDS)
def test_a_command_is_interrupted(template, cradle, name):
    with cradle.child("faults.interrupted:main", told(on_sqlite(template)), name, str(ROUNDS), errors=True) as child:
        assert child.rest() == ["well"]
