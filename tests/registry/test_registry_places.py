"""Organisations one by one, partnerships, programmes, calendars, workflows."""

from datetime import UTC, date, datetime

import pytest

from registry.invented import TODAY, Registry
from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Recorded
from reviewflow.registry import commands as c
from reviewflow.registry import events as e
from reviewflow.registry.asking import day_of
from reviewflow.registry.calendars import merge
from reviewflow.registry.events import ClosedDay, Identity
from reviewflow.registry.organisations import fold_organisation
from reviewflow.registry.partnerships import fold_partnership
from reviewflow.registry.programmes import fold_programme
from reviewflow.registry.workflows import fold_workflow
from reviewflow.workflow.calendar import Calendar

URN = Identity(scheme="urn", value="900001")


@pytest.fixture
def registry():
    return Registry()


def test_an_organisation_is_found_by_its_identity_and_handle(registry):
    hazel = registry.school("Hazel  Invented Primary", identities=(URN,), details={"phase": "Primary"})
    organisation = registry.organisation(hazel)
    assert (organisation.name, organisation.handle) == ("Hazel Invented Primary", "hazel-invented-primary")
    assert registry.by_identity("urn", "900001") == [hazel]
    assert registry.by_handle("hazel-invented-primary") == [f"organisation-{hazel}"]
    assert organisation.details == {"phase": "Primary"}


def test_an_identity_is_one_organisations_unless_registers_share_it(registry):
    registry.school("Hazel Invented Primary", identities=(URN, Identity(scheme="ukprn", value="10000001")))
    registry.refused(c.RegisterOrganisation, "already-registered", organisation_name="Another", identities=(URN,))
    assert registry.school("Another", identities=(Identity(scheme="ukprn", value="10000001"),))


def test_a_handle_that_is_taken_is_refused_when_asked_for_and_avoided_when_not(registry):
    registry.school("Oak School")
    registry.refused(c.RegisterOrganisation, "handle-taken", organisation_name="Oak", handle="oak-school")
    placed = registry.organisation(registry.school("Oak School", place="Ely"))
    numbered = registry.organisation(registry.school("Oak School", place="Ely", identities=(URN,)))
    counted = registry.organisation(registry.school("Oak School"))
    assert [placed.handle, numbered.handle, counted.handle] == ["oak-school-ely", "oak-school-900001", "oak-school-2"]


def test_organisation_faults_are_told_at_once(registry):
    registry.bad(
        c.RegisterOrganisation, "name", "handle", "town", "urn", "identity", organisation_name="\u202eloohcS",
        handle="No Handle", details={"town": "a\x07"}, identities=(Identity(scheme="urn", value="12"),
        Identity(scheme="U!", value="1")),
    )  # fmt: skip


def test_succession_is_told_at_every_end_and_only_once(registry):
    infant, junior, primary = (registry.school(f"{n} Invented School") for n in ("Infant", "Junior", "Primary"))
    merged = {"kind": "amalgamation", "predecessors": (infant, junior), "successors": (primary,)}
    assert len(registry.do(c.SucceedOrganisation, "2025-09-01", **merged)) == 3
    assert registry.organisation(infant).succeeded_by == (primary,)
    assert registry.organisation(primary).succeeded == (infant, junior)
    assert registry.organisation(primary).succeeded_by == ()
    assert registry.organisation(primary).links[0].on == date(2025, 9, 1)
    assert registry.do(c.SucceedOrganisation, "2025-09-01", **merged) == []
    registry.bad(c.SucceedOrganisation, "successors", kind="other", predecessors=(infant,), successors=(infant,))
    registry.bad(c.SucceedOrganisation, "predecessors", "successors", kind="other", predecessors=("x",), successors=())


def test_membership_is_dated_and_many_to_many(registry):
    programme = registry.programme_set_up()
    oak = registry.make(c.FormPartnership, partnership_name="Oak Cluster", programme=programme)
    elm = registry.make(c.FormPartnership, partnership_name="Elm Cluster", programme=programme, handle="elm")
    hazel = registry.school("Hazel Invented Primary")
    registry.do(c.BeginMembership, "2024-09-01", partnership=oak, organisation=hazel)
    registry.do(c.BeginMembership, "2025-09-01", partnership=elm, organisation=hazel, until=date(2026, 8, 31))
    registry.do(c.EndMembership, "2026-01-31", partnership=oak, organisation=hazel)
    assert registry.partnership(oak).handle == "oak-cluster"
    assert registry.partnership(oak).programme == programme
    held = [registry.partnership(oak).member_on(hazel, date.fromisoformat(day)) for day in
            ("2024-08-31", "2024-09-01", "2026-01-31", "2026-02-01")]  # fmt: skip
    assert held == [False, True, True, False]
    assert registry.partnership(elm).members_on(date(2026, 8, 31)) == [hazel]
    assert registry.partnership(elm).members_on(date(2026, 9, 1)) == []
    assert registry.touching(f"members:{hazel}") == sorted([f"partnership-{oak}", f"partnership-{elm}"])


