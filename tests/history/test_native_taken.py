"""What is taken over: who and what is found here or registered, and that it is done once."""

import json

import pytest

from history.mended_walks import walked
from history.roundtrip import asked, cycles_of, exported, imported, opened
from history.spoilt import as_all, bring, document, refused
from kit.checking import check_everything
from kit.stored import StoredWorld
from kit.trial import trial
from reviewflow.exchange import open_rows
from reviewflow.history.native import import_rows
from reviewflow.history.native_places import Here
from reviewflow.registry import commands as reg
from reviewflow.registry.events import Identity


def test_it_is_taken_over_when_nothing_is_spoilt(source, target, tmp_path, rows):
    before = target.position()
    dry = bring(target, tmp_path, rows, dry_run=True)
    assert target.position() == before
    report = bring(target, tmp_path, rows)
    assert dry == report
    assert (report.taken_over, report.events, report.people, report.organisations) == (1, 10, 3, 1)
    assert report.data()["reasons"] == {}


def test_whoever_brought_it_in_stands_in_every_event(target, tmp_path, rows):
    bring(target, tmp_path, rows)
    [cycle] = cycles_of(target)
    with target.knowing() as known:
        events = [one.event for one in known.cycle_records(cycle)]
    assert {event.door for event in events} == {"import"}
    entered = {target.vault.open(e.entered_by, f"cycle-{cycle}", n, "entered_by") for n, e in enumerate(events, 1)}
    assert entered == {"somebody at the keyboard"}
    assert {event.by for event in events} == {document(row)["by"] for row in rows}
    assert [event.cause for event in events] == [document(row)["cause"] for row in rows]


def test_people_are_registered_under_their_ids_with_their_names(source, target, tmp_path, rows):
    bring(target, tmp_path, rows)
    with target.knowing() as known:
        rob = known.person(source.id("rob"))
        assert target.vault.open(rob.name.text, rob.name.stream, rob.name.version, rob.name.path) == "Rob Madeup"


def test_nothing_personal_is_stored_in_the_clear(target, tmp_path, rows):
    bring(target, tmp_path, rows)
    with target.store.snapshot() as snapshot:
        whole = b"".join(record.body for record in snapshot.log(limit=1000))
    for text in (b"Rob Madeup", b"seen in class", b"Reading", b"well made", b"agreed by all", b"keyboard"):
        assert text not in whole


@pytest.mark.parametrize("times", [1, 2])
def test_the_same_file_again_changes_nothing(target, tmp_path, rows, times):
    bring(target, tmp_path, rows)
    before = target.position()
    for _ in range(times):
        report = bring(target, tmp_path, rows)
        assert (report.unchanged, report.taken_over, report.refusals) == (1, 0, ())
    assert target.position() == before


def test_a_cycle_that_went_on_here_stays_as_it_is(target, tmp_path, rows):
    bring(target, tmp_path, rows[:4] and as_all(rows[:4]))
    report = bring(target, tmp_path, as_all(rows[:3]))
    assert (report.unchanged, report.refusals) == (1, ())


def test_programme_and_partnership_can_be_said(target, tmp_path, rows):
    rows = [
        {**r, "case": {**r["case"], "reviewflow:programme": "there", "reviewflow:partnership": "there"}} for r in rows
    ]
    here = Here(target.id("programme"), target.id("cluster"))
    assert bring(target, tmp_path, rows, here=here).taken_over == 1


def test_an_organisation_is_known_by_its_number_whatever_it_is_called_here(target, tmp_path, rows):
    register(target, "900001", handle="hazel-primary")
    assert bring(target, tmp_path, identified(rows, "900001")).organisations == 0
    [cycle] = cycles_of(target)
    with target.knowing() as known:
        assert known.organisation(known.cycle(cycle).subject).handle == "hazel-primary"
        assert known.touching(f"cycles-of:{known.cycle(cycle).subject}") == [f"cycle-{cycle}"]


def register(world, urn, handle="hazel"):
    world.handle(
        reg.RegisterOrganisation(
            asked=world.asked("ada", id="another"), organisation_name="Hazel Elsewhere School", handle=handle,
            identities=(Identity(scheme="urn", value=urn),),
        )
    )  # fmt: skip


