"""What the fault tests share: a cradle for their processes, and places for an installation on each database."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from faults.cradle import Cradle
from faults.site import on_postgres, on_sqlite


@pytest.fixture(scope="module")
def cradle():
    with Cradle() as cradle:
        yield cradle


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """The settings of an installation that is not there yet."""
    if request.param == "sqlite":
        return on_sqlite(tmp_path)
    return on_postgres(tmp_path, request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="module")
def cluster_folder():
    """A folder for clusters of our own, which unprivileged programs may enter; skips where there are no programs."""
    from kit.postgres import NoPostgres, binaries

    try:
        binaries()
    except NoPostgres as none:
        if os.environ.get("CI") == "true":
            pytest.fail(f"there is no PostgreSQL to test with: {none}")
        pytest.skip(f"there is no PostgreSQL to test with: {none}")
    folder = Path(tempfile.mkdtemp(prefix="rfpg", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
