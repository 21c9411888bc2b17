"""The registry's rows: what each event does to them, and how they are asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reviewflow.errors import ImpossibleHistory
from reviewflow.events import Kept, Unsealed
from reviewflow.registry import events as reg
from reviewflow.views.grants import GrantRow, grants_of
from reviewflow.views.organisations import (
    IdentityRow,
    OrganisationRow,
    get_organisations,
    identities_of,
    list_organisations,
)
from reviewflow.views.partnerships import MemberRow, PartnershipRow, list_partnerships, members
from reviewflow.views.people import by_email, get_people, list_people
from reviewflow.views.people import people as people_table
from reviewflow.views.programmes import ProgrammeRow, list_programmes
from reviewflow.views.workflows import WorkflowRow, list_workflows
from views.viewed import DAY


def urn(value, since=None):
    return reg.Identity(scheme="urn", value=value, since=since)


def test_an_organisation_is_registered(log):
    log.school("hazel", "Hazel School", details={"status": "Open", "la": "Nowhere"}, identities=(urn("900001"),))
    assert log.ask(get_organisations, ["hazel", "unknown"]) == {
        "hazel": OrganisationRow("hazel", "hazel-handle", "Hazel School", "school", "Open", None)
    }
    assert log.ask(identities_of, ["hazel"]) == [IdentityRow("hazel", "urn", "900001", None)]


def test_a_change_replaces_what_it_gives_and_keeps_the_rest(log):
    log.school("hazel", "Hazel School", details={"status": "Open"}, identities=(urn("900001"),))
    log.say("organisation-hazel", reg.OrganisationChanged, name="Hazel Academy", source="entered")
    assert log.ask(get_organisations, ["hazel"])["hazel"][2:5] == ("Hazel Academy", "school", "Open")
    assert [o.id for o in log.ask(list_organisations, name="academy")] == ["hazel"]
    assert log.ask(list_organisations, name="hazel school") == []
    log.say("organisation-hazel", reg.OrganisationChanged, details={"status": "Closed"}, source="entered")
    assert log.ask(get_organisations, ["hazel"])["hazel"][2:5] == ("Hazel Academy", "school", "Closed")
    log.say("organisation-hazel", reg.OrganisationChanged, details={"la": "Nowhere"}, source="entered")
    assert log.ask(get_organisations, ["hazel"])["hazel"].status == "Closed"
    log.say("organisation-hazel", reg.OrganisationChanged, removed=("status",), source="entered")
    assert log.ask(get_organisations, ["hazel"])["hazel"].status is None


def test_an_identity_given_again_only_says_since_when(log):
    log.school("hazel", identities=(urn("900001"), urn("900001")))
    log.say(
        "organisation-hazel", reg.OrganisationChanged, source="entered",
        identities=(urn("900001", date(2020, 9, 1)), urn("900002", date(2026, 9, 1))),
    )  # fmt: skip
    assert log.ask(identities_of, ["hazel"]) == [
        IdentityRow("hazel", "urn", "900001", date(2020, 9, 1)),
        IdentityRow("hazel", "urn", "900002", date(2026, 9, 1)),
    ]


def test_a_succession_marks_who_was_succeeded(log):
    log.school("hazel")
    log.school("rowan")
    how = {"kind": "merger", "predecessors": ("hazel",), "successors": ("rowan",)}
    log.say("organisation-hazel", reg.OrganisationSucceeded, "2026-09-01", stands="predecessor", **how)
    log.say("organisation-rowan", reg.OrganisationSucceeded, "2026-09-01", stands="successor", **how)
    found = log.ask(get_organisations, ["hazel", "rowan"])
    assert (found["hazel"].succeeded_on, found["rowan"].succeeded_on) == (date(2026, 9, 1), None)


@pytest.mark.parametrize(
    "typed", ["TŶ GWYN", "ty gwyn", "St Mary's", "st mary\u2019s", "100%", "under_score", "MARY\u2019S 100%"]
)
def test_names_are_found_by_any_part_whatever_the_letter_case(log, typed):
    log.school("plain", "Plain School 100 under-score")
    log.school("welsh", "Ysgol Tŷ Gwyn St Mary\u2019s 100% under_score")
    assert [o.id for o in log.ask(list_organisations, name=typed)] == ["welsh"]


def test_organisations_are_listed_by_handle(log):
    log.school("b", details={"status": "Open"})
    log.school("a", kind="college")
    log.school("c", details={"status": "Closed"})

    def listed(**more: Any):
        return [o.id for o in log.ask(list_organisations, **more)]

    assert listed() == ["a", "b", "c"]
    assert listed(kind="college") == ["a"]
    assert listed(status="Closed") == ["c"]
    assert listed(after="a-handle", limit=1) == ["b"]
    assert listed(name="") == ["a", "b", "c"]


def test_members_join_and_leave(log):
    for school in ("rowan", "hazel"):
        log.school(school)
    log.partnership("river", ["rowan"])
    log.say("partnership-river", reg.MembershipBegan, "2026-09-10", organisation="hazel", until=date(2027, 8, 31))
    assert log.ask(list_partnerships) == [PartnershipRow("river", "river-handle", "Partnership river", "invented")]
    assert log.ask(members, "river", DAY) == [MemberRow("rowan", "rowan-handle", "Rowan School", DAY, None)]
    log.say("partnership-river", reg.MembershipEnded, "2026-10-01", organisation="rowan")
    assert [m.organisation for m in log.ask(members, "river", date(2026, 10, 1))] == ["hazel", "rowan"]
    assert [m.organisation for m in log.ask(members, "river", date(2026, 10, 2))] == ["hazel"]
    log.say("partnership-river", reg.MembershipBegan, "2026-12-01", organisation="rowan")
    assert [(m.organisation, m.since, m.until) for m in log.ask(members, "river")] == [
        ("hazel", date(2026, 9, 10), date(2027, 8, 31)),
        ("rowan", DAY, date(2026, 10, 1)),
        ("rowan", date(2026, 12, 1), None),
    ]
    log.say("partnership-river", reg.MembershipEnded, "2027-01-31", organisation="rowan")
    assert [(m.since, m.until) for m in log.ask(members, "river")][1:] == [
        (DAY, date(2026, 10, 1)),
        (date(2026, 12, 1), date(2027, 1, 31)),
    ]


def test_partnerships_are_listed_by_programme_and_member(log):
    log.school("hazel")
    log.partnership("river", ["hazel"])
    log.partnership("hill", programme="other")
    log.say("partnership-river", reg.MembershipEnded, "2026-10-01", organisation="hazel")

    def listed(**more: Any):
        return [p.id for p in log.ask(list_partnerships, **more)]

    assert listed() == ["hill", "river"]
    assert listed(programme="other") == ["hill"]
    assert listed(organisation="hazel") == ["river"]
    assert listed(organisation="hazel", day=date(2026, 10, 2)) == []
    assert listed(limit=1) == ["hill"]
    assert listed(after="hill-handle") == ["river"]


def test_a_programme_is_set_up_and_changed(log):
    log.programme("invented", workflow="invented-review")
    log.programme("another")
    log.say("programme-invented", reg.ProgrammeChanged, name="Renamed")
    assert log.ask(list_programmes) == [
        ProgrammeRow("another", "another", "Programme another", "Europe/London", None),
        ProgrammeRow("invented", "invented", "Renamed", "Europe/London", "invented-review"),
    ]
    log.say("programme-invented", reg.ProgrammeChanged, time_zone="Europe/Dublin", workflow="other-review")
    assert log.ask(list_programmes)[1][2:] == ("Renamed", "Europe/Dublin", "other-review")


def test_a_person_is_kept_as_boxes_with_their_places(log):
    name, email = log.seal("Hanna Madeup"), log.seal("hanna@example.org")
    log.say("person-hanna", reg.PersonRegistered, person_name=name, email=email)
    person = log.ask(get_people, ["hanna"])["hanna"]
    assert person.name == Kept("person-hanna", 1, "person_name", name)
    assert person.email == Kept("person-hanna", 1, "email", email)
    assert person.forgotten_on is None


def test_a_change_keeps_what_it_does_not_give(log):
    log.person("hanna", "hanna@example.org")
    before = log.ask(get_people, ["hanna"])["hanna"]
    name = log.seal("Hanna Othername")
    log.say("person-hanna", reg.PersonChanged, person_name=name)
    after = log.ask(get_people, ["hanna"])["hanna"]
    assert after == before._replace(name=Kept("person-hanna", 2, "person_name", name))
    assert log.ask(by_email, log.seal.keyed("hanna@example.org")) == "hanna"


def test_people_are_found_by_the_keyed_hash_of_their_address(log):
    log.person("hanna", "Hanna@Example.org")
    log.person("lena")
    assert log.ask(by_email, log.seal.keyed("hanna@example.ORG")) == "hanna"
    assert log.ask(by_email, log.seal.keyed("lena@example.org")) is None
    log.say("person-lena", reg.PersonChanged, email=log.seal("lena@example.org"))
    log.say("person-hanna", reg.PersonChanged, email=log.seal("new@example.org"))
    assert log.ask(by_email, log.seal.keyed("lena@example.org")) == "lena"
    assert log.ask(by_email, log.seal.keyed("hanna@example.org")) is None
    assert log.ask(by_email, log.seal.keyed("new@example.org")) == "hanna"


def test_forgetting_takes_boxes_and_hash_out_of_the_row(log):
    log.person("hanna", "hanna@example.org")
    log.person("lena", "lena@example.org")
    kept = log.rows(people_table)[1]
    log.forget("hanna")
    assert log.rows(people_table) == [("hanna", None, None, None, None, None, "2026-09-07"), kept]
    assert log.ask(by_email, log.seal.keyed("hanna@example.org")) is None
    assert [p.id for p in log.ask(list_people)] == ["lena"]
    gone = log.ask(list_people, forgotten=True)[0]
    assert (gone.id, gone.name, gone.forgotten_on) == ("hanna", None, DAY)
    log.person("heir", "hanna@example.org")
    assert log.ask(by_email, log.seal.keyed("hanna@example.org")) == "heir"


def test_roles_are_given_and_ended(log):
    log.person("hanna")
    log.role("hanna", "head", "hazel", "organisation", "2025-09-01")
    log.role("hanna", "staff", "rowan", "organisation", "2026-01-01", "2026-03-31")
    log.say("person-hanna", reg.RoleEnded, grant="hanna-head-hazel-2025-09-01", scope="hazel", on=date(2026, 8, 31))
    head = GrantRow(
        "hanna-head-hazel-2025-09-01", "hanna", "head", "hazel", "organisation", date(2025, 9, 1), date(2026, 8, 31)
    )
    assert log.ask(grants_of, ["hanna"])[0] == head
    assert [g.role for g in log.ask(grants_of, ["hanna"])] == ["head", "staff"]
    assert [g.role for g in log.ask(grants_of, ["hanna"], date(2026, 3, 31))] == ["head", "staff"]
    assert [g.role for g in log.ask(grants_of, ["hanna"], date(2026, 4, 1))] == ["head"]
    assert log.ask(grants_of, ["hanna"], date(2026, 9, 1)) == []


def test_people_are_listed_by_role_and_scope(log):
    for name in ("hanna", "lena", "rob"):
        log.person(name)
    log.role("hanna", "head", "hazel", "organisation")
    log.role("rob", "staff", "hazel", "organisation", "2025-09-01", "2026-01-01")
    log.role("lena", "head", "rowan", "organisation")

    def listed(**more: Any):
        return [p.id for p in log.ask(list_people, **more)]

    assert listed() == ["hanna", "lena", "rob"]
    assert listed(role="head") == ["hanna", "lena"]
    assert listed(scope="hazel") == ["hanna", "rob"]
    assert listed(scope="hazel", day=DAY) == ["hanna"]
    assert listed(role="head", scope="rowan") == ["lena"]
    assert listed(after="hanna", limit=1) == ["lena"]


def test_the_latest_edition_is_the_one_published_last(log):
    def publish(digest, edition, on):
        log.say(
            "workflow-lga", reg.WorkflowPublished, on, workflow="lga", edition=edition, digest=digest,
            document={"title": f"Challenge {edition}"},
        )  # fmt: skip

    publish("d1", "2025", "2025-09-01")
    publish("d2", "2026", "2026-09-01")
    assert log.ask(list_workflows) == [
        WorkflowRow("lga", "d2", "2026", "Challenge 2026", date(2026, 9, 1), latest=True)
    ]
    publish("d1", "2025", "2026-09-05")
    found = log.ask(list_workflows, "lga", all_editions=True)
    assert [(w.digest, w.latest, w.published) for w in found] == [
        ("d1", True, date(2026, 9, 5)),
        ("d2", False, date(2026, 9, 1)),
    ]
    assert log.ask(list_workflows, "other") == []


def person_changed(log):
    return "person-hanna", reg.PersonChanged, {"person_name": log.seal("Somebody")}


def registered(log):
    return "person-hanna", reg.PersonRegistered, {"person_name": log.seal("Somebody")}


IMPOSSIBLE = {
    "an unknown organisation changed": lambda _: ("organisation-x", reg.OrganisationChanged, {"source": "entered"}),
    "an unknown organisation succeeded": lambda _: (
        "organisation-x", reg.OrganisationSucceeded,
        {"kind": "merger", "predecessors": ("x",), "successors": ("y",), "stands": "predecessor"},
    ),
    "an organisation registered twice": lambda _: (
        "organisation-hazel", reg.OrganisationRegistered,
        {"kind": "school", "name": "Hazel", "handle": "hazel", "source": "entered"},
    ),
    "an unknown programme changed": lambda _: ("programme-x", reg.ProgrammeChanged, {"name": "X"}),
    "a stranger leaving": lambda _: ("partnership-river", reg.MembershipEnded, {"organisation": "rowan"}),
    "a member joining twice on a day": lambda _: ("partnership-river", reg.MembershipBegan, {"organisation": "hazel"}),
    "a role ended that nobody gave": lambda _: ("person-lena", reg.RoleEnded, {"grant": "g", "scope": "s", "on": DAY}),
    "a role of another person ended": lambda _: (
        "person-lena", reg.RoleEnded, {"grant": "hanna-head-hazel-2025-09-01", "scope": "hazel", "on": DAY},
    ),
    "a person changed after they were forgotten": person_changed,
    "a person registered twice": registered,
    "a person forgotten twice": lambda _: ("person-hanna", reg.PersonForgotten, {"reason": "request"}),
    "a stranger forgotten": lambda _: ("person-x", reg.PersonForgotten, {"reason": "request"}),
}  # fmt: skip


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_an_event_that_cannot_follow_stops_the_append_and_changes_nothing(each_log, case):
    log = each_log
    log.school("hazel")
    log.partnership("river", ["hazel"])
    log.person("lena")
    log.person("hanna")
    log.role("hanna", "head", "hazel", "organisation")
    log.forget("hanna")
    before, position = log.everything(), log.position()
    stream, kind, fields = IMPOSSIBLE[case](log)
    log.stage("programme-new", reg.ProgrammeSetUp, name="New", handle="new", time_zone="Europe/London")
    log.stage(stream, kind, **fields)
    with pytest.raises(ImpossibleHistory) as info:
        log.commit()
    assert info.value.stream == stream
    assert log.everything() == before
    assert log.position() == position


def test_a_text_that_is_not_sealed_is_never_written(log):
    with pytest.raises(ImpossibleHistory, match="not sealed"):
        log.views.synchronous[0].apply(
            None,
            [
                (
                    log.say("programme-p", reg.ProgrammeSetUp, name="P", handle="p", time_zone="Europe/London"),
                    reg.PersonRegistered(**log.said(), person_name=Unsealed("Hanna Madeup")),
                    None,
                )
            ],
        )
    assert log.rows(people_table) == []
