"""Power is lost while commands are done: whatever the disk kept, all that was acknowledged is there, and it works.

The disk is recorded (`shim/disk.c`) and its legal states are made from the record (`disk.py`, `losses.py`); each is
opened and checked. That the test can see a loss is shown with stores that do not wait for the disk.
"""

import os
import re
import tempfile
from collections import Counter
from hashlib import sha256
from pathlib import Path
from random import Random
from shutil import copytree, rmtree

import pytest

from faults.cradle import Cradle
from faults.lengths import SEED, times
from faults.losses import any_loss, everything, nothing_unsynced
from faults.power import WEAK, Recording, record, recording, survived
from faults.shim import preloaded
from faults.site import Site, at_work, on_sqlite, told
from faults.told import Told
from faults.worker import Now
from kit.checking import check_everything
from reviewflow.errors import BadInput, IntegrityBroken, StoreUnreachable

RUNS, COMMANDS, IMAGES, MAKINGS = times(1, 12), times(14, 60), times(40, 400), times(32, 1000)


@pytest.fixture(scope="module")
def remembering():
    """A cradle whose children can be told to write down what they do to a disk."""
    with Cradle(**preloaded()) as cradle:
        yield cradle


@pytest.fixture(scope="module")
def memory():
    """A folder in memory: the disk is only played here, nothing need reach a real one."""
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shared if os.access(shared, os.W_OK) else None))
    yield folder
    rmtree(folder)


@pytest.fixture(scope="module")
def template(memory):
    """A store in which work is going on; closed."""
    (memory / "template").mkdir()
    world = at_work(Site(settings=on_sqlite(memory / "template"), clock=Now()))
    world.close()
    return world


@pytest.fixture
def busy(memory, template, request):
    """A copy of it in a folder of its own."""
    around = memory / f"run-{len(list(memory.iterdir()))}"
    copytree(template.settings.store_path.parent, around / "store")
    yield Site(settings=on_sqlite(around / "store"), clock=Now(), names=dict(template.names))
    rmtree(around)


def moments(recording):
    """Every change by its number, and those right after somebody was told that it is done."""
    kinds = [change.kind == "W" and change.data.startswith(b"done") for _, change, _, _ in recording.play()]
    return list(range(len(kinds))), [number for number, done in enumerate(kinds) if done]


