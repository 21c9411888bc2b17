"""Shared by every test: the settings of Hypothesis, PostgreSQL, and the folder of real data (both asked for loudly)."""

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

# CI machines stall; a deadline would be a stopwatch in a unit test. `HYPOTHESIS_PROFILE=long` digs deeper.
settings.register_profile("short", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))

# The files that take longest, longest first: whichever worker began one of them last would end alone.
LONGEST = (
    "docs/test_examples.py", "bench/test_bench_smoke.py", "views/test_views_rebuild_live.py",
    "journeys/test_spp_by_cli.py", "faults/test_standby.py", "faults/test_race.py", "docs/test_tutorial.py",
    "engine/test_stateful.py", "faults/test_postgres_lost.py", "keeping/test_copying.py", "store/test_contract.py",
    "views/test_views_rebuild_cut_short.py", "vault/test_vault_kills.py", "workflow/test_hostile.py",
)  # fmt: skip

NAME = "REVIEWFLOW_REAL_DATA"
NO_POSTGRES = "there is no PostgreSQL to test with"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; without it the test skips and says so at the end of the run."""
    named = os.environ.get(NAME)
    if not named:
        pytest.skip(f"{NAME} names no folder of real data: this test on real data did not run")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"{NAME}={named} is no folder")
    return folder


@pytest.fixture(scope="session")
def postgres():
    """The server of this test process; without one the test skips and says so at the end, and under CI it fails."""
    from kit.postgres import NoPostgres, server

    try:
        return server()
    except NoPostgres as none:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{NO_POSTGRES}: {none}")
        pytest.skip(f"{NO_POSTGRES}: {none}")


@pytest.fixture
def postgres_url(postgres):
    """A new empty database, taken away afterwards."""
    url = postgres.fresh()
    yield url
    postgres.drop(url)


def pytest_collection_modifyitems(items):
    """Long files first; `--no-loadscope-reorder` in the Makefile hands them out in this order."""
    place = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    assert all(file.exists() for file in place), "LONGEST names a file that is not there"
    items.sort(key=lambda item: place.get(item.path, len(place)))


def pytest_collection_finish():
    """Seven thousand tests stay to the end: the garbage collector need not look through them again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """A skip of real data, or for want of PostgreSQL, is said in a line of its own, not only counted."""
    skipped = _skipped(terminalreporter)
    if skipped:
        terminalreporter.write_line(f"ATTENTION: {skipped} tests on real data did not run; set {NAME}", yellow=True)
    without = _skipped(terminalreporter, NO_POSTGRES)
    if without:
        terminalreporter.write_line(f"ATTENTION: {without} tests on PostgreSQL did not run", yellow=True)


def pytest_sessionfinish(session):
    """Where the folder is given, as `.ci/run` does, a test on real data that skips is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(NAME) and reporter is not None and _skipped(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skipped(reporter, why: str = NAME) -> int:
    return sum(why in str(report.longrepr) for report in reporter.stats.get("skipped", []))
