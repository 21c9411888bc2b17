from datetime import UTC, date, datetime

import pytest

from registry.invented import TODAY, Registry, text_of
from reviewflow.errors import BadInput, ImpossibleHistory
from reviewflow.events import Happened, Recorded, Unsealed, identify
from reviewflow.registry import commands as c
from reviewflow.registry import events as e
from reviewflow.registry.eligibility import person_facts
from reviewflow.registry.people import fold_person


@pytest.fixture
def registry():
    return Registry()


def test_the_first_administrator_registers_themselves_and_only_once(registry):
    events = registry.do(c.SetUpInstallation, admin_name="Ada Administrator", asked=registry.asked(id="first"))
    ada = identify("first", 0)
    assert [type(event) for event in events] == [e.PersonRegistered, e.RoleGiven]
    assert all(event.by == ada and event.role == "administrator" for event in events)
    assert registry.person(ada).holds("administrator", "installation", TODAY)
    registry.refused(c.SetUpInstallation, "already-set-up", admin_name="Eve Another")


def test_a_person_is_registered_with_name_and_address_sealed_and_a_first_role(registry):
    hazel = registry.school("Hazel Invented Primary")
    mo = registry.somebody("  Mo   Madeup ", email="Mo.Madeup@example.org", organisation=hazel, held="head")
    person = registry.person(mo)
    assert text_of(person.name) == "Mo Madeup"
    assert isinstance(person.name.text, Unsealed)
    assert person.name.path == "person_name"
    assert person.roles_on(TODAY) == [("head", hazel)]
    assert person.organisations(TODAY) == [hazel]
    assert person.organisations(date(2026, 3, 1)) == []


def test_no_name_or_address_reaches_what_is_kept_in_the_clear(registry):
    registry.somebody("Mo Madeup", email="mo@example.org")
    for record in registry.log:
        clear = [record.stream, record.event.cause, record.event.role, *record.event.touches()]
        assert not any("mo" in word.casefold().split() or "madeup" in word.casefold() for word in clear)


def test_one_address_is_one_persons(registry):
    first = registry.somebody("Mo Madeup", email="mo@example.org")
    registry.refused(c.RegisterPerson, "email-taken", person_name="Moira Other", email="MO@example.org")
    second = registry.somebody("Moira Other", email="moira@example.org")
    registry.refused(c.ChangePerson, "email-taken", person=second, email="mo@Example.org")
    assert registry.do(c.ChangePerson, person=first, email="mo@example.org") == []
    registry.administrator()
    registry.do(c.ForgetPerson, person=first)
    assert registry.do(c.ChangePerson, person=second, email="mo@example.org")


@pytest.mark.parametrize(
    "email", ["", "mo", "mo@", "mo@example", "mo madeup@example.org", "a@b.c,d@e.f", "mo\u202e@example.org"]
)
def test_what_is_no_address_is_bad_input(registry, email):
    registry.bad(c.RegisterPerson, "email", person_name="Mo Madeup", email=email)


@pytest.mark.parametrize(
    "name", ["", "   ", "\u200d", "Mo\nMadeup", "Mo\x00", "Mo \u202epudeaM", "x" * 201, "Mo\u200bMadeup"]
)
def test_what_is_no_name_is_bad_input(registry, name):
    registry.bad(c.RegisterPerson, "name", person_name=name)


@pytest.mark.parametrize("name", ["Zoë Invented", "O’Madeup", "李 发明", "Mo 👩‍🏫", "=Mo Madeup", "Cafe\u0301 Madeup"])  # noqa: RUF001
def test_names_of_all_kinds_are_names(registry, name):
    person = registry.person(registry.somebody(name))
    assert text_of(person.name) == name.replace("e\u0301", "é")


def test_all_faults_are_told_at_once(registry):
    registry.bad(c.RegisterPerson, "name", "email", "organisation", person_name="", email="x", organisation="nowhere")
    registry.bad(c.RegisterPerson, "organisation", person_name="Mo Madeup", held="head")


