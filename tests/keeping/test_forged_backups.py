"""A backup whose digests all fit and whose content does not: bounded, refused, and nothing is left of it."""

import hashlib
import json
import zlib
from contextlib import suppress

import pytest

from keeping.forged import member, packed, put_together, taken_apart, unpacked
from keeping.keeping_given import backup, everything_in, log_of, restore
from reviewflow.errors import BadInput, ImpossibleHistory, IntegrityBroken, ReviewflowError
from reviewflow.keeping import backing_up, backup_format, reading_backup
from reviewflow.keeping.tally import Tally
from reviewflow.merkle.leaf import leaf_bytes


@pytest.fixture
def file(world, tmp_path, monkeypatch):
    monkeypatch.setattr(backing_up, "PART", 12_000)
    path = tmp_path / "it.backup"
    backup(world, path)
    return path


@pytest.fixture
def forged(world, file, there, tmp_path):
    """Puts members together, and gives what it is told."""
    path = tmp_path / "forged.backup"

    def forged(members=None, manifest=None, **more: str):
        whole, says = taken_apart(file)
        put_together(path, whole if members is None else members, says | (manifest or {}), **more)
        with pytest.raises(ReviewflowError) as info:
            restore(world, path, there)
        assert everything_in(there) == {}
        return info.value

    return forged


@pytest.fixture
def rewritten(world, file, forged):
    """As `forged`, from records, with everything counted right."""

    def rewritten(records):
        members, _ = taken_apart(file)
        evidence = [one for one in members if one[0].startswith("evidence/")]
        tally = Tally()
        with suppress(IntegrityBroken):
            tally.take(records)
        data = [packed(1, b"".join(map(leaf_bytes, records))), *evidence]
        return forged(data, {"parts": 1, "records": len(records), "records_digest": tally.digest})

    return rewritten


def test_put_together_as_it_was_it_comes_back(world, file, there, tmp_path):
    members, says = taken_apart(file)
    put_together(tmp_path / "forged.backup", members, says)
    assert restore(world, tmp_path / "forged.backup", there).restored.position == world.position()


def test_what_the_manifest_says_must_be_there(file, forged):
    _, says = taken_apart(file)
    wrong = {
        "records": says["records"] + 1, "parts": says["parts"] + 1, "evidence": 0, "evidence_bytes": 1,
        "evidence_missing": 1, "records_digest": "0" * 64, "last_recorded_at": None,
    }  # fmt: skip
    assert wrong.keys() == says.keys()
    for name, value in wrong.items():
        assert isinstance(forged(manifest={name: value}), BadInput), name


@pytest.mark.parametrize("text", ["{}", "[]", "x", "", '{"records": 1}', '{"a":' * 500, "null", " " * 5000])
def test_a_first_part_that_is_none(forged, text):
    assert isinstance(forged(line=text), BadInput)


def test_the_manifest_is_written_in_one_way_only(file, forged):
    members, says = taken_apart(file)
    path = file.with_name("other.backup")
    for text in (json.dumps(says), json.dumps(says, sort_keys=True, separators=(",", ":")) + "\n", "{}", "x" * 5000):
        data = b"".join([
            member("reviewflow-backup-1", b'{"format":1,"reviewflow":"x","tables":2}\n'),
            *(member(name, content) for name, content in members),
        ])  # fmt: skip
        line = text.encode() + b"\n"
        content_size = len(line) + 65
        head = member("manifest", bytes(content_size))[:512]
        data += head + line
        data += hashlib.sha256(data).hexdigest().encode() + b"\n" + bytes(-content_size % 512) + bytes(1024)
        path.write_bytes(data)
        with pytest.raises(BadInput):
            reading_backup.prove(path)


def test_a_newer_format_says_which_release_to_use(forged):
    error = forged(head="reviewflow-backup-2")
    assert "use the release that wrote it" in str(error)
    assert "want a backup" in str(forged(head="something"))


@pytest.mark.parametrize("name", ["evil", "records/1", "evidence/x", "reviewflow-backup-1", "manifest.old", "a/b"])
def test_a_part_that_no_backup_has(file, forged, name):
    members, _ = taken_apart(file)
    assert "no backup has one" in str(forged([*members, (name, b"x")]))


