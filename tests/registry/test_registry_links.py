"""Links between establishments: who is the same under a new number, who became others, and what takes a guess."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.invented import Registry
from reviewflow.errors import BadInput
from reviewflow.registry import commands as c
from reviewflow.registry.events import Identity
from reviewflow.registry.links import LINK_TYPES, LinkRow, read_links
from reviewflow.registry.registers import read_organisations

DATA = Path(__file__).parent / "data"
LINKS = (DATA / "links.csv").read_bytes()
A, B, C, D, X = "900001", "900002", "900003", "900004", "900101"


def day(year):
    return date(year, 9, 1)


def links(rows):
    return tuple(
        LinkRow(n, urn, other, kind, day(year) if year else None) for n, (urn, kind, other, year) in enumerate(rows, 2)
    )


class Linked:
    """A registry with these numbers known, and links told to it."""

    def __init__(self, *known: str) -> None:
        self.registry = Registry()
        self.ids = {
            urn: self.registry.school(f"School {urn}", identities=(Identity(scheme="urn", value=urn),)) for urn in known
        }

    def told(self, *rows: tuple[str, str, str, int | None]):
        decided = self.registry.explain(c.LinkOrganisations, links=links(rows))
        assert len(decided.noted) == len(rows)
        assert Counter(n.outcome for n in decided.noted).keys() <= {"accepted", "mirrored", "listed"}
        self.registry.write(decided)
        assert self.registry.explain(c.LinkOrganisations, links=links(rows)).events == [], "again changes nothing"
        self.noted = {note.row: note for note in decided.noted}
        return [note.outcome for note in decided.noted]

    def numbers(self, urn):
        organisation = self.registry.organisation(self.ids[urn])
        return [(i.value, i.since.year if i.since else None) for i in organisation.identities]

    def told_at(self, urn):
        organisation = self.registry.organisation(self.ids[urn])
        return [(link.kind, link.on.year) for link in organisation.links]


def test_a_plain_successor_is_the_same_organisation_under_a_new_dated_number():
    world = Linked(A)
    assert world.told((A, "Successor", X, 2021)) == ["accepted"]
    assert world.numbers(A) == [(A, None), (X, 2021)]
    assert world.registry.by_identity("urn", X) == [world.ids[A]]
    assert world.registry.organisation(world.ids[A]).identity("urn") == X


def test_a_plain_predecessor_of_a_known_organisation_becomes_its_former_number():
    world = Linked(X)
    assert world.told((X, "Predecessor", A, 2021)) == ["accepted"]
    assert world.numbers(X) == [(X, 2021), (A, None)]
    assert world.registry.organisation(world.ids[X]).identity("urn") == X


def test_a_link_told_in_both_directions_counts_once_with_the_later_date():
    world = Linked(A)
    decided = world.registry.explain(
        c.LinkOrganisations,
        links=(
            LinkRow(2, X, A, "Predecessor", date(2021, 9, 1)),
            LinkRow(3, A, X, "Successor", date(2021, 8, 31)),
        ),
    )
    assert [note.outcome for note in decided.noted] == ["accepted", "mirrored"]
    assert decided.noted[1].reason == "the same link as row 2"
    assert decided.events[0][1].identities == (Identity(scheme="urn", value=X, since=date(2021, 9, 1)),)


def test_chains_are_followed_in_date_order_from_any_known_link():
    chain = [
        (B, "Successor", C, 2015),
        (A, "Successor", B, 2010),
        (C, "Successor", D, 2020),
        (D, "Predecessor", C, 2020),
    ]
    for known in (A, B, C, D):
        world = Linked(known)
        assert world.told(*chain) == ["accepted", "accepted", "accepted", "mirrored"]
        assert sorted(world.numbers(known)) == [(A, None), (B, 2010), (C, 2015), (D, 2020)]
        assert world.registry.organisation(world.ids[known]).identity("urn") == D


def test_two_that_are_known_stay_two_and_one_came_after_the_other():
    world = Linked(A, B)
    assert world.told((A, "Successor", B, 2021)) == ["accepted"]
    assert world.numbers(A) == [(A, None)]
    assert world.told_at(A) == world.told_at(B) == [("other", 2021)]
    assert world.registry.organisation(world.ids[A]).succeeded_by == (world.ids[B],)


def test_an_unknown_number_between_two_that_are_known_belongs_to_the_first():
    world = Linked(A, B)
    assert world.told((X, "Successor", B, 2020), (A, "Successor", X, 2015)) == ["accepted", "accepted"]
    assert world.numbers(A) == [(A, None), (X, 2015)]
    assert world.told_at(B) == [("other", 2020)]


@pytest.mark.parametrize("word", ["merged", "amalgamated"])
def test_a_merger_is_told_once_for_all_who_went_into_it(word):
    world = Linked(A, B, C)
    rows = [
        (A, f"Successor - {word}", C, 2022),
        (B, f"Successor - {word}", C, 2022),
        (C, f"Predecessor - {word}", B, 2022),
    ]
    assert world.told(*rows) == ["accepted", "accepted", "mirrored"]
    kind = {"merged": "merger", "amalgamated": "amalgamation"}[word]
    link = world.registry.organisation(world.ids[C]).links
    assert [(one.kind, len(one.predecessors), one.successors) for one in link] == [(kind, 2, (world.ids[C],))]
    assert world.told_at(A) == world.told_at(B) == [(kind, 2022)]
    assert world.numbers(C) == [(C, None)], "histories stay separate"


def test_a_split_is_told_once_for_all_who_came_out_of_it():
    world = Linked(A, B, C)
    assert (
        world.told((A, "Successor - Split School", B, 2017), (C, "Predecessor - Split School", A, 2017))
        == ["accepted"] * 2
    )
    assert set(world.registry.organisation(world.ids[A]).succeeded_by) == {world.ids[B], world.ids[C]}
    assert world.told_at(A) == [("split", 2017)]


def test_a_merger_reaches_an_organisation_through_its_new_number():
    world = Linked(A, C)
    assert world.told((A, "Successor", X, 2015), (X, "Successor - merged", C, 2022)) == ["accepted", "accepted"]
    assert world.told_at(C) == [("merger", 2022)]


def test_one_direction_calls_it_a_merger_the_other_plain_then_it_is_a_merger():
    world = Linked(A, B)
    assert world.told((A, "Successor", B, 2016), (B, "Predecessor - merged", A, 2016)) == ["mirrored", "accepted"]
    assert world.told_at(A) == [("merger", 2016)]


@pytest.mark.parametrize(
    ("known", "rows", "reason"),
    [
        ((), [(A, "Successor", B, 2020)], "neither end is known"),
        ((A,), [(A, "Successor - merged", B, 2020)], f"{B} not known"),
        ((B,), [(B, "Predecessor - merged", A, 2020)], f"{A} not known"),
        ((A,), [(A, "Successor - Split School", B, 2020)], f"{B} not known"),
        ((), [(A, "Result of Amalgamation", B, 2020)], f"{A} and {B} not known"),
        ((A,), [(A, "Successor", B, None)], "no date"),
        ((A,), [(A, "Successor", B, 2030)], "2030-09-01 has not come yet"),
        ((A,), [(A, "Sixth Form Centre Link", B, 2020)], "no link type"),
        ((A,), [(A, "successor", B, 2020)], "no link type"),
        ((A,), [(A, "Successor", A, 2020)], "itself"),
        ((A, B), [(A, "Result of Amalgamation", B, 2020), (B, "Result of Amalgamation", A, 2020)], "each is said"),
        ((A, B), [(A, "Successor - merged", B, 2020), (A, "Successor - Split School", B, 2020)], "merger and split"),
        ((A,), [(B, "Successor", A, 2020), (C, "Successor", A, 2020)], f"{A} has several predecessors: {B}, {C}"),
        ((A,), [(A, "Successor", B, 2020), (A, "Successor", C, 2021)], f"{A} has several successors: {B}, {C}"),
        ((A,), [(A, "Successor", B, 2020), (B, "Successor", C, 2015)], "runs backwards"),
        ((A,), [(A, "Successor", B, 2020), (B, "Successor", C, 2021), (C, "Successor", A, 2022)], "runs in a circle"),
        ((A,), [(A, "Successor", B, 2020), (B, "Successor", C, 2020), (C, "Successor", A, 2020)], "runs in a circle"),
    ],
)  # fmt: skip
def test_what_would_take_a_guess_is_listed_with_the_reason_and_nothing_happens(known, rows, reason):
    world = Linked(*known)
    before = len(world.registry.log)
    outcomes = world.told(*rows)
    listed = [world.noted[n + 2] for n, outcome in enumerate(outcomes) if outcome == "listed"]
    assert listed
    assert all(reason in note.reason for note in listed)
    if set(outcomes) == {"listed"}:
        assert len(world.registry.log) == before


def test_several_predecessors_that_are_all_known_are_told():
    world = Linked(A, B, C)
    assert world.told((A, "Successor", C, 2020), (B, "Successor", C, 2020)) == ["accepted", "accepted"]
    assert world.told_at(C) == [("other", 2020), ("other", 2020)]


def test_an_undated_row_still_says_that_there_are_several():
    world = Linked(C)
    assert world.told((A, "Successor", C, 2020), (B, "Successor", C, None)) == ["listed", "listed"]
    assert world.numbers(C) == [(C, None)]


def test_a_number_that_several_organisations_have_is_listed():
    world = Linked(A)
    first = next(r for r in world.registry.log if r.stream == f"organisation-{world.ids[A]}").event
    world.registry.add("organisation-double", first.model_copy(update={"handle": "double"}))
    assert world.told((A, "Successor", X, 2020)) == ["listed"]
    assert "several organisations" in world.noted[2].reason


def test_the_order_of_links_and_register_does_not_lose_anything():
    world = Linked(A)
    world.told((A, "Successor", B, 2020))
    rows = read_organisations((DATA / "pupil_premium.csv").read_bytes(), "x").rows
    decided = world.registry.explain(c.ImportOrganisations, rows=rows)
    assert {n.row: n.outcome for n in decided.noted}[2] == "former"


def test_the_invented_file_is_read_and_every_row_accounted_for():
    registry = Registry()
    rows = read_organisations((DATA / "pupil_premium.csv").read_bytes(), "x").rows
    registry.do(c.ImportOrganisations, rows=rows)
    reading = read_links(LINKS, "links.csv")
    decided = registry.explain(c.LinkOrganisations, links=reading.rows)
    assert reading.total == len(reading.rows) == len(decided.noted) == 9
    assert [note.outcome for note in decided.noted] == [
        "accepted", "mirrored", "accepted", "listed", "accepted", "mirrored", "listed", "listed", "listed",
    ]  # fmt: skip
    registry.write(decided)
    [hazel] = registry.by_identity("urn", "900102")
    assert registry.by_identity("urn", "900001") == [hazel]
    assert [(i.value, i.since) for i in registry.organisation(hazel).identities if i.scheme == "urn"] == [
        ("900001", None), ("900101", date(2021, 9, 1)), ("900102", date(2023, 9, 1)),
    ]  # fmt: skip
    assert registry.explain(c.LinkOrganisations, links=reading.rows).events == []


@pytest.mark.parametrize(
    ("old", "new", "where", "got"),
    [
        (b"900001,900101", b"90000,x", "row 2, column LinkURN", "'x'"),
        (b"900001,900101", b",900101", "row 2, column URN", "nothing"),
        (b"31-08-2021", b"31-02-2021", "row 2, column LinkEstablishedDate", "'31-02-2021'"),
        (b"31-08-2021", b"2021-08-31", "row 2, column LinkEstablishedDate", "'2021-08-31'"),
        (b'"Successor","31', b'"Succ\x07essor","31', "row 2, column LinkType", r"'Succ\u0007essor'"),
        (b',"31-08-2021"', b"", "row 2", "4 cells"),
        (b'"LinkType"', b'"Kind"', "header", "5 columns, first 'URN'"),
    ],
)
def test_a_faulty_file_of_links_is_told_with_its_place(old, new, where, got):
    data = LINKS.replace(old, new, 1)
    with pytest.raises(BadInput) as caught:
        read_links(data, "links.csv")
    assert [(f.where, f.got) for f in caught.value.faults] == [(where, got)]
    if where != "header":
        reading = read_links(data, "links.csv", skip_bad=True)
        assert len(reading.rows) + len({f.where.partition(",")[0] for f in reading.faults}) == reading.total


NUMBERS = st.sampled_from([A, B, C, D, X])
KINDS = st.sampled_from([*LINK_TYPES, "Other"])
YEARS = st.sampled_from([None, 2010, 2015, 2020])


@given(
    st.lists(st.tuples(NUMBERS, KINDS, NUMBERS, YEARS)),
    st.sets(NUMBERS),
    st.randoms(),
)  # fmt: skip
def test_every_row_has_one_outcome_and_the_order_of_rows_changes_no_organisation(rows, known, chance):
    world, other = Linked(*sorted(known)), Linked(*sorted(known))
    world.told(*rows)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    other.told(*shuffled)
    for urn in known:
        assert world.numbers(urn) == other.numbers(urn)
        assert sorted(world.told_at(urn)) == sorted(other.told_at(urn))


@pytest.mark.real_data
def test_the_real_links_are_accounted_for_to_the_last_row(real_data):
    registry = Registry()
    schools = (real_data / "schools" / "pupil-premium-2019-2020_855_925_881.csv").read_bytes()
    registry.do(c.ImportOrganisations, rows=read_organisations(schools, "schools").rows)
    found = (real_data / "schools" / "links_edubasealldata20250422_855_925_881.csv").read_bytes()
    reading = read_links(found, "links")
    assert len(reading.rows) == reading.total == 1846
    decided = registry.explain(c.LinkOrganisations, links=reading.rows)
    outcomes = Counter(note.outcome for note in decided.noted)
    assert sum(outcomes.values()) == 1846
    assert outcomes["accepted"] > 600
    assert outcomes["mirrored"] > 600
    undated = [row for row in reading.rows if row.on is None]
    assert len(undated) == 195
    registry.write(decided)
    assert registry.explain(c.LinkOrganisations, links=reading.rows).events == []
    # Sunnymede Infant and Primary: a merger with both ends known.
    [infant], [primary] = registry.by_identity("urn", "114942"), registry.by_identity("urn", "114910")
    assert registry.organisation(infant).succeeded_by == (primary,)