def test_a_role_is_held_between_two_days_both_included(registry):
    mo, hazel = registry.somebody(), registry.school("Hazel Invented Primary")
    registry.do(
        c.GiveRole, person=mo, held="head", held_in=hazel, held_in_kind="organisation",
        since=date(2025, 9, 1), until=date(2026, 8, 31),
    )  # fmt: skip
    person = registry.person(mo)
    held = {day: person.holds("head", hazel, date.fromisoformat(day)) for day in
            ("2025-08-31", "2025-09-01", "2026-08-31", "2026-09-01")}  # fmt: skip
    assert list(held.values()) == [False, True, True, False]


def test_a_role_that_is_held_already_gives_nothing_and_one_that_shares_days_is_refused(registry):
    mo, hazel = registry.somebody(), registry.school("Hazel Invented Primary")
    role = {"person": mo, "held": "head", "held_in": hazel, "held_in_kind": "organisation"}
    registry.do(c.GiveRole, **role, since=date(2025, 9, 1), until=date(2026, 8, 31))
    assert registry.do(c.GiveRole, **role, since=date(2025, 10, 1), until=date(2026, 1, 1)) == []
    registry.refused(c.GiveRole, "already-held", **role, since=date(2026, 1, 1))
    assert registry.do(c.GiveRole, **role, since=date(2026, 9, 1))
    assert registry.person(mo).organisations(date(2026, 10, 1)) == [hazel]


@pytest.mark.parametrize(
    ("held", "kind"),
    [("self", "organisation"), ("registered", "organisation"), ("workflow", "programme"), ("operator", "programme"),
     ("Head Teacher", "organisation"), ("", "organisation"), ("administrator", "programme"), ("head", "programme"),
     ("programme_manager", "installation"), ("partnership_lead", "organisation"), ("editor", "installation")],
)  # fmt: skip
def test_no_role_is_given_where_it_cannot_be_held(registry, held, kind):
    programme, hazel = registry.programme_set_up(), registry.school("Hazel Invented Primary")
    place = {"organisation": hazel, "programme": programme, "installation": "installation"}[kind]
    registry.bad(c.GiveRole, "role", person=registry.somebody(), held=held, held_in=place, held_in_kind=kind)


@pytest.mark.parametrize("kind", ["anywhere", "person", ""])
def test_a_place_of_no_kind_gets_nobody_past_the_table(registry, kind):
    ada = registry.administrator()
    role = {"person": ada, "held": "administrator", "held_in": "installation", "held_in_kind": kind}
    with registry.nothing_happens(), pytest.raises(BadInput):
        registry.do(c.GiveRole, **role)
    registry.refused(c.EndRole, "not-held", **role)
    with registry.nothing_happens(), pytest.raises(BadInput):
        registry.do(c.PublishCalendar, calendar="x", owner="installation", owner_kind=kind, named={"a": (TODAY,)})


def test_roles_of_a_workflow_are_held_where_it_says(registry):
    programme = registry.programme_set_up()
    mo = registry.somebody()
    registry.do(c.GiveRole, person=mo, held="managing_editor", held_in=programme, held_in_kind="programme")
    registry.do(c.GiveRole, person=mo, held="auditor", held_in="installation", held_in_kind="installation")
    assert registry.person(mo).roles_on(TODAY) == [("managing_editor", programme), ("auditor", "installation")]


def test_a_role_ends_on_its_last_day_and_ending_it_again_changes_nothing(registry):
    hazel = registry.school("Hazel Invented Primary")
    mo = registry.somebody(organisation=hazel, held="head", since=date(2025, 9, 1))
    role = {"person": mo, "held": "head", "held_in": hazel, "held_in_kind": "organisation"}
    registry.do(c.EndRole, **role, on=date(2026, 2, 28))
    assert registry.person(mo).holds("head", hazel, date(2026, 2, 28))
    assert not registry.person(mo).holds("head", hazel, date(2026, 3, 1))
    registry.refused(c.EndRole, "not-held", **role)
    with registry.nothing_happens():
        registry.do(
            c.EndRole,
            person=mo,
            held="head",
            held_in=hazel,
            held_in_kind="organisation",
            asked=registry.asked("2026-02-28"),
        )


def test_the_last_administrator_stays(registry):
    ada = registry.administrator()
    role = {"held": "administrator", "held_in": "installation", "held_in_kind": "installation"}
    registry.refused(c.EndRole, "last-administrator", person=ada, **role)
    registry.refused(c.ForgetPerson, "last-administrator", person=ada)
    ben = registry.somebody("Ben Bookkeeper")
    registry.do(c.GiveRole, person=ben, **role)
    assert registry.do(c.ForgetPerson, person=ada)
    registry.refused(c.EndRole, "last-administrator", person=ben, **role)


