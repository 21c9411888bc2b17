"""Every part of the bench runs, in its smallest form: what it finds means nothing, that it finds something does."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from bench.parts import PARTS
from bench.peers import missing, told
from bench.table import Table, from_json, markdown, plain

ROOT = Path(__file__).parents[2]
NONE_IS_RIGHT = {"rebuilding.equal"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, Table]:
    into = tmp_path_factory.mktemp("bench") / "tables.json"
    words = [sys.executable, "-m", "bench", "--size", "tiny", "--here", "--quiet", "--into", str(into)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return {part: from_json(found) for part, found in json.loads(into.read_text()).items()}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_finds_figures(tables, part):
    rows = tables[part].rows
    keys = [row.key for row in rows]
    assert keys
    assert len(set(keys)) == len(keys)
    for row in rows:
        assert math.isfinite(row.value)
        assert row.value > 0 or f"{part}.{row.key}" in NONE_IS_RIGHT, row


def test_nothing_was_refused_and_what_was_rebuilt_is_equal(tables):
    found = tables["rebuilding"]
    assert found.row("commands").met
    assert found.row("equal").met


PEERS = {
    "four-steps": (("SpiffWorkflow", "dbos"), {"spiff", "spiff-loaded", "dbos"}),
    "append": (("psycopg_pool",), {"stock-pg"}),
    "postgresql": (("psycopg_pool",), {"stock1", "stock2"}),
}


@pytest.mark.parametrize("part", PEERS)
def test_the_peers_are_timed_where_they_are_installed(tables, part):
    modules, rows = PEERS[part]
    absent = missing(*modules)
    assert list(tables[part].notes) == told(absent)
    if absent:
        pytest.skip(f"{' and '.join(absent)}: NOT INSTALLED, so nothing was compared; `make bench` installs them")
    assert rows <= {row.key for row in tables[part].rows}


def test_every_table_can_be_shown(tables):
    for table in tables.values():
        assert table.title in plain(table)
        assert "**Short form**" in markdown(table)
        assert all(f"`{table.part}.{row.key}`" in markdown(table) for row in table.rows)
