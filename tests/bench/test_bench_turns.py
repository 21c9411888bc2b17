"""Contenders in turn, and processes that are measured from outside."""

import os
import sys

import pytest
from bench.__main__ import asked
from bench.processes import run_in_turn, run_once
from bench.turns import Rates, Side, Turns, in_turn, middle_half

RAW = "bench.peers.raw:sqlite"


@pytest.mark.parametrize("apart", [False, True])
def test_each_contender_does_as_many_things_in_each_round(tmp_path, apart):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    sides = {name: Side(RAW, {"folder": str(tmp_path / name)}) for name in ("a", "b")}
    rates = in_turn(sides, 2, 3, apart=apart)
    assert {name: len(found) for name, found in rates.rounds.items()} == {"a": 2, "b": 2}
    assert all(rate > 0 for found in rates.rounds.values() for rate in found)
    assert all(seconds > 0 for found in rates.processor.values() for seconds in found)
    assert all((peak > 5) == apart for peak in rates.peak.values())


def test_who_comes_first_comes_last_in_the_next_round(monkeypatch):
    seen = []

    class Seen:
        def __init__(self, side, _client) -> None:
            self.name = side.given["name"]

        def begin(self, _things):
            seen.append(self.name)

        def end(self):
            return 1.0

        def close(self):
            return 0.0

    monkeypatch.setattr("bench.turns.Here", Seen)
    with Turns({name: Side("", {"name": name}, clients=2) for name in "ab"}, apart=False) as turns:
        turns.run(2, 1, warm=0)
    assert seen == ["a", "a", "b", "b", "b", "b", "a", "a"]


def test_a_contender_that_dies_is_told():
    with (
        pytest.raises(RuntimeError, match="ended by itself"),
        Turns({"a": Side(RAW, {"folder": "/nowhere"})}, apart=True),
    ):
        pass


def test_ratios_are_round_against_round():
    rates = Rates({"a": [10.0, 20.0], "b": [5.0, 40.0]}, {}, {})
    assert rates.ratios("a", "b") == [2.0, 0.5]


def test_the_middle_half_of_few_rounds_is_all_of_them():
    assert middle_half([3.0, 1.0, 2.0]) == (1.0, 3.0)
    assert middle_half([float(n) for n in range(1, 8)]) == (2.0, 6.0)


def test_memory_of_a_process_is_its_own():
    held = bytearray(80_000_000)  # what this process holds must not count as its child's
    code = "held = bytearray(40_000_000)"
    ran = run_in_turn({"little": ["/bin/true"], "more": [sys.executable, "-S", "-c", code]}, os.environ, 1, warm=0)
    assert ran["little"].peak < 30
    assert 38 < ran["more"].peak < 70
    assert len(held) == 80_000_000


def test_a_command_that_fails_is_told_with_what_it_said(tmp_path):
    fails = [sys.executable, "-S", "-c", "import sys; print('out'); sys.exit('no such cycle')"]
    with pytest.raises(RuntimeError, match="no such cycle"):
        run_in_turn({"bad": fails}, os.environ, 1, warm=0)
    with pytest.raises(RuntimeError, match="ended with 1: out"):
        run_once(fails, os.environ, tmp_path / "said")


@pytest.mark.parametrize(("words", "size"), [([], "full"), (["--quick"], "quick"), (["--size", "tiny"], "tiny")])
def test_without_a_word_everything_is_timed_in_full(words, size, monkeypatch):
    monkeypatch.setattr("sys.argv", ["bench", *words])
    assert asked().size == size
