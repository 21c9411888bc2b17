"""Folds are shared by all threads of a web server: what one drops another may be about to use."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from reviewflow.knowing import Folds


@pytest.fixture
def hasty():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_many_threads_find_and_drop_the_same_few(hasty):
    folds = Folds(most=2)

    def work(first: int) -> None:
        kept = folds.of(0)
        for n in range(first, first + 5_000):
            stream = f"cycle-{n % 4}"
            kept.put(stream, n, n)
            version, folded = kept.get(stream)
            assert version == (folded or 0)
            folds.remember(stream, [stream])
            assert folds.asked_before(stream) in ((stream,), ())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
