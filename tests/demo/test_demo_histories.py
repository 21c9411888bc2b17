"""The demo's histories, out of its store and into an empty one: the same 21 cycles, on every day, in every format."""

import pytest
from click.testing import CliRunner

from reviewflow.cli.app import door
from reviewflow.cycle.fold import fold
from reviewflow.demo.story import settings_in
from reviewflow.events import Asked, Recorded, Unsealed
from reviewflow.exchange import FORMATS, open_rows
from reviewflow.history.native import import_rows
from reviewflow.vault.texts import replace_texts
from reviewflow.wiring import open_installation


def run(folder, *words: str):
    env = {"REVIEWFLOW_STORE": settings_in(folder).store, "REVIEWFLOW_ACTOR": None}
    result = CliRunner(env=env).invoke(door, list(words))
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def histories(told):
    """Every cycle of the demo's store, as its events say it in the clear."""
    with open_installation(settings_in(told.folder)) as installation:
        return opened(installation)


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_store_tells_the_same(told, histories, tmp_path, form):
    file = tmp_path / f"histories.{form}"
    run(told.folder, "audit", "export", str(file))
    report, there = taken_over(tmp_path, file)
    assert report.refusals == ()
    assert (report.cycles, report.taken_over) == (21, 21)
    assert there == histories
    assert len(histories) == 21
    for records in histories.values():
        days = {one.event.happened.on for one in records}
        assert all(fold(records, as_of=day) for day in days)


def taken_over(folder, file):
    run(folder, "init", "--admin", "Zoe Elsewhere", "--email", "zoe@elsewhere.example")
    zoe = ("--as", "zoe@elsewhere.example")
    programme = ("Invented Programme", "--handle", "invented-programme", "--time-zone", "Europe/London")
    run(folder, "programme", "add", *programme, *zoe)
    run(folder, "partnership", "add", "Seven Trees Invented Cluster", "--handle", "seven-trees", *zoe)
    run(folder, "workflow", "publish", "spp-peer-review", *zoe)
    with open_installation(settings_in(folder)) as installation, open_rows(file, unquoted=True) as rows:
        with installation.engine.knowing() as known:
            by = known.email_owner("zoe@elsewhere.example")
        asked = Asked(id="import", at=installation.clock.now(), by=by, entered_by=by, door="import")
        report = import_rows(rows, installation.engine, asked)
        return report, opened(installation)


def opened(installation):
    """Handle -> the events of each cycle with their texts, and nothing of where and by whom they were recorded."""
    found = {}
    with installation.engine.knowing() as known:
        for stream in known.touching("cycles"):
            records = [plain(installation, known, one) for one in known.records(stream)]
            found[records[0].event.handle] = records
    return found


def plain(installation, known, one):
    vault = installation.vault
    event = replace_texts(one.event, lambda text, path: Unsealed(vault.open(text, one.stream, one.version, path)))
    update = {"entered_by": "somebody", "door": "cli"}
    if one.version == 1:
        update["programme"] = known.programme(event.programme).handle
        update["partnership"] = known.partnership(event.partnership).handle
        update["subject"] = known.organisation(event.subject).name
    return Recorded(0, None, one.stream, one.version, event.model_copy(update=update))