def test_joining_and_leaving_again_change_nothing_and_what_cannot_be_is_refused(registry):
    programme = registry.programme_set_up()
    oak = registry.make(c.FormPartnership, partnership_name="Oak Cluster", programme=programme)
    hazel = registry.school("Hazel Invented Primary")
    ends = {"partnership": oak, "organisation": hazel}
    registry.refused(c.EndMembership, "not-a-member", **ends)
    registry.do(c.BeginMembership, "2025-09-01", **ends)
    assert registry.do(c.BeginMembership, "2025-09-01", **ends) == []
    registry.refused(c.BeginMembership, "already-member", on="2026-01-01", **ends)
    registry.refused(c.BeginMembership, "already-member", on="2024-01-01", **ends)
    registry.do(c.EndMembership, "2026-01-01", **ends)
    assert registry.do(c.EndMembership, "2026-01-01", **ends) == []
    registry.refused(c.EndMembership, "not-a-member", on="2026-01-02", **ends)
    assert registry.do(c.BeginMembership, "2026-01-02", **ends)
    registry.bad(c.BeginMembership, "partnership", "organisation", partnership="x", organisation="y")
    registry.bad(c.FormPartnership, "programme", "name", "handle", partnership_name=" ", programme="x", handle="-")


def test_a_programme_keeps_what_is_not_changed(registry):
    programme = registry.programme_set_up()
    registry.do(c.ChangeProgramme, programme=programme, backdating_days=0, nation="scotland")
    found = registry.programme(programme)
    assert (found.name, found.handle, found.time_zone) == ("Invented Programme", "invented-programme", "Europe/London")
    assert (found.backdating_days, found.nation) == (0, "scotland")
    assert registry.do(c.ChangeProgramme, programme=programme, backdating_days=0) == []


@pytest.mark.parametrize(
    "zone", ["", "Nowhere/Land", "../etc/passwd", "/etc/localtime", "Europe", "europe london", "\x00"]
)
def test_a_time_zone_is_one_that_exists(registry, zone):
    registry.bad(c.SetUpProgramme, "time zone", programme_name="Invented", time_zone=zone)


def test_programme_faults_are_told_at_once(registry):
    registry.bad(
        c.SetUpProgramme, "name", "time zone", "backdating days", "nation", "workflow", "handle", programme_name="",
        time_zone="x", backdating_days=-1, nation="utopia", workflow="No Name", handle="!",
    )  # fmt: skip
    registry.bad(c.ChangeProgramme, "programme", "nation", programme="x", nation="utopia")


def test_the_day_of_asking_depends_on_the_zone(registry):
    registry.now = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    asked = registry.asked()
    assert day_of(asked.at, "Europe/London") == date(2026, 7, 1)
    assert day_of(asked.at, None) == date(2026, 6, 30)
    programme = registry.programme_set_up(zone="America/New_York")
    registry.bad(c.FormPartnership, "on", partnership_name="Oak", programme=programme, on="2026-07-01")


def test_the_latest_publication_of_each_calendar_counts_and_all_unite(registry):
    programme = registry.programme_set_up()
    owner = {"owner": programme, "owner_kind": "programme"}
    christmas, boxing = (
        ClosedDay(on=date(2026, 12, 25), name="Christmas Day"),
        ClosedDay(on=date(2026, 12, 28), name="Boxing Day"),
    )
    registry.do(c.PublishCalendar, calendar="bank-holidays", closed=(boxing, christmas, boxing), **owner)
    assert registry.do(c.PublishCalendar, calendar="bank-holidays", closed=(christmas, boxing), **owner) == []
    registry.do(
        c.PublishCalendar, calendar="terms", named={"end_of_year": (date(2027, 7, 20), date(2026, 7, 21))}, **owner
    )
    found = registry.calendar(programme).calendar
    assert found.closed == {christmas.on, boxing.on}
    assert found.named == {"end_of_year": (date(2026, 7, 21), date(2027, 7, 20))}
    registry.do(c.PublishCalendar, calendar="bank-holidays", closed=(christmas,), **owner)
    assert registry.calendar(programme).calendar.closed == {christmas.on}
    assert registry.calendar("installation") is None


