"""Many rows in one decision: each as its own command would be decided, all or nothing, and once more is nothing."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.invented import TODAY, Registry, text_of
from reviewflow.errors import BadInput, Refused
from reviewflow.registry import commands as c
from reviewflow.registry import permissions
from reviewflow.registry.decide import decide, explain
from reviewflow.registry.events import Identity
from reviewflow.registry.people_sheet import MembershipRow, PersonRow, RoleRow, TrainingRow
from reviewflow.registry.scopes import roles_for
from reviewflow.registry.sheet import Place

ZARA, YAN, XAVER = "zara@invented.example", "yan@invented.example", "xaver@invented.example"
SEPTEMBER = date(2025, 9, 1)
COLUMNS = {
    PersonRow: ("name", "email", "organisation", "role", "since", "id"),
    RoleRow: ("person", "role", "held_in", "since", "until"),
    TrainingRow: ("person", "course", "completed", "valid_until"),
    MembershipRow: ("organisation", "partnership", "since", "until"),
}


class World(Registry):
    """Two schools, a partnership with one of them, its lead, an administrator who acts."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = self.by = self.administrator()
        self.runs = self.programme_set_up()
        self.hazel, self.birch = (
            self.school(name, handle=name.lower(), identities=(Identity(scheme="urn", value=urn),))
            for name, urn in (("Hazel", "900001"), ("Birch", "900002"))
        )
        self.north = self.make(c.FormPartnership, partnership_name="North", programme=self.runs, handle="north")
        self.do(c.BeginMembership, on=SEPTEMBER, partnership=self.north, organisation=self.hazel)
        self.lead = self.somebody("Lena Lead", email="lena@invented.example")
        self.do(c.GiveRole, person=self.lead, held="partnership_lead", held_in=self.north, held_in_kind="partnership",
                since=SEPTEMBER)  # fmt: skip

    def command(self, *rows: Any, **more: Any):
        return c.ImportPeople(asked=self.asked(), rows=placed(rows), opened=lambda k: text_of(k) or "", **more)

    def outcomes(self, *rows: Any, **more: Any):
        return [(n.outcome, *map(str, n.changes)) for n in explain(self.command(*rows, **more), self).noted]

    def bring(self, *rows: Any, **more: Any):
        """Rows that are all taken; how many events came of it."""
        return len(self.write(explain(self.command(*rows, **more), self)))

    def stopped(self, *rows: Any, **more: Any):
        """The rows are not taken, and nothing happens; why, in words."""
        with self.nothing_happens(), pytest.raises((BadInput, Refused)) as caught:
            decide(self.command(*rows, **more), self)
        error = caught.value
        return [str(one) for one in (error.faults if isinstance(error, BadInput) else error.unmet)]


def placed(rows):
    """Rows of each kind numbered from 2, in a sheet called by the kind."""
    found = []
    for number, row in enumerate(rows, 2):
        name = {PersonRow: "People", RoleRow: "Roles", TrainingRow: "Training"}.get(type(row), "Memberships")
        columns = {field: n for n, field in enumerate(COLUMNS[type(row)], 1)}
        found.append(row._replace(place=Place(f"sheet {name}", number, columns)))
    return tuple(found)


def person(name, email="", *rest: Any):
    return PersonRow(None, name, email, *rest)


def role(*values: Any):
    return RoleRow(None, *values)


def training(*values: Any):
    return TrainingRow(None, *values)


def membership(*values: Any):
    return MembershipRow(None, *values)


@pytest.fixture
def world():
    return World()


EVERYTHING = (
    training(ZARA, "peer-reviewer", date(2026, 1, 15), date(2028, 1, 15)),
    role(ZARA, "partnership_lead", "north", SEPTEMBER, date(2026, 8, 31)),
    person("Zara Invented", ZARA, "birch", "head", SEPTEMBER),
    person("Yan Invented", YAN),
    membership("900002", "north", SEPTEMBER),
)


def test_everything_at_once_whatever_the_order_of_the_sheets(world):
    assert world.outcomes(*EVERYTHING) == [("new",)] * 5
    assert world.bring(*EVERYTHING) == 6
    zara = world.person(world.email_owner(ZARA))
    assert [(g.held, g.scope, g.since, g.until) for g in zara.roles] == [
        ("head", world.birch, SEPTEMBER, None), ("partnership_lead", world.north, SEPTEMBER, date(2026, 8, 31)),
    ]  # fmt: skip
    assert zara.valid_training(TODAY) == ["peer-reviewer"]
    assert world.partnership(world.north).members_on(TODAY) == [world.hazel, world.birch]
    assert {event.cause for *_, event in world.log[-6:]} == {"person import"}


