from hypothesis import given
from hypothesis import strategies as st

from reviewflow.registry.handles import candidates, is_handle, settle, slug
from reviewflow.registry.names import objection, objection_to_name, shown, tidy

NAMES = st.text(max_size=40)


def test_slugs_are_what_a_person_would_type():
    said = {
        "St George's Infant School": "st-georges-infant-school",
        "St George’s & St Anne's": "st-georges-and-st-annes",  # noqa: RUF001 - as registers write it
        "Ysgol Tŷ Ffynnon": "ysgol-ty-ffynnon",
        "Straße Ærø Łódź": "strasse-aero-lodz",
        "  =SUM(A1) ": "sum-a1",
        "👩‍🏫": "",
        "李": "",
    }
    assert {name: slug(name) for name in said} == said


def test_candidates_are_never_empty_and_never_only_digits():
    assert candidates("👩‍🏫", kind="school") == ("school",)
    assert candidates("2000", "Ely", "900001", "school") == ("school-2000", "school-2000-ely", "school-2000-900001")
    assert candidates("Oak", "", "900001") == ("oak", "oak-900001")


@given(NAMES, NAMES)
def test_every_candidate_has_the_shape_of_a_handle_or_is_only_longer(name, place):
    for handle in candidates(name, place, "900001"):
        assert is_handle(handle[:60].strip("-"))
        assert not handle.isdigit()


WANTED = st.lists(
    st.tuples(
        st.sampled_from(["Oak", "Elm", "oak ely", "Oak 2"]), st.sampled_from(["", "Ely", "Elm"]), st.integers(1, 9)
    ),
    max_size=8,
)


@given(WANTED, st.sets(st.sampled_from(["oak", "oak-ely", "elm", "oak-2", "oak-900001"])), st.randoms())
def test_handles_are_unique_not_taken_and_do_not_depend_on_the_order(rows, taken, chance):
    rows = list({number: (name, place, number) for name, place, number in rows}.values())

    def handles(some):
        wanted = [candidates(name, place, f"90000{number}") for name, place, number in some]
        return dict(zip(some, settle(wanted, taken.__contains__), strict=True))

    found = handles(rows)
    assert len(set(found.values())) == len(rows)
    assert not set(found.values()) & taken
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert handles(shuffled) == found


def test_those_who_are_alike_in_everything_are_counted():
    assert settle([("oak",), ("oak",), ("oak",)], {"oak-3"}.__contains__) == ["oak-2", "oak-4", "oak-5"]


@given(st.text())
def test_tidying_twice_is_tidying_once(text):
    assert tidy(tidy(text)) == tidy(text)


def test_what_a_name_may_not_hold():
    assert objection("Oak\tSchool") == "no control characters (U+0009 at 4)"
    assert objection("Oak\u202elohcS") == "no characters that turn the writing direction and so deceive (U+202E at 4)"
    assert objection("Oak\u200b") == "no invisible characters (U+200B at 4)"
    assert objection("🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f") is None
    assert objection_to_name("") == "a name"
    assert objection_to_name("\u200d") == "a name"


def test_values_are_shown_so_that_they_can_be_seen():
    assert shown("") == "nothing"
    assert shown("a\x00\u202eb") == r"'a\u0000\u202eb'"
    assert shown("x" * 100) == "'" + "x" * 60 + "…'"