def test_training_counts_from_its_day_until_it_expires_or_is_withdrawn(registry):
    mo = registry.somebody()
    trained = {
        "person": mo,
        "course": "improvement-champion",
        "completed": date(2025, 1, 15),
        "valid_until": date(2026, 6, 30),
    }
    registry.do(c.RecordTraining, **trained)
    assert registry.do(c.RecordTraining, **trained) == []
    person = registry.person(mo)
    assert person.valid_training(date(2025, 1, 14)) == []
    assert person.valid_training(date(2025, 1, 15)) == ["improvement-champion"]
    assert person.valid_training(date(2026, 6, 30)) == ["improvement-champion"]
    assert person.valid_training(date(2026, 7, 1)) == []
    training = person.training[0].id
    registry.do(
        c.WithdrawTraining, person=mo, training=training, reason="Course was not accredited", on=date(2026, 2, 1)
    )
    assert registry.person(mo).valid_training(date(2026, 1, 31)) == ["improvement-champion"]
    assert registry.person(mo).valid_training(date(2026, 2, 1)) == []
    assert registry.do(c.WithdrawTraining, person=mo, training=training, reason="again") == []
    assert registry.do(c.RecordTraining, **trained), "what was withdrawn may be recorded again"


def test_training_faults(registry):
    mo = registry.somebody()
    registry.bad(c.RecordTraining, "course", person=mo, course="Improvement Champion", completed=TODAY)
    registry.bad(c.RecordTraining, "completed", person=mo, course="x", completed=date(2026, 3, 3))
    registry.bad(c.RecordTraining, "valid until", person=mo, course="x", completed=TODAY, valid_until=date(2026, 1, 1))
    registry.bad(c.RecordTraining, "person", person="nobody", course="x", completed=TODAY)
    registry.bad(c.WithdrawTraining, "reason", "training", person=mo, training="none", reason=" \n ")


def test_training_recorded_late_is_normal(registry):
    mo = registry.somebody()
    registry.do(c.RecordTraining, "2024-05-01", person=mo, course="peer-reviewer", completed=date(2024, 5, 1))
    assert registry.log[-1].event.happened == Happened(on=date(2024, 5, 1))
    assert registry.person(mo).valid_training(date(2024, 5, 1)) == ["peer-reviewer"]


def test_a_relationship_binds_both_ends_while_it_stands(registry):
    mo, hazel, ida = registry.somebody(), registry.school("Hazel Invented Primary"), registry.somebody("Ida Imagined")
    registry.do(
        c.DeclareRelationship, person=mo, other=hazel, nature="governance", since=date(2024, 1, 1), note="Chair"
    )
    registry.do(c.DeclareRelationship, person=mo, other=ida, nature="family", since=date(2020, 1, 1))
    assert registry.do(c.DeclareRelationship, person=mo, other=ida, nature="family", since=date(2020, 1, 1)) == []
    assert registry.touching(f"declared:{ida}") == [f"person-{mo}"]
    assert registry.person(mo).related_to(TODAY) == [hazel, ida]
    assert person_facts(registry.person(ida), TODAY, [registry.person(mo)])["person.related_to"] == [mo]
    assert person_facts(registry.person(ida), date(2019, 12, 31), [registry.person(mo)])["person.related_to"] == []
    registry.do(
        c.DeclareRelationship,
        person=mo,
        other=hazel,
        nature="governance",
        since=date(2024, 1, 1),
        until=date(2025, 12, 31),
    )
    assert registry.person(mo).related_to(date(2025, 12, 31)) == [ida, hazel]
    assert registry.person(mo).related_to(TODAY) == [ida]
    registry.bad(c.DeclareRelationship, "other", person=mo, other=mo, nature="family")
    registry.bad(c.DeclareRelationship, "other", "until", person=mo, other="x", nature="other", until=date(2026, 1, 1))


