"""Every event of the registry in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from audit.scene import FakeNames, said, sealed
from reviewflow.audit.line import line_texts
from reviewflow.audit.registry_words import REGISTRY_WORDS
from reviewflow.audit.words import registry_line
from reviewflow.events import Event, Happened, Recorded, Unsealed
from reviewflow.registry import events as ev

COMMON = said("lena", "programme_manager")
DAY, END = date(2026, 1, 1), date(2026, 12, 31)
CLOSED = (ev.ClosedDay(on=date(2026, 12, 25), name="Christmas Day"),)

GOLDEN: list[tuple[str, Event, str, list[tuple[str, str]]]] = [
    (
        "programme-prog",
        ev.ProgrammeSetUp(**COMMON, name="P One", handle="p-one", time_zone="Europe/London", nation="England"),
        "programme “P One” set up",
        [("Handle", "p-one"), ("Time zone", "Europe/London"), ("Backdating days", "30"), ("Nation", "England")],
    ),
    (
        "programme-prog",
        ev.ProgrammeChanged(**COMMON, backdating_days=0, workflow="small-review"),
        "programme “Programme One” changed",
        [("Workflow", "small-review"), ("Backdating days", "0")],
    ),
    (
        "organisation-hazel",
        ev.OrganisationRegistered(
            **COMMON, kind="school", name="Hazel", handle="hazel", details={"local_authority": "North"}, source="gias",
            identities=(ev.Identity(scheme="urn", value="900001", since=DAY), ev.Identity(scheme="ukprn", value="7")),
        ),
        "school “Hazel” registered",
        [
            ("Handle", "hazel"), ("URN", "900001, since 2026-01-01"), ("UKPRN", "7"), ("Local authority", "North"),
            ("Source", "gias"),
        ],
    ),
    (
        "organisation-x",
        ev.OrganisationRegistered(**COMMON, kind="other", name="X", handle="x", source="entered"),
        "organisation “X” registered",
        [("Handle", "x"), ("Source", "entered")],
    ),
    (
        "organisation-hazel",
        ev.OrganisationChanged(
            **COMMON, name="Hazel 2", details={"phase": "Primary"}, removed=("town",), source="gias"
        ),
        "“Hazel Primary” changed",
        [("Name", "Hazel 2"), ("Phase", "Primary"), ("Town", "no longer given"), ("Source", "gias")],
    ),
    (
        "organisation-hazel",
        ev.OrganisationSucceeded(
            **COMMON, kind="merger", predecessors=("hazel", "elm"), successors=("oaks",), stands="predecessor"
        ),
        "merger: “Hazel Primary” and “Elm School” became “The Oaks”",
        [],
    ),
    (
        "organisation-oaks",
        ev.OrganisationSucceeded(
            **COMMON, kind="other", predecessors=("hazel",), successors=("oaks",), stands="successor"
        ),
        "succession: “Hazel Primary” became “The Oaks”",
        [],
    ),
    (
        "partnership-north",
        ev.PartnershipFormed(**COMMON, name="North", handle="north", programme="prog"),
        "partnership “North” formed",
        [("Handle", "north"), ("Programme", "Programme One")],
    ),
    (
        "partnership-north",
        ev.MembershipBegan(**COMMON, organisation="hazel", until=END),
        "“Hazel Primary” became a member of “North Partnership” until 2026-12-31",
        [],
    ),
    (
        "partnership-north",
        ev.MembershipEnded(**COMMON, organisation="hazel"),
        "last day of “Hazel Primary” as a member of “North Partnership”",
        [],
    ),
    (
        "person-rita",
        ev.PersonRegistered(**COMMON, person_name=Unsealed("Rita"), email=Unsealed("rita@school.example")),
        "Rita Reviewton registered",
        [("Name", "Rita"), ("E-mail", "rita@school.example")],
    ),
    (
        "person-rita",
        ev.PersonChanged(**COMMON, person_name=Unsealed("Rita R")),
        "what is known of Rita Reviewton changed",
        [("Name", "Rita R")],
    ),
    (
        "person-rita",
        ev.RoleGiven(
            **COMMON, grant="g1", held="partnership_lead", scope="north", scope_kind="partnership", since=DAY, until=END
        ),
        "Rita Reviewton given the role partnership lead in “North Partnership” from 2026-01-01 to 2026-12-31",
        [],
    ),
    (
        "person-rita",
        ev.RoleGiven(
            **COMMON, grant="g3", held="administrator", scope="installation", scope_kind="installation", since=DAY
        ),
        "Rita Reviewton given the role administrator in the whole installation from 2026-01-01",
        [],
    ),
    (
        "person-rita",
        ev.RoleEnded(**COMMON, grant="g1", scope="north", on=END),
        "the role partnership lead of Rita Reviewton in “North Partnership” ended; 2026-12-31 is its last day",
        [],
    ),
    (
        "person-rita",
        ev.RoleEnded(**COMMON, grant="g9", scope="north", on=END),
        "a role (grant g9) of Rita Reviewton in “North Partnership” ended; 2026-12-31 is its last day",
        [],
    ),
    (
        "person-rita",
        ev.TrainingRecorded(**COMMON, training="t1", course="peer-reviewer", completed=DAY, valid_until=END),
        "Rita Reviewton completed the course peer-reviewer on 2026-01-01, valid until 2026-12-31",
        [],
    ),
    (
        "person-rita",
        ev.TrainingWithdrawn(**COMMON, training="t1", on=END, reason=Unsealed("a slip")),
        "training peer-reviewer of Rita Reviewton no longer counts from 2026-12-31",
        [("Reason", "a slip")],
    ),
    (
        "person-rita",
        ev.RelationshipDeclared(**COMMON, other="hazel", nature="family", note=Unsealed("a sister"), since=DAY),
        "Rita Reviewton declared an interest in “Hazel Primary”: family, from 2026-01-01",
        [("Note", "a sister")],
    ),
    (
        "person-rita",
        ev.RelationshipDeclared(**COMMON, other="sam", nature="other", since=DAY, until=END),
        "Rita Reviewton declared an interest in “Sam Supposed”: another interest, from 2026-01-01 to 2026-12-31",
        [],
    ),
    (
        "person-rita",
        ev.AbsenceDelegated(
            **COMMON, delegation="d1", delegate="sam", since=DAY, until=END, roles=("partnership_lead", "reviewer"),
            reason=Unsealed("an operation"),
        ),
        "Sam Supposed stands in for Rita Reviewton as partnership lead, reviewer from 2026-01-01 to 2026-12-31",
        [("Reason", "an operation")],
    ),
    (
        "person-rita",
        ev.AbsenceEnded(**COMMON, delegation="d1", delegate="sam", on=END, reason=Unsealed("back early")),
        "Sam Supposed no longer stands in for Rita Reviewton; 2026-12-31 is the last day",
        [("Reason", "back early")],
    ),
    (
        "person-rita",
        ev.PersonForgotten(**COMMON, reason="request"),
        "a person forgotten (at their request); names and texts cannot be read again",
        [],
    ),
    (
        "calendar-installation",
        ev.CalendarPublished(
            **COMMON, owner="installation", calendar="holidays", closed=CLOSED, named={"end_of_year": (DAY, END)},
            source="ics",
        ),
        "calendar “holidays” of the whole installation published: 1 closed day, 1 named day",
        [("Closed days", "2026-12-25 Christmas Day"), ("End of year", "2026-01-01, 2026-12-31"), ("Source", "ics")],
    ),
    (
        "workflow-small-review",
        ev.WorkflowPublished(
            **COMMON, workflow="small-review", edition="1", digest="ab" * 32, document={"title": "Small review"}
        ),
        "workflow small-review, edition “1”, published (abababababab)",
        [("Title", "Small review")],
    ),
]  # fmt: skip


def recorded(stream: str, event: Event) -> Recorded:
    return Recorded(7, datetime(2026, 3, 2, 12, tzinfo=UTC), stream, 3, event)


@pytest.mark.parametrize(("stream", "event", "what", "details"), GOLDEN)
def test_words(stream: str, event: Event, what: str, details: list[tuple[str, str]]) -> None:
    line = registry_line(recorded(stream, event), FakeNames())
    assert (line.what, [(d.label, d.value) for d in line.details]) == (what, details)
    assert line.sentence == f"2026-03-02 Lena Leadwell (programme manager): {what}"


def test_every_event_of_the_registry_stands_above() -> None:
    assert {type(event) for _, event, _, _ in GOLDEN} == set(REGISTRY_WORDS)


def test_texts_are_opened_where_they_were_bound() -> None:
    names = FakeNames(opened={"n": "Rita"}, removed=("e",))
    event = ev.PersonRegistered(
        **{**COMMON, "entered_by": sealed("os")}, person_name=sealed("n"), email=sealed("e")
    )  # fmt: skip
    line = registry_line(recorded("person-rita", event), names)
    places = {(("person-rita", 3, path)) for path in ("person_name", "email", "entered_by")}
    assert set(names.asked) == places
    assert [d.value for d in line.details] == ["Rita", "[removed]"]
    assert line.entered_by == "[sealed]"


def test_late_by_whom_and_for_whom() -> None:
    event = ev.MembershipEnded(
        **{**COMMON, "entered_by": "hal", "happened": Happened(on=date(2026, 2, 18)), "door": "import"},
        organisation="hazel", on_behalf_of="sam",
    )  # fmt: skip
    line = registry_line(recorded("partnership-north", event), FakeNames())
    assert (line.late, line.entered_by, line.on_behalf_of) == (12, "Hal Headley", "Sam Supposed")
    assert line.sentence.startswith("2026-02-18 Lena Leadwell for Sam Supposed (programme manager): ")
    assert line.sentence.endswith("; recorded 12 days later; entered by Hal Headley; imported")


def test_a_name_that_tries_to_move_the_cursor_is_written_out() -> None:
    event = ev.PartnershipFormed(**COMMON, name="N\x1b[2J\u202e", handle="n", programme="prog")
    texts = line_texts(registry_line(recorded("partnership-n", event), FakeNames()))
    assert texts[0] == ("     3  2026-03-02 Lena Leadwell (programme manager): partnership “N\\x1b[2J\\u202e” formed")