def test_the_same_again_changes_nothing(world):
    world.bring(*EVERYTHING)
    assert world.outcomes(*EVERYTHING) == [("same",)] * 5
    assert world.bring(*EVERYTHING) == 0


def test_what_changed_is_told_from_what_to_what(world):
    world.bring(*EVERYTHING)
    zara = world.email_owner(ZARA)
    assert world.outcomes(
        person("Zara Renamed", ZARA, "hazel", "staff", SEPTEMBER),
        person("", "zara@elsewhere.example", "", "", None, zara),
        role("zara@elsewhere.example", "partnership_lead", "north", SEPTEMBER, date(2026, 3, 31)),
        training(zara, "peer-reviewer", date(2026, 1, 15), None),
        membership("birch", "north", SEPTEMBER, date(2026, 2, 28)),
    ) == [
        ("changed", "name: Zara Invented → Zara Renamed", "role: nothing → staff in hazel from 2025-09-01"),
        ("changed", f"email: {ZARA} → zara@elsewhere.example"),
        ("changed", "until: 2026-08-31 → 2026-03-31"),
        ("changed", "valid until: 2028-01-15 → nothing"),
        ("changed", "until: nothing → 2026-02-28"),
    ]


def test_an_address_that_moved_within_the_file_is_no_longer_its_former_owners(world):
    world.bring(*EVERYTHING)
    zara = world.email_owner(ZARA)
    world.bring(
        person("", XAVER, "", "", None, zara), person("New Invented", ZARA), role(XAVER, "head", "hazel"),
        person("", YAN, "hazel", "head"),
    )  # fmt: skip
    assert world.email_owner(XAVER) == zara
    assert text_of(world.person(world.email_owner(ZARA)).name) == "New Invented"
    assert world.person(zara).holds("head", world.hazel, TODAY)


def test_whoever_works_there_in_any_role_works_there(world):
    world.bring(person("Zara Invented", ZARA, "hazel", "head", SEPTEMBER))
    assert world.outcomes(person("Zara Invented", ZARA, "hazel")) == [("same",)]
    assert world.outcomes(role(ZARA, "head", "hazel")) == [("same",)]
    assert world.outcomes(role(ZARA, "head", "hazel", date(2026, 1, 1), date(2026, 2, 1))) == [("same",)]


def test_all_that_is_wrong_is_told_with_its_cell_and_nothing_happens(world):
    told = world.stopped(
        person("Zara Invented", "no address"),
        person("Yan Invented", YAN, "hazle"),
        role("nobody@invented.example", "head", "hazel"),
        role("lena@invented.example", "Head!", "hazel"),
        role("lena@invented.example", "head", "north"),
        role(YAN, "head", "hazel"),
        training("lena@invented.example", "Peer Reviewer", date(2027, 1, 1)),
        membership("birch", "north", date(2026, 9, 1)),
        membership("birch", "programme"),
        training("lena@invented.example", "peer-reviewer", date(2026, 1, 1)),
    )
    wanted = [
        ("People, cell B2", "'no address'", "expected an e-mail address"),
        ("People, cell C3", "'hazle'", "expected an organisation that is registered: a handle, a URN,"),
        ("Roles, cell A4", "'nobody@invented.example'", "expected the e-mail address or the id of somebody"),
        ("Roles, cell B5", "'Head!'", "expected a role's name"),
        ("Roles, cell B6", "'head'", "expected a role that is held in a partnership"),
        ("Training, cell B8", "'Peer Reviewer'", "expected a name such as improvement-champion"),
        ("Training, cell C8", "'2027-01-01'", "expected a day not after 2026-03-02"),
        ("Memberships, cell C9", "2026-09-01", "a day not after 2026-03-02: it has not happened yet"),
        ("Memberships, cell B10", "'programme'", "expected a partnership that was formed: a handle, an id"),
    ]
    for one, (where, got, want) in zip(told, wanted, strict=True):
        assert one.startswith(f"sheet {where}: got {got}; {want}")


def test_a_refusal_is_told_with_its_row_and_nothing_happens(world):
    world.bring(*EVERYTHING)
    assert world.stopped(
        role(ZARA, "partnership_lead", "north", date(2026, 1, 1)),
        training(ZARA, "peer-reviewer", date(2026, 1, 15), date(2027, 1, 15)),
        person("Xaver Invented", XAVER),
    ) == [
        (
            "sheet Roles, row 2: partnership_lead is held there from 2025-09-01 to 2026-08-31, which shares days with "
            "from 2026-01-01 [already-held]"
        ),
        (
            "sheet Training, row 3: it is recorded as valid until 2028-01-15; withdraw that first, training is never "
            "shortened [training-longer]"
        ),
    ]


