"""From what is typed to ids: certain, several, none; and nothing typed ever becomes part of a statement."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewflow.registry import events as reg
from reviewflow.views.finding import KINDS, find
from reviewflow.views.organisations import list_organisations
from views.viewed import DAY, Log


@pytest.fixture
def filled(log):
    identities = (reg.Identity(scheme="urn", value="900001"), reg.Identity(scheme="laestab", value="9991001"))
    log.school("haz1", handle="hazel", identities=identities)
    log.school("haz2", handle="hazel-hill", identities=(reg.Identity(scheme="ukprn", value="900001"),))
    log.school("rowan", handle="rowan")
    log.programme("prog1", handle="invented")
    log.partnership("part1")
    log.person("abcd1111")
    log.person("abcd2222")
    log.open("cyc1", "haz1", handle="hazel-2026-1")
    log.open("cyc2", "haz1", handle="hazel-2026-2")
    log.say(
        "workflow-lga", reg.WorkflowPublished, workflow="lga", edition="1", digest="d1", document={"title": "Challenge"}
    )
    log.say(
        "workflow-lga", reg.WorkflowPublished, workflow="lga", edition="2", digest="d2", document={"title": "Challenge"}
    )
    return log


@pytest.mark.parametrize(
    ("kind", "typed", "found"),
    [
        ("organisation", "haz1", ["haz1"]),
        ("organisation", "hazel", ["haz1"]),  # certain, although hazel-hill begins with it
        ("organisation", " Hazel ", ["haz1"]),
        ("organisation", "hazel-", ["haz2"]),
        ("organisation", "haz", ["haz1", "haz2"]),
        ("organisation", "urn:900001", ["haz1"]),
        ("organisation", "URN:900001", ["haz1"]),
        ("organisation", "ukprn:900001", ["haz2"]),
        ("organisation", "900001", ["haz1", "haz2"]),
        ("organisation", "9991001", ["haz1"]),
        ("organisation", "99910", []),  # a register's number is whole or it is none
        ("organisation", "urn:9991001", []),
        ("cycle", "hazel-2026-1", ["cyc1"]),
        ("cycle", "hazel-2026", ["cyc1", "cyc2"]),
        ("cycle", "cyc2", ["cyc2"]),
        ("cycle", "rowan", []),
        ("programme", "inv", ["prog1"]),
        ("partnership", "part1-handle", ["part1"]),
        ("person", "abcd", ["abcd1111", "abcd2222"]),
        ("person", "abcd1", ["abcd1111"]),
        ("person", "Abcd1111 Madeup", []),
        ("workflow", "lg", ["lga"]),
        ("workflow", "lga", ["lga"]),
        ("organisation", "", []),
        ("organisation", "   ", []),
    ],
)
def test_what_is_typed_is_found(filled, kind, typed, found):
    assert filled.ask(find, kind, typed) == found


def test_no_more_are_listed_than_asked_for(filled):
    assert filled.ask(find, "organisation", "haz", 1) == ["haz1"]
    assert filled.ask(find, "organisation", "900001", 1) == ["haz1"]


NASTY = [
    "'", '"', "';",
    "' OR '1'='1", "hazel' OR 1=1 --", "'; DROP TABLE cycles; --", "%", "_", "hazel%", "haz__", "*", "h*",
    "hazel\x00", "\\", "hazel\\", ":whole", "?", "urn:' OR '1'='1", ":", "urn:", ":900001'", "\U0010ffff", "[h]azel",
    "UNION SELECT id FROM people", "haz\ud7ff", "haz\udcff", "haz\nel",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("typed", NASTY)
def test_nothing_typed_is_taken_for_a_statement_or_a_pattern(filled, kind, typed):
    before = filled.everything()
    assert filled.ask(find, kind, typed) == []
    if typed.isprintable():
        assert filled.ask(list_organisations, name=typed, status=typed) == []
    assert filled.everything() == before


@given(typed=st.text(max_size=20), kind=st.sampled_from(KINDS))
def test_whatever_is_typed_only_what_begins_with_it_is_found(shared, typed, kind):
    names = {
        "organisation": {"haz1": ("haz1", "hazel", "900001", "urn:900001"), "rowan": ("rowan", "rowan-handle")},
        "person": {"abcd1111": ("abcd1111",)},
    }.get(kind, {})
    low = typed.strip().lower()
    for found in shared.ask(find, kind, typed):
        assert any(name.startswith(low) for name in names[found])


@pytest.fixture(scope="module")
def shared():
    log = Log()
    log.school("haz1", handle="hazel", identities=(reg.Identity(scheme="urn", value="900001", since=date(2020, 1, 1)),))
    log.school("rowan", handle="rowan-handle")
    log.person("abcd1111")
    yield log
    log.store.close()


def test_ten_thousand_organisations_are_listed_page_by_page(log):
    for start in range(0, 10_000, 2_000):
        for n in range(start, start + 2_000):
            log.stage(
                f"organisation-o{n:05}", reg.OrganisationRegistered, DAY, kind="school", name=f"School {n}",
                handle=f"school-{n}", source="entered",
                identities=(reg.Identity(scheme="urn", value=str(900_000 + n)),),
            )  # fmt: skip
        log.commit()
    seen, after = [], None
    while page := log.ask(list_organisations, after=after, limit=999):
        assert len(page) <= 999
        seen += [organisation.handle for organisation in page]
        after = page[-1].handle
    assert seen == sorted(f"school-{n}" for n in range(10_000))
    assert [o.id for o in log.ask(list_organisations, name="school 1234")] == ["o01234"]
    assert log.ask(find, "organisation", "909999") == ["o09999"]
    assert len(log.ask(find, "organisation", "school-1", 7)) == 1  # school-1 is the handle of one
    assert len(log.ask(find, "organisation", "school-12", 7)) == 1
    assert len(log.ask(find, "organisation", "school-", 7)) == 7
