"""Bytes of a file on their way in: packed or not, whole or not, told of as they come, and never held."""

import os
import threading
import tracemalloc
import zlib

import pytest

from exchange.files import cells, event, log, many, packed, read, read_bytes, refusal
from reviewflow.errors import BadInput
from reviewflow.exchange import open_rows
from reviewflow.exchange.limits import PIECE
from reviewflow.exchange.source import opened

XES = log(f"<trace>{event(('string', 'a', '1'))}</trace>").encode()
CSV = b"case,step\nhazel,visit\n"
LINES = b'{"case":{"name":"hazel"},"event":{"step":"visit"}}\n'


@pytest.mark.parametrize("data", [XES, CSV, LINES])
def test_every_format_is_read_packed_as_it_is_read_plain(tmp_path, data):
    plain = cells(tmp_path, data)
    assert cells(tmp_path, packed(data)) == plain
    half = len(data) // 2
    assert cells(tmp_path, packed(data[:half]) + packed(data[half:])) == plain
    assert cells(tmp_path, packed(b"") + packed(data) + packed(b"")) == plain
    assert cells(tmp_path, packed(data) + b"\0" * 3 * PIECE) == plain


def test_what_comes_out_of_a_packed_file_is_what_went_in_whatever_its_size(tmp_path):
    path = tmp_path / "packed"
    for size in [*range(PIECE - 2, PIECE + 300), 3 * PIECE]:
        path.write_bytes(packed(b"x" * size))
        with opened(path, size, None) as source:
            pieces = list(source.pieces())
        assert sum(map(len, pieces)) == size
        assert max(map(len, pieces)) <= PIECE


@pytest.mark.parametrize("data", [XES, CSV, LINES])
def test_a_packed_file_cut_short_at_any_byte_is_refused(tmp_path, data):
    whole = packed(data)
    for size in range(2, len(whole)):
        _, fault = refusal(tmp_path, whole[:size])
        assert fault.where, size
        assert fault.want == "expected a whole gzip file", size


@pytest.mark.parametrize("data", [XES, CSV, LINES])
def test_a_packed_file_with_a_false_checksum_or_length_is_refused(tmp_path, data):
    whole = packed(data)
    for place in range(len(whole) - 8, len(whole)):
        bad = bytearray(whole)
        bad[place] ^= 1
        _, fault = refusal(tmp_path, bytes(bad))
        assert fault.got.startswith("damaged gzip: incorrect")


@pytest.mark.parametrize("after", [b"x", b"\x1f", b"\0\0x", b"\0" * PIECE + b"more", b"\n"])
def test_other_bytes_after_a_packed_file_are_refused(tmp_path, after):
    _, fault = refusal(tmp_path, packed(CSV) + after)
    assert fault.got == "other bytes after the gzip stream"