def test_training_that_was_withdrawn_is_not_brought_back_by_an_old_file(world):
    world.bring(*EVERYTHING)
    zara = world.email_owner(ZARA)
    of = world.person(zara).training[0].id
    world.do(c.WithdrawTraining, person=zara, training=of, reason="not recognised")
    assert "[training-withdrawn]" in world.stopped(*EVERYTHING)[0]


def test_one_person_twice_may_be_told_more_but_not_called_differently(world):
    rows = person("Zara Invented", ZARA, "hazel", "head"), person("Zara Invented", ZARA.upper(), "birch", "staff")
    assert world.outcomes(*rows) == [("new",), ("changed", f"role: nothing → staff in birch from {TODAY}")]
    (told,) = world.stopped(*rows, person("Zara Other", ZARA))
    assert told.startswith("sheet People, cell A4: got 'Zara Other'; expected the name given in sheet People, row 2")
    assert told.endswith("for the same person: Zara Invented")


def test_people_in_rows_that_were_not_read_do_not_blame_other_rows(world):
    from reviewflow.errors import Fault

    wrong = Fault("sheet People, cell A2", "'TRUE'", "expected text")
    assert world.stopped(role(ZARA, "head", "hazel"), faults=(wrong,), spoiled=frozenset({ZARA})) == [str(wrong)]


def test_places_are_found_by_handle_number_id_and_whole_name_only(world):
    world.bring(person("Zara Invented", ZARA))
    called = {"hazel school": (f"organisation-{world.hazel}",)}
    for typed in ("hazel", "HAZEL", "900001", "urn:900001", world.hazel, "Hazel School"):
        assert world.bring(role(ZARA, f"role_{len(world.log)}", typed), called=called) == 1
        assert world.person(world.email_owner(ZARA)).roles[-1].scope == world.hazel
    assert "an id or the whole name" in world.stopped(role(ZARA, "head", "haze"), called=called)[0]
    assert world.bring(role(ZARA, "administrator", "installation")) == 1


def test_a_name_of_two_is_a_fault_that_lists_them(world):
    called = {"oak school": ("organisation-one", "organisation-two")}
    world.bring(person("Zara Invented", ZARA))
    assert (
        "this could be 2: one, two; give the handle or the id"
        in world.stopped(role(ZARA, "head", "Oak School"), called=called)[0]
    )


def test_an_id_of_another_store_is_kept_if_it_is_said_to_be_one(world):
    elsewhere = "abcdefghijklmnop"
    row = person("Zara Invented", "", "hazel", "head", SEPTEMBER, elsewhere)
    assert "give --from-elsewhere" in world.stopped(row)[0]
    assert world.bring(row, role(elsewhere, "staff", "birch"), from_elsewhere=True) == 3
    assert world.person(elsewhere).organisations(TODAY) == [world.hazel, world.birch]
    assert world.bring(row, role(elsewhere, "staff", "birch"), from_elsewhere=True) == 0
    assert world.bring(row) == 0
    for wrong in ("short", world.hazel):
        bad = person("Yan Invented", "", "", "", None, wrong)
        assert "expected the id of a person" in world.stopped(bad, from_elsewhere=True)[0]


def test_a_person_known_by_their_address_keeps_the_id_they_have_here(world):
    world.bring(person("Zara Invented", ZARA))
    rows = person("Zara Invented", ZARA, "", "", None, "abcdefghijklmnop"), role("abcdefghijklmnop", "head", "hazel")
    assert world.bring(*rows, from_elsewhere=True) == 1
    assert world.person("abcdefghijklmnop") is None


def test_the_forgotten_are_not_brought_back(world):
    world.bring(*EVERYTHING)
    zara = world.email_owner(ZARA)
    world.do(c.ForgetPerson, person=zara)
    assert "was forgotten" in world.stopped(person("Zara Invented", "", "", "", None, zara))[0]


# -- who may ------------------------------------------------------------------------------------------------------


