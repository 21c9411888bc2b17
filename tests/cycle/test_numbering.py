"""The number of the next cycle: after the highest, whatever was taken over, and never a handle that is taken."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.cycle.events import numbered_among
from reviewflow.cycle.numbering import next_number


class There(NamedTuple):
    """A cycle of hazel that is there."""

    number: int
    handle: str


class Known:
    """Knows the cycles of one school and year, and the handles of others."""

    def __init__(self, *there: There, others: tuple[str, ...] = ()) -> None:
        self.there, self.others, self.folded = there, others, 0

    def touches(self, set_name: str) -> int:
        handle = set_name.removeprefix("handle:")
        taken = [one for one in self.there if one.handle == handle]
        return len(self.touching(set_name)) + len(taken) + self.others.count(handle)

    def touching(self, set_name: str) -> list[str]:
        return [f"cycle-{n}" for n in range(len(self.there))] if set_name == numbered_among("hazel", "2026-27") else []

    def cycle(self, cycle_id: str) -> There:
        self.folded += 1
        return self.there[int(cycle_id)]


def here(*numbers: int) -> list[There]:
    return [There(number, f"hazel-2026-{number}") for number in numbers]


def asked(known: Any, name: str = "hazel") -> tuple[int, str]:
    return next_number(known, "hazel", name, "2026-27")


def test_the_first_is_number_one():
    assert asked(Known()) == (1, "hazel-2026-1")


@pytest.mark.parametrize(
    ("numbers", "number"), [((1,), 2), ((1, 2, 3), 4), ((2,), 3), ((7,), 8), ((1, 3), 4), ((2, 3), 4)]
)
def test_it_is_the_one_after_the_highest(numbers, number):
    assert asked(Known(*here(*numbers))) == (number, f"hazel-2026-{number}")


@pytest.mark.parametrize("number", [0, 1, 40])
def test_where_none_is_missing_no_other_cycle_is_read(number):
    known = Known(*here(*range(1, number + 1)))
    assert asked(known)[0] == number + 1
    assert known.folded == 0


def test_the_handle_of_another_schools_cycle_is_not_taken():
    assert asked(Known(others=("hazel-2026-1",))) == (2, "hazel-2026-2")
    assert asked(Known(*here(1), others=("hazel-2026-2", "hazel-2026-3"))) == (4, "hazel-2026-4")


def test_a_school_that_has_another_handle_by_now_goes_on_counting():
    assert asked(Known(*here(1, 2)), name="hazelwood") == (3, "hazelwood-2026-3")


@given(st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)), st.integers(1, 5))
def test_whatever_is_there_the_next_ones_are_new(numbers, others, more):
    known = Known(*here(*numbers), others=tuple(f"hazel-2026-{n}" for n in others))
    for _ in range(more):
        number, handle = asked(known)
        assert handle == f"hazel-2026-{number}"
        assert number not in {one.number for one in known.there}
        assert not known.touches(f"handle:{handle}")
        known.there = (*known.there, There(number, handle))