def test_a_fault_of_the_packing_has_the_place_reached_inside(tmp_path):
    data = many(3000)
    whole = packed(data)
    rows, fault = refusal(tmp_path, whole[: len(whole) // 2])
    assert fault.where.startswith("line ")
    assert 100 < len(rows) < 3000
    rows, fault = refusal(tmp_path, packed(table(3000))[:-1])
    assert fault.where == "row 3002, which begins on line 3002"
    assert len(rows) == 3000
    # What is found before the first row has no row to stand in.
    assert refusal(tmp_path, packed(table(3))[:-1])[1].where.startswith("byte ")


def test_what_is_packed_twice_is_refused(tmp_path):
    assert refusal(tmp_path, packed(packed(CSV)))[1].got == "a file packed twice"
    assert refusal(tmp_path, packed(b""))[1].got == "an empty file"


def test_a_file_larger_than_allowed_once_unpacked_is_refused(tmp_path):
    data = many(5000)
    assert len(read_bytes(tmp_path, packed(data), largest=len(data))) == 5000
    rows, fault = refusal(tmp_path, packed(data), largest=len(data) - 1)
    assert "once unpacked" in fault.got
    assert len(rows) > 4000
    assert "once unpacked" in refusal(tmp_path, data, largest=PIECE)[1].got


@pytest.mark.parametrize("pack", [bytes, packed])
def test_progress_is_told_of_the_file_as_it_lies_there(tmp_path, pack):
    data = pack(many(20_000))
    path = tmp_path / "log"
    path.write_bytes(data)
    told = []
    assert len(read(path, progress=lambda *now: told.append(now))) == 20_000
    assert told[-1] == (len(data), len(data))
    assert {total for _, total in told} == {len(data)}
    steps = [after - before for (before, _), (after, _) in zip([(0, 0), *told], told, strict=False)]
    assert all(0 < step <= PIECE for step in steps)
    assert len(told) == -(-len(data) // PIECE)


def test_a_pipe_is_read_as_a_file_whose_size_nobody_knows(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def feed():
        with pipe.open("wb", buffering=0) as end:
            for byte in packed(CSV):
                end.write(bytes([byte]))

    feeder = threading.Thread(target=feed)
    feeder.start()
    told = []
    assert [dict(row.cells) for row in read(pipe, progress=lambda *now: told.append(now))] == [
        {"case": "hazel", "step": "visit"}
    ]
    feeder.join()
    assert all(read <= total for read, total in told)


def test_a_fault_of_the_disk_is_bad_input_with_its_place(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(many(2000))
    with open_rows(path) as rows:
        source = rows._rows.gi_frame.f_locals["source"]
        next(rows)

        class Broken:
            def read(self, _size):
                raise OSError(5, "Input/output error")

        source._file = Broken()
        with pytest.raises(BadInput) as refused:
            list(rows)
    (fault,) = refused.value.faults
    assert fault.where.startswith("line ")
    assert fault.got == "Input/output error"


def test_a_reader_that_stops_early_leaves_nothing_open(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(many(2000))
    with open_rows(path) as rows:
        next(rows)
        source = rows._rows.gi_frame.f_locals["source"]
    assert source._file.closed


def peak(path):
    """The most memory held at once while all rows pass by."""
    tracemalloc.start()
    try:
        with open_rows(path) as rows:
            for row in rows:
                assert row.faults == ()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def table(count):
    # By its first megabyte the encoding is told: the smaller file has one already.
    return b"case,note\n" + b"".join(b"case-%d,%s\n" % (n, b"x" * 600) for n in range(count))


def lines(count):
    return b"".join(b'{"case":{"n":%d},"event":{"step":"visit","when":"2026-03-01"}}\n' % n for n in range(count))


@pytest.mark.parametrize(
    ("make", "pack", "few"), [(many, bytes, 2000), (many, packed, 1000), (table, packed, 2000), (lines, bytes, 1000)]
)
def test_memory_does_not_grow_with_the_file(tmp_path, make, pack, few):
    peaks = []
    for count in (few, 10 * few):
        path = tmp_path / f"{count}"
        path.write_bytes(pack(make(count)))
        peaks.append(peak(path))
    small, large = peaks
    assert large < small * 1.5 + 200_000
    assert large < 8_000_000


def test_memory_does_not_grow_with_how_well_a_file_is_packed(tmp_path):
    """A hundred megabytes of blanks in a hundred kilobytes."""
    squeezed = zlib.compressobj(9, wbits=31)
    path = tmp_path / "bomb"
    with path.open("wb") as file:
        file.write(squeezed.compress(b"<log><trace><event/>"))
        for _ in range(100):
            file.write(squeezed.compress(b" " * 1_000_000))
        file.write(squeezed.compress(b"<event/></trace></log>"))
        file.write(squeezed.flush())
    assert path.stat().st_size < 200_000
    assert peak(path) < 8_000_000


def test_memory_does_not_grow_with_what_a_case_says_of_every_event(tmp_path):
    case = "".join(f'<string key="k{n}" value="{n}"/>' for n in range(900))
    path = tmp_path / "heavy"
    path.write_text(log(f"<trace>{case}{'<event/>' * 10_000}</trace>"))
    assert peak(path) < 15_000_000
    with open_rows(path) as rows:
        first = next(rows)
        assert dict(first.cells) == {f"case:k{n}": str(n) for n in range(900)}


def test_a_case_that_says_much_still_speaks_once(tmp_path):
    case = "".join(f'<string key="k{n}" value="{n}"/>' for n in range(100))
    own = event(("string", "case:k1", "1"), ("string", "case:k2", "x"))
    (row,) = read_bytes(tmp_path, log(f"<trace>{case}{own}</trace>"))
    assert [fault.got for fault in row.faults] == ["'case:k2' a second time"]
