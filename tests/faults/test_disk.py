"""The model of a disk: what is synced is there, and what is not may be missing."""

from collections import Counter
from random import Random

from faults.disk import SECTOR, Change, Disk, Length, apply
from faults.losses import any_loss, everything, in_order, nothing_unsynced, some, torn


def change(kind, inode=0, offset=0, name="", other="", data=b""):
    return Change(kind, inode, offset, f"/w/{name}" if name else "", f"/w/{other}" if other else "", data)


def disk(tmp_path, *changes: Change):
    made = Disk(tmp_path)
    made.prefix = "/w"
    for one in changes:
        made.follow(one)
    return made


def image(made, tmp_path, keep):
    number = len(list(tmp_path.glob("image-*")))
    folder = tmp_path / f"image-{number}"
    made.write_image(folder, keep)
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


MADE = [change("C", 1, name="a"), change("W", 1, data=b"old"), change("S", 1), change("D", name=".")]
MADE[-1] = MADE[-1]._replace(name="/w")


def test_what_is_synced_is_there_whatever_is_lost(tmp_path):
    made = disk(tmp_path, *MADE, change("W", 1, data=b"new"))
    assert image(made, tmp_path, nothing_unsynced()) == {"a": b"old"}
    assert image(made, tmp_path, everything()) == {"a": b"new"}
    for seed in range(50):
        assert image(made, tmp_path, any_loss(Random(seed)))["a"] in (b"old", b"new")


def test_a_name_needs_its_folder_synced(tmp_path):
    made = disk(tmp_path, *MADE[:-1])
    assert image(made, tmp_path, nothing_unsynced()) == {}
    assert image(made, tmp_path, everything()) == {"a": b"old"}


def test_a_removed_file_comes_back_with_its_synced_bytes(tmp_path):
    made = disk(tmp_path, *MADE, change("U", name="a"))
    assert image(made, tmp_path, nothing_unsynced()) == {"a": b"old"}
    assert image(made, tmp_path, everything()) == {}


def test_a_renaming_is_there_with_both_names_or_with_none(tmp_path):
    made = disk(tmp_path, *MADE, change("C", 2, name="b"), change("W", 2, data=b"b"), change("S", 2),
                MADE[-1], change("R", name="b", other="a"))  # fmt: skip
    seen = Counter(str(sorted(image(made, tmp_path, some(Random(seed), 0.5)).items())) for seed in range(40))
    assert set(seen) == {"[('a', b'old'), ('b', b'b')]", "[('a', b'b')]"}


def test_a_second_name_is_the_same_file(tmp_path):
    made = disk(tmp_path, *MADE, change("L", name="a", other="b"), change("W", 1, data=b"new"), change("S", 1))
    assert image(made, tmp_path, nothing_unsynced()) == {"a": b"new"}
    assert image(made, tmp_path, everything()) == {"a": b"new", "b": b"new"}


def test_the_number_of_a_removed_file_may_be_given_to_another(tmp_path):
    made = disk(tmp_path, *MADE, change("U", name="a"), change("C", 1, name="c"), change("W", 1, data=b"c"))
    assert image(made, tmp_path, everything()) == {"c": b"c"}
    assert image(made, tmp_path, nothing_unsynced()) == {"a": b"old"}


def test_a_write_tears_at_sectors(tmp_path):
    data = bytes([1]) * SECTOR + bytes([2]) * SECTOR + bytes([3]) * 10
    made = disk(tmp_path, *MADE, change("W", 1, offset=SECTOR, data=data))
    seen = {image(made, tmp_path, torn(Random(seed)))["a"][SECTOR:] for seed in range(60)}
    one, two, gap = data[:SECTOR], data[SECTOR : 2 * SECTOR], bytes(SECTOR)
    assert seen == {b"", one, gap + two, one + two, one + two + data[-10:], gap + two + data[-10:],
                    one + gap + data[-10:], gap + gap + data[-10:]}  # fmt: skip


def test_in_order_nothing_later_is_there_without_what_came_before(tmp_path):
    writes = [change("W", 1, offset=n * SECTOR, data=bytes([n + 1]) * SECTOR) for n in range(6)]
    made = disk(tmp_path, *MADE, *writes)
    for seed in range(40):
        content = image(made, tmp_path, in_order(Random(seed)))["a"]
        there = [content[n * SECTOR : (n + 1) * SECTOR][-1:] == bytes([n + 1]) for n in range(6)]
        assert there == sorted(there, reverse=True)


def test_changes_of_length():
    assert apply(b"abcdef", [Length(3)]) == b"abc"
    assert apply(b"abc", [Length(5)]) == b"abc\0\0"
