"""Whatever happens to a backup's file, it is refused with the place, and nothing is left of it."""

import random
from itertools import pairwise

import pytest

from keeping.forged import boundaries, taken_apart
from keeping.keeping_given import FILES, backup, everything_in, restore
from reviewflow.errors import BadInput
from reviewflow.keeping import backing_up
from reviewflow.keeping.reading_backup import prove


@pytest.fixture(scope="module")
def whole(made, tmp_path_factory):
    """The bytes of a backup with several parts, and where its members begin and end."""
    from kit.stored import StoredWorld

    folder, names, _ = made
    file = tmp_path_factory.mktemp("damaged") / "whole.backup"
    world = StoredWorld(folder=folder, names=names)
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(backing_up, "PART", 12_000)
            backup(world, file)
    finally:
        world.close()
    members, _ = taken_apart(file)
    assert len(members) > len(FILES) + 3
    return file.read_bytes(), boundaries(file)


@pytest.fixture
def refused(world, there, tmp_path):
    """Refuses some bytes, and says where."""

    def refused(data, *, whole_way=True):
        path = tmp_path / "damaged.backup"
        path.write_bytes(data)
        with pytest.raises(BadInput) as info:
            prove(path)
        if whole_way:
            with pytest.raises(BadInput):
                restore(world, path, there)
            assert everything_in(there) == {}
        [fault] = info.value.faults
        assert fault.where.startswith("byte ")
        return int(fault.where.removeprefix("byte ").replace(",", "")), str(fault)

    return refused


def test_cut_short_at_every_boundary_and_anywhere(whole, refused):
    data, places = whole
    chance = random.Random(20260907)
    for place in [*places, *(chance.randrange(len(data)) for _ in range(60))]:
        at, told = refused(data[:place], whole_way=place in places)
        assert at <= place
        assert "cut short" in told or "another kind" in told
    assert refused(data[:-1])[0] == len(data) - 1


def test_one_bit_flipped_anywhere(whole, refused):
    data, places = whole
    chance = random.Random(20261122)
    # Each member's header, content and padding, and more at random.
    inside = [chance.randrange(start, end) for start, end in pairwise([*places, len(data)]) if end > start]
    for number, place in enumerate([*inside, *(chance.randrange(len(data)) for _ in range(300))]):
        flipped = bytearray(data)
        flipped[place] ^= 1 << chance.randrange(8)
        at, _ = refused(bytes(flipped), whole_way=number < 5)
        # Told is the part in which it is: that begins before it, and is at most one part away.
        assert at <= place + 512


def test_every_bit_of_the_manifest_and_the_end(whole, refused):
    data, places = whole
    for place in range(places[-4], len(data), 7):
        for bit in (0, 3, 7):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            refused(bytes(flipped), whole_way=False)


def test_parts_left_out_moved_and_doubled(whole, refused):
    data, places = whole
    starts = places[:-1:3]
    parts = [data[start:end] for start, end in pairwise([*starts, len(data)])]
    for number in range(len(parts)):
        refused(b"".join(parts[:number] + parts[number + 1 :]))
        refused(b"".join([*parts[: number + 1], *parts[number:]]), whole_way=False)
    for number in range(len(parts) - 1):
        swapped = [*parts[:number], parts[number + 1], parts[number], *parts[number + 2 :]]
        refused(b"".join(swapped), whole_way=False)
    refused(data + b"\0" * 512)
    refused(data + b"x")
    refused(data + data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"PK\x03\x04" + b"x" * 2000,
        b"\x1f\x8b" + b"y" * 4000,
        b"SQLite format 3\0" + bytes(8000),
        bytes(9000),
    ],
    ids=["empty", "a letter", "zip", "gzip", "a store", "zeros"],
)
def test_another_kind_of_file(refused, data):
    at, told = refused(data)
    assert at == 0
    assert "another kind of file" in told


def test_what_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere", "/dev/zero"):
        with pytest.raises(BadInput):
            prove(type(tmp_path)(path))