def test_a_lead_brings_in_the_people_of_their_own_partnership_only(world):
    world.by = world.lead
    assert world.outcomes(person("Zara Invented", ZARA, "hazel", "head"), role(ZARA, "staff", "hazel")) == [
        ("new",), ("new",),
    ]  # fmt: skip
    told = world.stopped(
        person("Yan Invented", YAN, "birch"), person("Xaver Invented", XAVER, "hazel"), role(XAVER, "head", "birch"),
        membership("birch", "north"),
    )  # fmt: skip
    assert [one.partition(": ")[0] for one in told] == [
        "sheet People, row 2", "sheet Roles, row 4", "sheet Memberships, row 5",
    ]  # fmt: skip
    assert all("[not-permitted]" in one for one in told)


def test_a_lead_is_not_told_the_name_of_somebody_elses_people(world):
    world.bring(person("Secretly Called", ZARA, "birch", "head"))
    world.by = world.lead
    (noted,) = explain(world.command(person("Zara Invented", ZARA)), world).noted
    assert noted.outcome == "same"
    assert "the name was not compared" in noted.reason
    assert "Secretly" not in repr(noted)
    world.by = world.admin
    world.bring(role(ZARA, "staff", "hazel"))
    world.by = world.lead
    (told,) = world.stopped(person("Zara Invented", ZARA))
    assert "another name or address: acting as" in told
    assert "Secretly" not in told


def test_what_an_earlier_row_gives_counts_for_the_next(world):
    manager = world.somebody("Mia Manager", email="mia@invented.example")
    world.do(c.GiveRole, person=manager, held="programme_manager", held_in=world.runs, held_in_kind="programme")
    world.by = manager
    assert world.stopped(person("Zara Invented", ZARA, "birch"))
    assert world.bring(person("Zara Invented", ZARA, "birch"), membership("birch", "north")) == 3


def test_a_head_may_not_bring_in_anybody_alone(world):
    world.bring(person("Zara Invented", ZARA, "hazel", "head"))
    world.by = world.email_owner(ZARA)
    assert "[not-permitted]" in world.stopped(person("Yan Invented", YAN, "hazel"))[0]


# -- against the commands given one by one --------------------------------------------------------------------------

DAYS = st.sampled_from([None, date(2025, 9, 1), date(2026, 1, 1), date(2026, 6, 1)])
PLACES = st.sampled_from(["hazel", "birch"])
HELD = st.sampled_from(["head", "staff"])
ROWS = st.one_of(
    st.builds(role, st.sampled_from([ZARA, YAN]), HELD, PLACES, DAYS, DAYS),
    st.builds(
        training, st.sampled_from([ZARA, YAN]), st.sampled_from(["one", "two"]),
        st.sampled_from([date(2026, 1, 1), date(2026, 6, 1)]), DAYS,
    ),
)  # fmt: skip


def one_by_one(world, row):
    """The single command that a row stands for; whether it was taken."""
    who, asked = world.email_owner(row.person), world.asked()
    if isinstance(row, RoleRow):
        command = c.GiveRole(
            asked=asked, person=who, held=row.role, held_in=getattr(world, row.held_in), held_in_kind="organisation",
            since=row.since, until=row.until,
        )  # fmt: skip
    else:
        command = c.RecordTraining(
            asked=asked, person=who, course=row.course, completed=row.completed, valid_until=row.valid_until
        )
    try:
        permissions.check(command.name, roles_for(world.person(world.by), command.scope, world, TODAY))
        world.write(explain(command, world))
    except (BadInput, Refused):
        return False
    return True


def state(world):
    return {
        email: (
            [(g.held, g.scope, g.since, g.until) for g in one.roles],
            [(t.course, t.completed, t.valid_until) for t in one.training],
        )
        for email in (ZARA, YAN)
        for one in [world.person(world.email_owner(email))]
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, max_size=6), st.booleans())
def test_a_row_gives_what_its_own_command_gives_and_is_refused_where_that_is(rows, as_lead):
    bulk, single = World(), World()
    for world in (bulk, single):
        world.bring(person("Zara Invented", ZARA, "hazel", "head", SEPTEMBER), person("Yan Invented", YAN, "birch"))
        world.by = world.lead if as_lead else world.admin
    for row in rows:
        decided = explain(bulk.command(row), bulk)
        (noted,) = decided.noted
        taken = one_by_one(single, row)
        if noted.outcome == "refused":
            # Stricter only where the command would do nothing that anybody wants: record what is valid longer already.
            assert not taken or decided.stopped.codes == ("training-longer",)
            if taken:
                return
            continue
        if noted.changes and isinstance(row, RoleRow):
            return  # the command would leave the role as it is, another one ends it
        # Whoever may see that it is so already may say it again.
        assert taken or noted.outcome == "same"
        bulk.write(decided)
        assert state(bulk) == state(single)