@pytest.mark.parametrize("run", range(RUNS))
def test_whatever_the_disk_kept_all_that_was_acknowledged_is_there(busy, remembering, run):
    random = Random(f"{SEED} {run}")
    made = record(busy, remembering, COMMANDS, workers=2)
    anywhere, acknowledged = moments(made)
    # Half at any moment, half when something was just acknowledged.
    chosen = Counter(random.choices(anywhere, k=IMAGES // 2) + random.choices(acknowledged, k=IMAGES // 2))
    for number, _, disk, said in made.play():
        for again in range(chosen[number]):
            keep = nothing_unsynced() if again == 0 and random.random() < 0.5 else any_loss(random)
            survived(made, disk, said, keep)
    assert said.other == []
    assert len(said.acknowledged) + len(said.moved) == len(said.tried) == 2 * COMMANDS
    survived(made, disk, said, everything())


@pytest.mark.parametrize("weakness", [name for name in WEAK if name != "nothing"])
def test_a_store_that_does_not_wait_for_the_disk_is_seen_to_lose(busy, remembering, weakness):
    made = record(busy, remembering, 11, weakness)
    _, acknowledged = moments(made)
    found = ""
    for number, _, disk, said in made.play():
        if number in acknowledged and not found:
            try:
                survived(made, disk, said, nothing_unsynced())
            except (AssertionError, StoreUnreachable, IntegrityBroken) as error:
                found = str(error)
    assert re.search(WEAK[weakness][1], found)


def test_a_command_that_is_found_in_the_log_is_acknowledged_only_once_it_is_on_the_disk(busy, remembering):
    """One process dies while it waits for the disk; another finds its command done, and says so; power is lost."""
    made = recording(busy)
    people = [f"{key}={value}" for key, value in busy.names.items()]
    words = [told(busy.settings), str(made.trace), str(made.folder.with_name("control"))]
    codes = [remembering.child("faults.power:again", *words, how, *people).wait() for how in ("dies", "lives")]
    assert codes == [-9, 0]
    made.earlier |= {"before"}
    _, [acknowledged] = moments(made)
    for number, _, disk, said in made.play():
        if number == acknowledged:
            survived(made, disk, said, nothing_unsynced())


def test_power_lost_while_an_installation_is_made(memory, remembering):
    around = memory / "new"
    (around / "store").mkdir(parents=True)
    (around / "before").mkdir()
    settings = on_sqlite(around / "store").model_copy(update={"master_key": None})
    child = remembering.child("faults.power:initialise", told(settings), str(around / "trace"), errors=True)
    assert child.wait() == 0
    made = Recording(around / "store", around / "trace", around / "before", {})
    anywhere, _ = moments(made)
    random = Random(SEED)
    chosen = Counter(random.choices(anywhere, k=MAKINGS) + anywhere[-1:] * (MAKINGS // 4))
    for number, _, disk, said in made.play():
        for again in range(chosen[number]):
            disk.write_image(made.image, nothing_unsynced() if again == 0 else any_loss(random))
            opened_or_told(made.image, settings, said)
            rmtree(made.image)
    assert said.other == ["begun", "made"]


def test_power_lost_while_a_backup_is_written(busy, remembering):
    """A backup that has its name has all its bytes; the one before is there until the new one is."""
    made = recording(busy)
    child = remembering.child("faults.power:backing_up", told(busy.settings), str(made.trace), errors=True)
    assert child.wait() == 0
    random, place = Random(SEED), made.image / "backup"
    digests = [line.split()[1] for line in in_the_end(made) if line.startswith("made")]
    assert len(digests) == 2
    for number, _, disk, said in made.play():
        for again in range(4):
            if again and random.random() < 0.7:
                continue
            disk.write_image(made.image, nothing_unsynced() if again == 0 else any_loss(random))
            found = sha256(place.read_bytes()).hexdigest() if place.exists() else None
            at_least = sum(line.startswith("made") for line in said.other)
            assert found in [None, *digests][at_least:], f"after change {number}"
            rmtree(made.image)


def test_power_lost_while_the_master_key_is_changed(memory, remembering):
    """One key or the other is there and opens everything."""
    around = memory / "rotating"
    (around / "store").mkdir(parents=True)
    settings = on_sqlite(around / "store").model_copy(update={"master_key": None})
    world = Site(settings=settings, clock=Now())
    world.install()
    for name in ("pia", "pat"):
        world.person(name)
    made = recording(world)
    child = remembering.child("faults.power:rotating", told(settings), str(made.trace), errors=True)
    assert child.wait() == 0
    random = Random(SEED)
    anywhere, _ = moments(made)
    chosen = Counter(random.choices(anywhere, k=times(20, 2000)))
    for number, _, disk, _said in made.play():
        for again in range(chosen[number]):
            disk.write_image(made.image, nothing_unsynced() if again == 0 else any_loss(random))
            place = on_sqlite(made.image).model_copy(update={"master_key": None})
            found = Site(settings=place, clock=Now(), there=True)
            check_everything(found)
            found.close()
            rmtree(made.image)
    assert in_the_end(made) == ["made", "made"]


def in_the_end(made):
    """What was said in all."""
    *_, (_, _, _, said) = made.play()
    return said.other


def opened_or_told(image, settings, said: Told):
    """Once it was said to be made it opens and works; before, it does, or a person is told in plain words."""
    place = settings.model_copy(update={"store": on_sqlite(image).store})
    try:
        world = Site(settings=place, clock=Now(), there=True)
    except (StoreUnreachable, BadInput) as error:
        assert "made" not in said.other, error
    else:
        world.install()
        check_everything(world)
        world.close()