TRICKS = [b"../../evil", b"/etc/evil", b"records/../../evil", b"evidence/\xff", b"C:\\evil", b"a//b", b"a/./b", b".a"]


@pytest.mark.parametrize("name", TRICKS)
def test_a_name_that_leads_elsewhere(file, there, tmp_path, world, name):
    members, _ = taken_apart(file)
    block = bytearray(member("evil", b"x"))
    block[:100] = name.ljust(100, b"\0")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    data = file.read_bytes()
    file.write_bytes(data[:1024] + bytes(block) + data[1024:])
    before = everything_in(tmp_path)
    with pytest.raises(BadInput, match="no header of a part"):
        restore(world, file, there)
    assert everything_in(tmp_path) == before
    assert members


@pytest.mark.parametrize("kind", [b"1", b"2", b"5", b"L", b"x", b"g", b"S", b"\0"])
def test_links_folders_and_extensions_are_no_part(file, kind, world, there):
    data = bytearray(file.read_bytes())
    head = data[1024:1536]
    head[156:157] = kind
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    data[1024:1536] = head
    file.write_bytes(data)
    with pytest.raises(BadInput, match="no header of a part"):
        restore(world, file, there)


def test_a_size_beyond_what_is_there_or_allowed(file, world, there):
    for size in (b"77777777777\0", b"00400000000\0", b"-0000000001\0", b"\x80" + bytes(10) + b"\x01"):
        data = bytearray(file.read_bytes())
        head = data[1024:1536]
        head[124:136] = size
        head[148:156] = b" " * 8
        head[148:156] = b"%06o\0 " % sum(head)
        data[1024:1536] = head
        file.write_bytes(data)
        with pytest.raises(BadInput):
            restore(world, file, there)
        backup(world, file, force=True)


def test_no_more_is_unpacked_than_a_part_may_hold(file, world, there, monkeypatch):
    asked = []
    inflate = zlib.decompressobj

    class Watched:
        def __init__(self, bits) -> None:
            self.inner = inflate(bits)

        def decompress(self, data, most):
            found = self.inner.decompress(data, most)
            asked.append(len(found))
            return found

        eof = property(lambda self: self.inner.eof)
        unused_data = property(lambda self: self.inner.unused_data)

    bomb = packed(1, bytes(100_000_000))
    _, says = taken_apart(file)
    put_together(file, [bomb], says | {"parts": 1, "evidence": 0, "evidence_bytes": 0})
    monkeypatch.setattr(reading_backup.zlib, "decompressobj", Watched)
    with pytest.raises(BadInput, match="unpacks to more than"):
        restore(world, file, there)
    assert asked == [backup_format.PART_MOST + 1]


def gz(data):
    packing = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packing.compress(data) + packing.flush()


@pytest.mark.parametrize(
    "content",
    [b"", b"x", gz(b""), gz(b"x"), gz(b"\x01" + (2**60).to_bytes(8, "big")), gz(b"a") + gz(b"b"), gz(b"ab")[:-1]],
    ids=["nothing", "no gzip", "no record", "a letter", "a giant length", "two gzips", "cut"],
)
def test_a_part_that_holds_no_records(forged, content):
    name = f"records/00000001-{hashlib.sha256(content).hexdigest()}.gz"
    error = forged([(name, content)], {"parts": 1, "evidence": 0, "evidence_bytes": 0})
    assert isinstance(error, BadInput)


def test_bytes_that_are_no_record(world, file, forged):
    members, _ = taken_apart(file)
    data = unpacked(members[0][1])
    for place in range(400):
        broken = bytearray(data)
        broken[place] ^= 0x80
        try:
            found = list(reading_backup.read_records(bytes(broken), 1 << 20))
        except reading_backup.NoRecord:
            continue
        # What is read after all gives the same bytes again, and is another record.
        assert b"".join(map(leaf_bytes, found)) == bytes(broken)
        assert found != log_of(world.store)[: len(found)]


