"""Wherever something is named, an id, its beginning, a handle, an address or a name does; nothing is guessed."""

import pytest

from cli.shell import BEN, LENA


def ids(north):
    cycles, people = north.json("cycle", "list")["cycles"], north.json("person", "list")["people"]
    organisations = north.json("organisation", "list")["organisations"]
    return (
        cycles[0]["id"],
        next(p["id"] for p in people if p["email"] == LENA),
        {o["handle"]: o["id"] for o in organisations},
    )


def test_a_cycle_by_id_beginning_and_handle(still):
    cycle, _, _ = ids(still)
    for typed in (
        cycle,
        cycle[:4],
        cycle[:9],
        cycle.upper(),
        "hazel-2026-1",
        "hazel-2026",
        "HAZEL-2026-1",
        " hazel-2026-1 ",
    ):
        assert still.json("cycle", "show", typed)["cycle"]["id"] == cycle, typed


def test_three_characters_are_no_beginning(still):
    cycle, _, _ = ids(still)
    fault = still.fault("cycle", "show", cycle[:3], code=2)["faults"][0]
    assert "needs 4 characters" in fault["want"]


def test_a_person_by_id_beginning_address_and_name(still):
    _, lena, _ = ids(still)
    for typed in (lena, lena[:4], LENA, LENA.upper(), "Lena Example", "lena example", "  Lena   Example "):
        assert still.json("person", "show", typed)["person"]["id"] == lena, typed


def test_an_organisation_by_id_number_handle_and_name(still):
    _, _, organisations = ids(still)
    hazel = organisations["hazel"]
    for typed in (hazel, hazel[:5], "900001", "urn:900001", "hazel", "Hazel Example Primary", "hazel example primary"):
        assert still.json("organisation", "show", typed)["organisation"]["id"] == hazel, typed


def test_two_people_of_one_name_are_told_apart(north):
    north.run("person", "add", "Ben Example")
    fault = north.fault("person", "show", "Ben Example", code=2)["faults"][0]
    assert "this could be 2" in fault["want"]
    assert fault["want"].count("Ben Example (") == 2
    assert north.json("person", "show", BEN)["person"]["name"] == "Ben Example"


def test_a_handle_that_others_begin_with_is_still_certain(north):
    north.run("organisation", "add", "Hazel Example Junior", "--handle", "hazel-junior")
    assert north.json("organisation", "show", "hazel")["organisation"]["handle"] == "hazel"
    assert "this could be 2" in north.fault("organisation", "show", "haze", code=2)["faults"][0]["want"]


def test_a_name_may_hide_behind_an_acting_option_too(north):
    assert north.wrong("cycle", "note", "hazel-2026-1", "x", "--as", "Nobody Example") == ["--as"]
    assert north.wrong("cycle", "note", "hazel-2026-1", "x", REVIEWFLOW_ACTOR="Nobody Example") == ["REVIEWFLOW_ACTOR"]


def test_a_forgotten_person_is_found_by_id_only(north):
    north.run("person", "forget", BEN, "--yes")
    for typed in (BEN, "Ben Example"):
        assert "no such person" in north.fault("person", "show", typed, code=2)["faults"][0]["want"]


def test_a_place_may_be_of_several_kinds(north):
    north.run("programme", "add", "Hazel", "--handle", "hazel-programme")
    assert north.wrong("person", "role", BEN, "programme_manager", "--in", "nowhere") == ["--in"]
    north.run("person", "role", BEN, "programme_manager", "--in", "hazel-programme")
    assert "hazel" in north.run("person", "show", BEN).stdout.lower()


@pytest.mark.parametrize(
    "typed",
    ["", " ", "%", "_", "'; DROP TABLE records; --", "x\x00y", "\ud800", "a" * 10_000, "..", "*", "\x1b[2J", "\u202e"],
)
@pytest.mark.parametrize(
    "words",
    [("cycle", "show"), ("person", "show"), ("organisation", "show"), ("partnership", "show"), ("programme", "show")],
)
def test_odd_names_name_nothing(still, words, typed):
    shown = still.run(*words, "--", typed, code=2)
    assert "\x1b" not in shown.output
    assert "\u202e" not in shown.output
