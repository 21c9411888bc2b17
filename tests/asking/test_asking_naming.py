"""What somebody types means people of whom they may be told; others only by their whole id or address."""

import pytest

from asking.asked import OMAR
from cli.shell import ADA, BEN, DAN, LENA, PRIYA
from reviewflow.asking.naming import Resolver
from reviewflow.asking.question import asking
from reviewflow.errors import BadInput


@pytest.fixture
def find(there, ids):
    """What a text means to somebody."""

    def found(viewer, kind, typed):
        with asking(there, ids(viewer) if viewer else None) as question:
            return getattr(question.find, kind)(typed)

    return found


def wanted(find, viewer, kind, typed):
    with pytest.raises(BadInput) as error:
        find(viewer, kind, typed)
    return error.value.faults[0].want


def test_an_operator_finds_everybody_by_anything(find, ids):
    for typed in (BEN, "Ben Example", ids(BEN), ids(BEN)[:8]):
        assert find(None, "person", typed) == ids(BEN)


def test_a_whole_id_or_address_is_known_to_whoever_has_it(find, ids):
    for typed in (LENA, ids(LENA), LENA.upper()):
        assert find(OMAR, "person", typed) == ids(LENA)


def test_nobody_is_found_by_name_or_beginning_by_whoever_may_not_be_told_of_them(find, ids):
    for typed in ("Lena Example", ids(LENA)[:8], "lena example"):
        assert wanted(find, OMAR, "person", typed) == "no such person"


def test_a_lead_finds_the_people_of_their_partnership(find, ids):
    assert find(PRIYA, "person", "Ben Example") == ids(BEN)
    assert find(PRIYA, "person", ids(DAN)[:8]) == ids(DAN)
    assert wanted(find, PRIYA, "person", "Omar Example") == "no such person"
    assert find(ADA, "person", "Omar Example") == ids(OMAR)


def test_everybody_finds_themselves(find, ids):
    assert find(OMAR, "person", ids(OMAR)[:8]) == ids(OMAR)


def test_what_a_text_could_mean_lists_nobody_else(own, there, ids):
    from asking.asked import opened

    for number, place in enumerate(("hazel", "rowan")):
        own.run("person", "add", "Same Example", "--email", f"same{number}@x.example", "--organisation", place)
    with opened(own) as installation:
        for viewer, several in ((None, True), (ids(ADA), True), (ids(PRIYA), False)):
            with asking(installation, viewer) as question:
                if several:
                    with pytest.raises(BadInput, match="this could be 2"):
                        question.find.person("Same Example")
                else:
                    assert question.find.person("Same Example") == question.find.person("same0@x.example")


def test_nobodys_name_is_opened_for_whoever_may_not_list_people(there, ids):
    with asking(there, ids(OMAR)) as question:
        assert not question.find.by_name
        anybody = Resolver(question.now, question.called, there.store.reading, by_name=False)
        with pytest.raises(BadInput):
            anybody.person("Ben Example")
        assert anybody.person(BEN) == ids(BEN)
    with asking(there, ids(PRIYA)) as question:
        assert question.find.by_name


def test_places_and_cycles_are_found_by_everybody(find):
    assert find(OMAR, "partnership", "north") == find(OMAR, "partnership", "North Example Cluster")
    assert find(OMAR, "organisation", "900001") == find(OMAR, "organisation", "Hazel Example Primary")
    assert find(OMAR, "cycle", "hazel-2026-1")


def test_errors_speak_of_the_command_line_there_alone(there, shell):
    with asking(there, None) as question, pytest.raises(BadInput) as error:
        question.find.person("nobody", question.find.option("person"))
    assert (error.value.faults[0].where, error.value.faults[0].want) == ("person", "no such person")
    told = shell.fault("inbox", "--person", "nobody", code=2)["faults"][0]
    assert (told["where"], told["want"]) == ("--person", "no such person; see: reviewflow person list")
