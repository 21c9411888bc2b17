"""Deadlines: arithmetic against counting day by day, and which deadlines a cycle has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewflow.workflow.calendar import Calendar
from reviewflow.workflow.deadlines import UNITS, Days, NoSuchDay, add, deadline, deadlines
from reviewflow.workflow.definition import Definition

EVERY_DAY = Calendar()
EASTER = Calendar(
    closed=frozenset(date(2026, 3, 30) + timedelta(days=n) for n in range(12)),
    named={"end_of_year": (date(2025, 7, 21), date(2026, 7, 20), date(2027, 7, 20))},
)


def open_day(day: date, calendar: Calendar) -> bool:
    return day.isoweekday() not in (6, 7) and day not in calendar.closed


def day_by_day(day: date, n: int, calendar: Calendar) -> date:
    """The slow reference: list the open days one by one and take the nth."""
    if n == 0:
        while not open_day(day, calendar):
            day += timedelta(days=1)
        return day
    step = timedelta(days=1) if n > 0 else timedelta(days=-1)
    found: list[date] = []
    while len(found) < abs(n):
        day += step
        if open_day(day, calendar):
            found.append(day)
    return found[-1]


DATES = st.dates(date(2025, 1, 1), date(2027, 12, 31))
CALENDARS = st.builds(
    lambda spans: Calendar(closed=frozenset(start + timedelta(days=n) for start, size in spans for n in range(size))),
    st.lists(st.tuples(DATES, st.integers(1, 70)), max_size=6),
)
OPEN = st.sampled_from(["school_days", "working_days"])


@given(DATES, st.integers(-40, 40), OPEN, CALENDARS)
def test_open_days_agree_with_counting_day_by_day(day, n, unit, calendar):
    assert add(day, n, unit, calendar) == day_by_day(day, n, calendar)


@given(DATES, st.integers(-40, 40), OPEN, CALENDARS)
def test_there_and_back_from_an_open_day_is_the_same_day(day, n, unit, calendar):
    day = add(day, 0, unit, calendar)
    assert add(add(day, n, unit, calendar), -n, unit, calendar) == day


@given(DATES, st.integers(0, 30), st.integers(-40, 40), st.integers(0, 9), st.sampled_from(UNITS), CALENDARS)
def test_later_days_and_more_units_never_end_earlier(day, later, n, more, unit, calendar):
    assert add(day, n, unit, calendar) <= add(day + timedelta(days=later), n, unit, calendar)
    assert add(day, n, unit, calendar) <= add(day, n + more, unit, calendar)


@pytest.mark.parametrize(
    ("day", "n", "unit", "expected"),
    [
        ("2026-01-31", 1, "months", "2026-02-28"),
        ("2024-01-31", 1, "months", "2024-02-29"),
        ("2026-03-31", -1, "months", "2026-02-28"),
        ("2025-12-31", 2, "months", "2026-02-28"),
        ("2026-01-15", -1, "months", "2025-12-15"),
        ("2026-05-31", 13, "months", "2027-06-30"),
        ("2024-02-29", 1, "years", "2025-02-28"),
        ("2024-02-29", 4, "years", "2028-02-29"),
        ("2024-02-29", -1, "years", "2023-02-28"),
        ("2026-03-01", 2, "weeks", "2026-03-15"),
        ("2026-03-01", -1, "days", "2026-02-28"),
        ("2026-03-14", 0, "school_days", "2026-03-16"),  # a Saturday: the next open day
        ("2026-03-14", 1, "school_days", "2026-03-16"),
        ("2026-03-14", -1, "school_days", "2026-03-13"),
        ("2026-03-13", 0, "school_days", "2026-03-13"),
        ("2026-03-13", 1, "school_days", "2026-03-16"),
        ("2026-03-27", 1, "school_days", "2026-04-13"),
        ("2026-04-13", -1, "working_days", "2026-03-27"),
    ],
)
def test_examples_of_counting(day, n, unit, expected):
    assert add(date.fromisoformat(day), n, unit, EASTER).isoformat() == expected


@pytest.mark.parametrize("n", [-1, 0, 1])
def test_a_calendar_closed_for_ever_is_an_error_and_no_hang(n):
    closed = Calendar(closed=frozenset(date(2000, 1, 1) + timedelta(days=d) for d in range(20_000)))
    with pytest.raises(NoSuchDay, match="school days from 2026-03-01: the calendar has no open day in the 3660 days"):
        add(date(2026, 3, 1), n, "school_days", closed)


@pytest.mark.parametrize(
    ("n", "unit"),
    [
        (9_000, "years"),
        (-9_000, "years"),
        (10**10, "days"),
        (10**6, "months"),
        (4_000_000, "school_days"),
        (-4_000_000, "school_days"),
    ],
)
def test_a_day_beyond_all_dates_is_an_error(n, unit):
    with pytest.raises(NoSuchDay, match="beyond the years 1 to 9999"):
        add(date(2026, 3, 1), n, unit, EVERY_DAY)


def test_a_long_closure_is_crossed():
    summer = Calendar(closed=frozenset(date(2026, 7, 21) + timedelta(days=d) for d in range(400)))
    assert add(date(2026, 7, 20), 1, "school_days", summer) == day_by_day(date(2026, 7, 20), 1, summer)


def definition(**dues: Any) -> Definition:
    step = {"title": "Step", "by": ["head"]}

    def with_due(name: str, **parts: Any) -> dict[str, Any]:
        return {
            **step,
            "title": name.replace("_", " ").capitalize(),
            **parts,
            **({"due": dues[name]} if name in dues else {}),
        }

    return Definition.model_validate(
        {
            "workflow": "sample",
            "title": "Sample",
            "edition": "1",
            "subject": "organisation",
            "roles": {"head": {"title": "Head", "held_in": "subject"}},
            "anchors": {
                "visit_starts": {"field": "arrange.first_day"},
                "held": {"day_of": "visit"},
                "year_end": {"calendar": "end_of_year"},
                "begun": {"day_of": "opens"},
            },
            "stages": {
                "work": {
                    "title": "Work",
                    "states": {
                        "drafting": {"title": "Drafting", "initial": True},
                        "ready": {"title": "Ready"},
                        "arranged": {"title": "Arranged"},
                    },
                }
            },
            "states": {
                "paused": {"title": "Paused", "side": True, "clocks": "stopped"},
                "done": {"title": "Done", "final": True},
            },
            "forms": {
                "arrange": {"first_day": {"type": "date", "label": "First day"}},
                "pause": {"target": {"type": "date"}},
            },
            "opens": with_due("opens", to="work.drafting"),
            "transitions": {
                "submit": with_due("submit", **{"from": "work.drafting", "to": "work.ready"}),
                "send_back": with_due("send_back", **{"from": "work.ready", "to": "work.drafting"}),
                "arrange": with_due("arrange", **{"from": "work.ready", "to": "work.arranged"}, form="arrange"),
                "visit": with_due("visit", **{"from": "work.arranged", "to": "done"}),
                "pause": with_due("pause", **{"from": "active", "to": "paused"}, form="pause"),
                "resume": with_due("resume", **{"from": "paused", "to": "return"}),
            },
            "acts": {"check": with_due("check", **{"in": "work"}), "worry": with_due("worry", **{"in": "any"})},
        }
    )


MARCH = date(2026, 3, 10)
DAYS = Days(
    opened=date(2025, 10, 1),
    said={"arrange.first_day": MARCH},
    last={"visit": date(2026, 3, 27), "arrange": date(2026, 2, 2)},
)


def due(of: Any, days: Days = DAYS, step: str = "submit", **others: Any) -> tuple[str, str] | None:
    found = deadline(definition(**{step: of}, **others), step, days, EASTER)
    return (found.due.isoformat(), found.because) if found else None


@pytest.mark.parametrize(
    ("of", "day", "because"),
    [
        (
            {"school_days": -10, "from": "visit_starts"},
            "2026-02-24",
            '10 school days before First day of "Arrange" (2026-03-10)',
        ),
        ({"school_days": 1, "from": "held"}, "2026-04-13", '1 school day after the day of "Visit" (2026-03-27)'),
        ({"months": 1, "from_day_of": "visit"}, "2026-04-27", '1 month after the day of "Visit" (2026-03-27)'),
        ({"days": 30, "from": "begun"}, "2025-10-31", '30 days after the day of "Opens" (2025-10-01)'),
        ({"day": "visit_starts"}, "2026-03-10", 'on First day of "Arrange" (2026-03-10)'),
        ({"day": "arrange.first_day"}, "2026-03-10", 'on First day of "Arrange" (2026-03-10)'),
        ({"days": 0, "from": "visit_starts"}, "2026-03-10", 'on First day of "Arrange" (2026-03-10)'),
        ({"day": "year_end"}, "2026-07-20", "on end of year (2026-07-20)"),
        ({"weeks": -2, "from": "year_end"}, "2026-07-06", "2 weeks before end of year (2026-07-20)"),
    ],
)
def test_a_due_counts_from_its_origin_and_says_so(of, day, because):
    assert due(of) == (day, because)


def test_zero_school_days_from_a_closed_day_says_that_it_moved():
    days = Days(last={"visit": date(2026, 4, 1)})
    assert due({"school_days": 0, "from": "held"}, days) == (
        "2026-04-13",
        'on the first open day after the day of "Visit" (2026-04-01)',
    )


@pytest.mark.parametrize(
    "of",
    [
        {"days": 1, "from": "visit_starts"},
        {"days": 1, "from_day_of": "visit"},
        {"day": "year_end"},
        {"before": "visit"},
        {"days": 0},
        {"day": "pause.target"},
        {"day": "nowhere"},
    ],
)
def test_while_the_origin_is_missing_there_is_no_deadline(of):
    assert due(of, Days(), visit={"day": "visit_starts"}) is None


def test_otherwise_stands_in_for_a_missing_origin():
    of = {"days": 1, "from": "visit_starts", "otherwise": {"day": "held", "otherwise": {"day": "year_end"}}}
    assert due(of) == ("2026-03-11", '1 day after First day of "Arrange" (2026-03-10)')
    assert due(of, Days(last={"visit": MARCH})) == ("2026-03-10", 'on the day of "Visit" (2026-03-10)')
    assert due(of, Days(opened=date(2026, 9, 1))) == ("2027-07-20", "on end of year (2027-07-20)")


def test_before_a_step_is_the_school_day_before_its_deadline():
    visit = {"day": "visit_starts"}
    assert due({"before": "visit"}, visit=visit) == ("2026-03-09", 'before "Visit" is due (2026-03-10)')
    monday = Days(said={"arrange.first_day": date(2026, 4, 13)})
    assert due({"before": "visit"}, monday, visit=visit) == ("2026-03-27", 'before "Visit" is due (2026-04-13)')


def test_steps_that_wait_for_each_other_have_no_deadline():
    assert due({"before": "visit"}, visit={"before": "submit"}) is None
    assert due({"before": "submit"}) is None


def test_limit_and_earliest_are_counted_like_the_due():
    of = {
        "months": 3,
        "from": "held",
        "limit": {"months": 5, "from": "held"},
        "not_before": {"weeks": 1, "from": "held"},
    }
    found = deadline(definition(submit=of), "submit", DAYS, EASTER)
    assert found is not None
    assert (found.due, found.limit, found.not_before) == (date(2026, 6, 27), date(2026, 8, 27), date(2026, 4, 3))


def test_a_limit_without_its_origin_is_none():
    of = {"days": 1, "from": "held", "limit": {"day": "pause.target"}}
    found = deadline(definition(submit=of), "submit", DAYS, EASTER)
    assert found is not None
    assert found.limit is None


@pytest.mark.parametrize(("done", "expected"), [(0, "2026-03-20"), (1, "2026-03-30"), (2, None), (5, None)])
def test_of_several_dues_of_an_act_the_first_not_yet_done_counts(done, expected):
    dues = [{"days": 10, "from": "visit_starts"}, {"days": 20, "from": "visit_starts"}]
    days = Days(said={"arrange.first_day": MARCH}, count={"check": done})
    found = due(dues, days, "check")
    assert (found[0] if found else None) == expected


def test_an_act_with_one_due_is_due_once():
    days = Days(said={"arrange.first_day": MARCH}, count={"check": 1})
    assert due({"day": "visit_starts"}, days, "check") is None


def test_the_opening_has_a_deadline_before_it_happened():
    assert due({"day": "year_end"}, Days(opened=date(2026, 1, 1)), "opens") == (
        "2026-07-20",
        "on end of year (2026-07-20)",
    )


EVERYWHERE = definition(
    submit={"day": "visit_starts"},
    arrange={"day": "year_end"},
    visit={"day": "visit_starts"},
    check={"day": "visit_starts"},
    worry={"day": "year_end"},
    resume={"day": "pause.target"},
)


def names(state: str, returns_to: str | None = None, **counts: int) -> set[str]:
    said = {"arrange.first_day": MARCH, "pause.target": MARCH}
    days = Days(opened=date(2025, 10, 1), said=said, count=counts)
    found = deadlines(EVERYWHERE, "everywhere", state, returns_to, days, EASTER)
    assert all(name == one.step for name, one in found.items())
    return set(found)


def test_only_steps_that_can_still_come_have_deadlines():
    assert names("work.drafting") == {"submit", "arrange", "visit", "check", "worry", "resume"}
    assert names("work.arranged", submit=1, arrange=1) == {"visit", "check", "worry", "resume"}
    assert names("done") == set()


def test_a_transition_taken_before_is_due_again_only_where_it_can_be_taken():
    assert "submit" not in names("work.ready", submit=1)
    assert "submit" in names("work.drafting", submit=1)


def test_stopped_clocks_leave_only_what_the_side_state_itself_allows():
    assert names("paused", "work.ready", submit=1) == {"worry", "resume"}


@settings(max_examples=50)
@given(st.sampled_from(UNITS), st.integers(-300, 300), DATES, CALENDARS)
def test_a_deadline_is_its_origin_plus_its_offset(unit, n, day, calendar):
    of = {unit: n, "from": "visit_starts"}
    found = deadline(definition(submit=of), "submit", Days(said={"arrange.first_day": day}), calendar)
    assert found is not None
    assert found.due == add(day, n, unit, calendar)
    assert str(day) in found.because