def test_calendar_faults_are_told_at_once(registry):
    registry.bad(
        c.PublishCalendar, "owner", "calendar", "closed day 2026-01-01", "named day", owner="x", calendar="No Name",
        closed=(ClosedDay(on=date(2026, 1, 1), name=""),), named={"End": (TODAY,)},
    )  # fmt: skip
    registry.bad(c.PublishCalendar, "days", calendar="empty", named={"end": ()})


def test_calendars_merge():
    one = Calendar(frozenset({date(2026, 1, 1)}), {"a": (date(2026, 5, 1),)})
    two = Calendar(frozenset({date(2026, 1, 2)}), {"a": (date(2026, 4, 1), date(2026, 5, 1)), "b": ()})
    assert merge() == Calendar()
    assert merge(one, two) == Calendar(
        frozenset({date(2026, 1, 1), date(2026, 1, 2)}), {"a": (date(2026, 4, 1), date(2026, 5, 1)), "b": ()}
    )


def test_editions_of_a_workflow_stay_and_the_last_published_is_the_latest(registry):
    one, two = "1" * 64, "2" * 64
    registry.do(c.PublishWorkflow, workflow="invented", edition="2025", digest=one, document={"b": 1, "a": 2})
    registry.do(c.PublishWorkflow, workflow="invented", edition="2026", digest=two, document={})
    assert registry.do(c.PublishWorkflow, workflow="invented", edition="2026", digest=two, document={}) == []
    found = registry.workflow("invented")
    assert found.latest.edition == "2026"
    assert list(found.document(one)) == ["b", "a"]
    assert found.document("3" * 64) is None
    registry.do(c.PublishWorkflow, workflow="invented", edition="2025", digest=one, document={"b": 1, "a": 2})
    assert registry.workflow("invented").latest.digest == one
    registry.bad(
        c.PublishWorkflow, "workflow", "digest", "edition", workflow="A B", edition="", digest="x", document={}
    )


def test_every_fold_refuses_what_cannot_follow(registry):
    programme = registry.programme_set_up()
    oak = registry.make(c.FormPartnership, partnership_name="Oak Cluster", programme=programme)
    hazel = registry.school("Hazel Invented Primary")
    registry.do(c.PublishWorkflow, workflow="invented", edition="1", digest="1" * 64, document={})
    common = registry.log[0].event.model_dump(include={"by", "role", "door", "happened", "cause"}) | {"entered_by": "x"}
    began = e.MembershipBegan(**common, organisation=hazel)
    impossible = [
        (fold_programme, f"programme-{programme}", [e.ProgrammeChanged(**common, name="x")]),
        (fold_programme, f"programme-{programme}", [registry.log[0].event] * 2),
        (fold_partnership, f"partnership-{oak}", [began]),
        (fold_partnership, f"partnership-{oak}", [registry.log[1].event, began, began]),
        (fold_partnership, f"partnership-{oak}",
         [registry.log[1].event, e.MembershipEnded(**common, organisation=hazel)]),
        (fold_partnership, f"partnership-{oak}", [registry.log[1].event] * 2),
        (fold_organisation, f"organisation-{hazel}", [e.OrganisationChanged(**common, source="x")]),
        (fold_organisation, f"organisation-{hazel}",
         [registry.log[2].event, e.OrganisationChanged(**common, source="x", removed=("town",))]),
        (fold_organisation, f"organisation-{hazel}",
         [registry.log[2].event,
          e.OrganisationSucceeded(**common, kind="other", predecessors=("a",), successors=("b",), stands="successor")]),
        (fold_organisation, f"organisation-{hazel}", [registry.log[2].event] * 2),
        (fold_workflow, "workflow-other", [registry.log[3].event]),
    ]  # fmt: skip
    for fold, stream, events in impossible:
        records = [Recorded(n, registry.now, stream, n, event) for n, event in enumerate(events, 1)]
        with pytest.raises(ImpossibleHistory) as caught:
            fold(records)
        assert caught.value.version == len(events)
        assert fold([]) is None
