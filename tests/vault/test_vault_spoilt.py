"""Files that are not what `vault backup` wrote: each is found out, and nothing is changed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reviewflow.errors import BadInput, IntegrityBroken, StoreUnreachable
from reviewflow.vault.backing_up import back_up
from reviewflow.vault.places import open_keys
from reviewflow.vault.restoring import restore
from vault.backup_given import NOW, SOURCE, brought_back, made
from vault.vault_given import MASTER


def lines_of(data):
    return data.splitlines(keepends=True)


def resealed(data):
    """The same with a right end: what somebody does who has the master key, or a release with a fault."""
    from reviewflow.vault.backup_file import _seal

    body = b"".join(lines_of(data)[:-1])
    seal = _seal(MASTER)
    seal.update(body)
    return body + b"end %s\n" % seal.hexdigest().encode()


SPOILT = {
    "empty": (lambda _: b"", "another kind of file"),
    "foreign": (lambda d: b"SQLite format 3\0" + d, "got another kind of file; want a backup of the vault"),
    "binary": (lambda _: bytes(range(256)) * 100, "another kind of file"),
    "of a newer release": (lambda d: d.replace(b"format 1", b"format 2"), "got format 2; .*use a newer release"),
    "with other line ends": (lambda d: d.replace(b"\n", b"\r\n"), "another kind of file"),
    "the first line alone": (lambda d: lines_of(d)[0], "a second line that cannot be read"),
    "a second line of another kind": (lambda d: d.replace(b'"keys":4', b'"keys":"4"'), "a second line that cannot"),
    "a second line with more": (lambda d: d.replace(b'"keys":4', b'"keys":4,"x":1'), "a second line that cannot"),
    "the header alone": (lambda d: b"".join(lines_of(d)[:2]), "cut short"),
    "without its end": (lambda d: b"".join(lines_of(d)[:-1]), "cut short"),
    "without its last byte": (lambda d: d[:-1], "cut short"),
    "without half of it": (lambda d: d[: len(d) // 2], "cut short"),
    "with a byte more": (lambda d: d + b"\n", "goes on after its end"),
    "twice": (lambda d: d + d, "altered"),
    "a line dropped": (lambda d: b"".join(lines_of(d)[:3] + lines_of(d)[4:]), "altered"),
    "a line doubled": (lambda d: b"".join(lines_of(d)[:3] + lines_of(d)[2:]), "altered"),
    "two lines changed about": (
        lambda d: b"".join([*lines_of(d)[:2], lines_of(d)[3], lines_of(d)[2], *lines_of(d)[4:]]), "altered"),
    "the forgotten dropped": (lambda d: b"".join(x for x in lines_of(d) if b"forgotten " not in x[:10]), "altered"),
    "its day moved": (lambda d: d.replace(b"2026-04-05", b"2036-04-05"), "altered"),
    "an owner changed": (lambda d: d.replace(b"key cycle-a", b"key cycle-z"), "altered"),
    "another end": (lambda d: re.sub(rb"end .", b"end f" if b"end f" not in d else b"end 0", d), "altered"),
    "a line that never ends": (lambda d: b"".join(lines_of(d)[:2]) + b"key " + b"a" * 10**6, "cut short"),
    "an installation that does not open": (
        lambda d: resealed(d.replace(b"key installation ", b"key installation AAAA")), "installation that opens"),
    "no installation": (
        lambda d: resealed(b"".join(x for x in lines_of(d) if b"installation" not in x)), "no key of the installation"),
    "a line of another kind": (lambda d: resealed(d.replace(b"key cycle-a", b"hey cycle-a")), "begins 'hey'"),
    "a key that is no base64": (lambda d: resealed(re.sub(rb"(?<=cycle-a )..", b"..", d)), "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_spoilt(kept, file, name):
    spoil, why = SPOILT[name]
    made(kept, file)
    spoilt = spoil(file.read_bytes())
    assert spoilt != file.read_bytes()
    file.write_bytes(spoilt)
    before = kept.rows()
    for options in ({"check": True}, {"replace": True}):
        with pytest.raises((BadInput, IntegrityBroken), match=why):
            brought_back(kept, file, **options)
    assert kept.rows() == before
    assert not list(file.parent.glob("*before-restore*"))


def test_every_byte_counts(stored, keys, file):
    back_up(stored._keys, SOURCE, file, NOW)
    whole = file.read_bytes()
    for at in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[at] ^= 1
        file.write_bytes(spoilt)
        with pytest.raises((BadInput, StoreUnreachable)):
            restore(keys, file, SOURCE, NOW, [], check=True)
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(BadInput):
            restore(keys, file, SOURCE, NOW, [], check=True)


def test_parts_of_two_backups_do_not_make_one(kept, file, tmp_path):
    other = tmp_path / "other.backup"
    made(kept, file)
    kept.vault.forget("cycle-b")
    made(kept, other)
    first, second = lines_of(file.read_bytes()), lines_of(other.read_bytes())
    for mixed in (first[:2] + second[2:], second[:2] + first[2:], first[:-1] + second[-1:], second[:-1] + first[-1:]):
        file.write_bytes(b"".join(mixed))
        with pytest.raises(BadInput, match="altered"):
            brought_back(kept, file, replace=True)


def test_a_file_that_changes_while_it_is_read_is_not_restored(kept, file, monkeypatch):
    from reviewflow.vault import restoring

    made(kept, file)
    before, fill = kept.rows(), restoring._fill

    def after_somebody_wrote(*args: Any):
        file.write_bytes(file.read_bytes().replace(b"key cycle-a", b"key cycle-z"))
        fill(*args)

    monkeypatch.setattr(restoring, "_fill", after_somebody_wrote)
    with pytest.raises(BadInput, match="altered"):
        brought_back(kept, file, replace=True)
    assert kept.rows() == before
    assert not list(file.parent.glob("*before-restore*"))


@pytest.mark.parametrize("name", ["missing", ".", "missing/deeper"])
def test_no_backup_there(kept, tmp_path, name):
    with pytest.raises(BadInput, match="want a backup of the vault"):
        brought_back(kept, tmp_path / name, replace=True)


@pytest.mark.parametrize("box", [b"", b"x" * 12, b"x" * 60])
def test_a_key_that_was_damaged_before_the_backup_does_not_bar_the_others(kept, file, box):
    keys = open_keys(kept.place)
    with keys.changing() as change:
        change.put([("cycle-x", box)])
    keys.close()
    made(kept, file)
    assert brought_back(kept, file, check=True).damaged == ("cycle-x",)
    assert brought_back(kept, file, replace=True).damaged == ("cycle-x",)
    assert kept.rows()[0]["cycle-x"] == box
    assert kept.opens("cycle-a")