def test_records_that_are_no_log(world, rewritten):
    log = log_of(world.store)
    assert isinstance(rewritten(log[1:]), IntegrityBroken)
    assert isinstance(rewritten([*log[:5], log[4], *log[5:]]), IntegrityBroken)
    assert isinstance(rewritten([*log[:5], log[6], log[5], *log[7:]]), IntegrityBroken)
    assert isinstance(rewritten([*log[:-1], log[-1]._replace(recorded_at=log[0].recorded_at.replace(year=2000))]),
                      IntegrityBroken)  # fmt: skip
    person = next(one for one in log if one.stream.startswith("person-"))
    twice = log[-1]._replace(stream=person.stream, version=1, topic=person.topic, body=person.body)
    assert isinstance(rewritten([*log[:-1], twice]), IntegrityBroken)
    gap = person._replace(position=log[-1].position, version=9, command_id="gap", ordinal=0,
                          recorded_at=log[-1].recorded_at)  # fmt: skip
    assert isinstance(rewritten([*log[:-1], gap]), (IntegrityBroken, ImpossibleHistory))
    assert isinstance(rewritten([*log[:-1], log[-1]._replace(ordinal=7)]), IntegrityBroken)
    assert isinstance(rewritten([*log[:-1], log[-1]._replace(command_id=None)]), IntegrityBroken)
    assert isinstance(rewritten([*log[:-1], log[-1]._replace(body=b"{}")]), IntegrityBroken)
    assert isinstance(rewritten([*log[:-1], log[-1]._replace(topic="unheard-of/1")]), IntegrityBroken)


def test_a_cycle_of_a_workflow_that_nothing_publishes(world, rewritten):
    log = log_of(world.store)
    published = next(one.position for one in log if one.topic == "registry.workflow-published/1")
    rest = [one for one in log if one.position != published]
    moved = [one._replace(position=place) for place, one in enumerate(rest, 1)]
    assert isinstance(rewritten(moved), ImpossibleHistory)


def test_the_place_in_the_file_is_named(world, rewritten):
    log = log_of(world.store)
    error = rewritten([*log[:40], log[40]._replace(body=b"{}"), *log[41:]])
    assert error.position == 41
    assert "records/00000001-" in error.why
    assert "byte 1,024" in error.why


def test_evidence_that_nothing_names_or_twice_or_elsewhere(file, forged):
    members, says = taken_apart(file)
    foreign = (f"evidence/{hashlib.sha256(b'x').hexdigest()}", b"x")
    counts = {"evidence": says["evidence"] + 1, "evidence_bytes": says["evidence_bytes"] + 1}
    assert "first to name" in str(forged([*members, foreign], counts))
    place = next(n for n, (name, _) in enumerate(members) if name.startswith("evidence/"))
    again = members[place]
    counts = {"evidence": says["evidence"] + 1, "evidence_bytes": says["evidence_bytes"] + len(again[1])}
    assert "first to name" in str(forged([*members, again], counts))
    assert "first to name" in str(forged([*members[: place + 1], again, *members[place + 1 :]], counts))
    moved = [*members[:place], *members[place + 1 :], again]
    assert "first to name" in str(forged(moved))
    assert "altered" in str(forged([*members[:place], (again[0], again[1] + b"x"), *members[place + 1 :]]))


def test_evidence_left_out_is_noticed(file, forged):
    members, says = taken_apart(file)
    fewer = [one for one in members if not one[0].startswith("evidence/")]
    assert isinstance(forged(fewer, {"evidence": 0, "evidence_bytes": 0}), BadInput)
    assert says["evidence_missing"] == 0


def named(number, data):
    """A part of records as its bytes are."""
    return f"records/{number:08}-{hashlib.sha256(data).hexdigest()}.gz", data


def test_more_behind_the_records_of_a_part_or_less(file, forged):
    members, _ = taken_apart(file)
    first = members[0][1]
    for data in (first + gz(b""), first + b"x", first[:-8]):
        assert "another end" in str(forged([named(1, data), *members[1:]]))


def test_parts_with_other_numbers(file, forged):
    members, says = taken_apart(file)
    parts = [data for name, data in members if name.startswith("records/")]
    assert len(parts) > 1
    for number in (0, 2, 99_999_999):
        error = forged([named(number, parts[0]), *members[1:]])
        assert "left out, moved or doubled" in str(error)
        assert "byte 1,024" in str(error)
    assert says["parts"] == len(parts)