def identified(rows, urn):
    one = document(rows[0])["subject"]
    told = {**rows[0]["case"]["reviewflow:organisations"]}
    told[one] = {**told[one], "identities": [["urn", urn]]}
    return [{**row, "case": {**row["case"], "reviewflow:organisations": told}} for row in rows]


def test_another_organisation_of_the_same_handle_isas_all(target, tmp_path, rows):
    register(target, "900009")
    rows = identified(rows, "900001")
    found = refused(target, tmp_path, rows)["another-organisation"]
    assert "it has urn 900009, in the file it is 900001" in found


def test_texts_that_could_not_be_read_come_in_as_removed(target, tmp_path, rows):
    document(rows[2])["text"] = {"removed": True}
    document(rows[1])["values"]["points"][0]["what"] = {"hidden": True}
    document(rows[5]).update(backdated={"removed": True})
    assert bring(target, tmp_path, rows).taken_over == 1
    [cycle] = cycles_of(target)
    events = [one.event for one in opened(target, cycle)]
    assert str(events[2].text) == "(removed)"
    assert str(events[1].values["points"][0]["what"]) == "(removed)"
    assert str(events[5].backdated) == "(removed)"


def test_people_whose_names_were_left_out_are_registered_without(source, target, tmp_path):
    path = exported(source, tmp_path / "unnamed.csv", "csv", names=False)
    assert "Madeup" not in path.read_text("utf-8")
    assert imported(target, path).people == 3
    with target.knowing() as known:
        rob = known.person(source.id("rob"))
        assert target.vault.open(rob.name.text, rob.name.stream, rob.name.version, rob.name.path) == "(removed)"


def test_several_cycles_are_judged_each_for_itself(source, target, tmp_path, rows):
    spoilt = [json.loads(json.dumps(row)) for row in rows]
    for row in spoilt:
        row["case"]["reviewflow:cycle"] = "a" * 16
    document(spoilt[0])["handle"] = "hazel-2026-2"
    document(spoilt[3])["to"] = "work.checked"
    report = bring(target, tmp_path, [*spoilt, *rows])
    assert (report.cycles, report.taken_over, len(report.refusals)) == (2, 1, 1)
    assert report.reasons == {"impossible-history": 1}
    assert report.data()["refusals"][0]["place"] == "line 1"


def test_a_world_can_go_on_where_the_other_one_stopped(source, target, tmp_path, rows):
    bring(target, tmp_path, rows)
    [cycle] = cycles_of(target)
    target.names.update(cycle=cycle, rob=source.id("rob"), hanna=source.id("hanna"))
    target.role("hanna", "head", source.id("hazel"))
    target.do("mend", "hanna")
    assert target.cycle.state == "work.mended"
    assert target.cycle.version == len(rows) + 1


def test_the_command_ids_of_an_import_are_the_cycles(target, rows, tmp_path):
    command = asked(target)
    path = tmp_path / "whole.jsonl"
    with open_rows(path) as found:
        import_rows(found, target.engine, command)
    with target.store.snapshot() as snapshot:
        log = snapshot.log(limit=1000)
    ids = {r.command_id for r in log if r.stream.startswith("cycle-")}
    assert len(ids) == 1
    assert ids.pop().startswith(f"{command.id}.")


def test_a_cycle_that_stands_twice_in_a_file_is_taken_over_once(target, tmp_path, rows):
    report = bring(target, tmp_path, [*rows, *rows])
    assert (report.cycles, report.taken_over, report.unchanged, report.refusals) == (2, 1, 1, ())


@pytest.mark.parametrize("seed", [3, 7])
def test_the_views_are_what_a_rebuild_makes_of_it(tmp_path, seed):
    world = StoredWorld(folder=tmp_path)
    world.clock.set("2027-06-01")
    world.install()
    world.publish(trial())
    world.partnership("cluster")
    report = imported(world, exported(walked(seed).world, tmp_path / "whole.xes", "xes"))
    assert report.taken_over == 1
    check_everything(world)
    world.close()
