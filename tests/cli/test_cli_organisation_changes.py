"""A register that changed: each field from what it was to what it is, in a dry run and when it is recorded."""

import csv
import io
from pathlib import Path

import pytest

REGISTER = (Path(__file__).parents[1] / "registry" / "data" / "gias.csv").read_text("utf-8")


def changed(**cells: str):
    """The register with other values in these columns, in every row."""
    rows = list(csv.reader(io.StringIO(REGISTER, newline="")))
    for row in rows[1:]:
        for header, value in cells.items():
            row[rows[0].index(header)] = value
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


@pytest.fixture
def registered(north):
    """A store that has the register, and the register as it is later."""
    (north.folder / "before.csv").write_text(REGISTER, "utf-8")
    north.run("organisation", "import", str(north.folder / "before.csv"))
    return north


def later(shell, **cells: str):
    file = shell.folder / f"later-{len(list(shell.folder.iterdir()))}.csv"
    file.write_text(changed(**cells), "utf-8")
    return str(file)


def test_every_change_is_told_from_what_to_what(registered):
    file = later(registered, Town="Newtown", NumberOfPupils="")
    before = registered.records
    tried = registered.json("organisation", "import", file, "--dry-run")["organisations"]
    assert registered.records == before
    done = registered.json("organisation", "import", file)["organisations"]
    assert done == tried
    assert set(done["changed_fields"]) == {"town", "pupils"}
    assert len(done["changes"]) == sum(done["changed_fields"].values())
    for one in done["changes"]:
        shown = registered.json("organisation", "show", one["organisation"])["organisation"]["details"]
        assert shown.get(one["field"], "") == one["to"] != one["from"]
    assert registered.json("organisation", "import", file)["organisations"]["changes"] == []


def test_a_long_list_is_cut_with_its_number_and_all_shows_it(registered):
    file = later(
        registered,
        Town="Newtown",
        SchoolCapacity="77",
        Postcode="XX1 1XX",
        NumberOfPupils="7",
        StatutoryLowAge="1",
        StatutoryHighAge="99",
    )
    told = registered.json("organisation", "import", file, "--dry-run")["organisations"]
    number = len(told["changes"])
    short = registered.run("organisation", "import", file, "--dry-run").stdout
    assert f"and {number - 20:,} more: --all shows them" in short
    whole = registered.run("organisation", "import", file, "--dry-run", "--all").stdout
    assert len(whole.splitlines()) == len(short.splitlines()) + number - 20 - 1
    assert "changed: " in short