def test_a_forgotten_person_keeps_a_history_without_names_and_holds_nothing_from_that_day(registry):
    registry.administrator()
    hazel = registry.school("Hazel Invented Primary")
    mo = registry.somebody(organisation=hazel, held="head", since=date(2025, 9, 1))
    registry.do(c.RecordTraining, person=mo, course="peer-reviewer", completed=date(2025, 1, 1))
    registry.do(c.ForgetPerson, person=mo, why="retention")
    person = registry.person(mo)
    assert person.forgotten
    assert (person.name, person.email) == (None, None)
    assert person.holds("head", hazel, date(2026, 3, 1))
    assert person.roles_on(TODAY) == []
    assert person.valid_training(TODAY) == []
    assert registry.do(c.ForgetPerson, person=mo) == []
    registry.refused(c.RecordTraining, "forgotten", person=mo, course="x", completed=TODAY)
    registry.refused(c.GiveRole, "forgotten", person=mo, held="staff", held_in=hazel, held_in_kind="organisation")
    registry.refused(c.ChangePerson, "forgotten", person=mo, person_name="New Name")


def test_the_facts_of_a_candidate_are_flat_and_typed(registry):
    hazel = registry.school("Hazel Invented Primary")
    mo = registry.somebody(organisation=hazel, held="head", since=date(2025, 9, 1))
    assert person_facts(registry.person(mo), TODAY) == {
        "person.id": mo,
        "person.organisations": [hazel],
        "person.valid_training": [],
        "person.related_to": [],
    }


def test_what_has_not_happened_cannot_be_recorded(registry):
    mo = registry.somebody()
    with registry.nothing_happens(), pytest.raises(BadInput, match="got 2026-03-03; a day not after 2026-03-02"):
        registry.do(c.ChangePerson, "2026-03-03", person=mo, person_name="Mo Other")


def test_today_is_the_latest_day_that_any_programme_has(registry):
    registry.now = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    registry.bad(c.RegisterPerson, "on", on="2026-07-01", person_name="Mo Madeup")
    registry.programme_set_up(zone="America/New_York")
    registry.programme_set_up(name="Other Programme", zone="Europe/London")
    assert registry.do(c.RegisterPerson, "2026-07-01", person_name="Mo Madeup")


def test_known_at_is_a_prefix(registry):
    mo, hazel = registry.somebody(), registry.school("Hazel Invented Primary")
    registry.do(c.GiveRole, person=mo, held="head", held_in=hazel, held_in_kind="organisation")
    records = registry._records(f"person-{mo}")
    assert fold_person(records[:1]).roles == ()
    assert fold_person(records[1:], start=fold_person(records[:1])) == fold_person(records)
    assert fold_person([]) is None


def test_an_event_that_cannot_follow_is_impossible_history(registry):
    registry.administrator()
    mo, hazel = registry.somebody(), registry.school("Hazel Invented Primary")
    common = {
        "by": mo,
        "role": "registered",
        "entered_by": mo,
        "door": "cli",
        "happened": Happened(on=TODAY),
        "cause": "x",
    }
    stream = f"person-{mo}"
    registered = registry._records(stream)
    named = e.PersonRegistered(**common, person_name=Unsealed("Mo Madeup"))
    given = e.RoleGiven(**common, grant="g", held="head", scope=hazel, scope_kind="organisation", since=TODAY)
    trained = e.TrainingRecorded(**common, training="t", course="x", completed=TODAY)
    withdrawn = e.TrainingWithdrawn(**common, training="t", on=TODAY, reason=Unsealed("why"))
    forgotten = e.PersonForgotten(**common, reason="request")
    impossible = [
        [given],
        [named, named],
        [named, e.RoleEnded(**common, grant="g", scope=hazel, on=TODAY)],
        [named, given, e.RoleEnded(**common, grant="g", scope="elsewhere", on=TODAY)],
        [named, given, given],
        [named, withdrawn],
        [named, trained, trained],
        [named, trained, withdrawn, withdrawn],
        [named, forgotten, trained],
        [named, e.MembershipEnded(**common, organisation=hazel)],
    ]
    for events in impossible:
        records = [Recorded(n, registry.now, stream, n, event) for n, event in enumerate(events, 1)]
        assert fold_person(records[:-1]) is not None or len(records) == 1
        with pytest.raises(ImpossibleHistory) as caught:
            fold_person(records)
        assert (caught.value.stream, caught.value.version) == (stream, len(events))
    with pytest.raises(ImpossibleHistory, match="follows version 1"):
        fold_person([*registered, registered[0]])
