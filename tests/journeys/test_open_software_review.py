"""The published reviews of pyOpenSci: all 916 observed changes, imported at once and as they were seen.

What is expected is counted again from the rows by plain code of its own, and read from the published latest state.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from history import imports
from kit.world import WORKFLOWS
from reviewflow.history.mapping_parse import parse_mapping

pytestmark = pytest.mark.real_data

ZONE = ZoneInfo("Europe/London")
MAPPING = WORKFLOWS / "mappings" / "pyopensci-reviews.yaml"
REFUSED = {"bad-date": 13, "after-seen": 2, "not-assigned": 1}


@pytest.fixture(scope="module")
def reviews(real_data):
    folder = real_data / "reviews"
    with (folder / "pyopensci_observed_changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    latest = json.loads((folder / "pyopensci_latest.json").read_text(encoding="utf-8"))["cases"]
    return folder, rows, latest


def parsed():
    return parse_mapping(MAPPING.read_bytes(), MAPPING.name)


@pytest.fixture(scope="module")
def at_once(reviews):
    """Everything imported today."""
    folder, _, _ = reviews
    world = imports.world()
    report = imports.take(world, folder / "pyopensci_observed_changes.csv", parsed())
    yield world, report
    world.close()


@pytest.fixture(scope="module")
def as_seen(reviews, tmp_path_factory):
    """The rows of each commit imported at the moment it was made."""
    folder, rows, _ = reviews
    world = imports.world(clock=_clock("2019-01-01T00:00:00+00:00"))
    place = tmp_path_factory.mktemp("commits")
    table = {"latest": str(folder / "pyopensci_latest.json")}
    reports, moments = [], []
    for number, (moment, some) in enumerate(groupby(rows, key=lambda row: row["observed_at"])):
        file = place / f"{number}.csv"
        with file.open("w", encoding="utf-8", newline="") as to:
            writer = csv.DictWriter(to, list(rows[0]))
            writer.writeheader()
            writer.writerows(some)
        world.clock.moment = datetime.fromisoformat(moment).astimezone(UTC)
        moments.append(world.clock.moment)
        reports.append(imports.take(world, file, parsed(), tables=table))
    yield world, reports, moments
    world.close()


def _clock(text):
    from kit.clock import FixedClock

    return FixedClock(datetime.fromisoformat(text))


# -- what is expected ----------------------------------------------------------------------------------------------


def read(text: str) -> datetime | date | None:
    """A day as people wrote it: a plain reading of what the mapping says it reads."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00", text):
        return datetime.fromisoformat(text)
    for pattern, order in (
        (r"(\d{4})-(\d\d?)- ?(\d\d?)", "ymd"), (r"(\d\d?)-(\d\d?)-(\d{4})", "mdy"), (r"(\d\d)-(\d\d?)-(\d\d?)", "ymd"),
    ):  # fmt: skip
        if found := re.fullmatch(pattern, text):
            part = dict(zip(order, map(int, found.groups()), strict=True))
            try:
                return date(part["y"] + (2000 if part["y"] < 100 else 0), part["m"], part["d"])
            except ValueError:
                return None
    return None


def day(moment: datetime | date) -> date:
    return moment.astimezone(ZONE).date() if isinstance(moment, datetime) else moment


def minute(moment: datetime | date) -> datetime | None:
    return moment.replace(second=0) if isinstance(moment, datetime) else None


def earlier(one: datetime | date, other: datetime | date) -> bool:
    if day(one) != day(other):
        return day(one) < day(other)
    first, second = minute(one), minute(other)
    return first is not None and second is not None and first < second


@dataclass
class Review:
    """One review as the rows up to some moment tell it."""

    created: datetime | None
    """None: only that it was by the day it was listed."""
    listed_by: date
    labels: set[str] = field(default_factory=set)
    editor: str | None = None
    eic: str | None = None
    reviewers: set[str] = field(default_factory=set)
    archive: bool = False
    joss: bool = False
    accepted: datetime | date | None = None
    closed: datetime | date | None = None
    delisted: bool = False

    def told(self) -> dict[str, Any]:
        last = self.listed_by if self.closed is None else min(self.listed_by, day(self.closed))
        accepted = (last, True) if self.accepted is None else (day(self.accepted), False)
        created = min(self.listed_by, accepted[0]) if self.created is None else day(self.created)
        return {
            "labels": self.labels, "editor": {self.editor} - {None}, "eic": {self.eic} - {None},
            "reviewers": self.reviewers, "archive": self.archive, "joss": self.joss, "created": created,
            "accepted": accepted, "closed": None if self.closed is None else day(self.closed),
            "state": "delisted" if self.delisted else "ecosystem.approved" if self.closed is None else "closed",
        }  # fmt: skip


def possible(text: str, seen: datetime, created: datetime | None) -> datetime | date | None:
    """A stated day that is not after it was seen, nor before the review began."""
    stated = read(text)
    if stated is None or earlier(seen, stated) or (created is not None and earlier(stated, created)):
        return None
    return stated


def recount(rows: list[dict[str, str]], latest: dict[str, Any]) -> tuple[dict[str, Review], int]:  # noqa: PLR0912 - as long as the list of changes
    """The reviews, and how many rows could not be taken."""
    found: dict[str, Review] = {}
    refused = 0
    for row in rows:
        seen, value, issue = datetime.fromisoformat(row["observed_at"]), row["value"], row["issue"]
        change = row["change"]
        if change == "first listed":
            created = latest.get(issue, {}).get("created_at")
            found[issue] = Review(datetime.fromisoformat(created) if created else None, day(seen))
            continue
        review = found[issue]
        match change:
            case "date_accepted changed":
                stated = possible(value, seen, review.created)
                if stated is None or (review.closed is not None and earlier(review.closed, stated)):
                    refused += 1
                else:
                    review.accepted = stated
            case "closed_at changed" if not value:
                review.closed = None
            case "closed_at changed":
                stated = possible(value, seen, review.created)
                if stated is None or (review.accepted is not None and earlier(stated, review.accepted)):
                    refused += 1
                else:
                    if review.accepted is None and day(seen) == review.listed_by and review.closed is None:
                        review.listed_by = min(review.listed_by, day(stated))
                    review.closed = stated
            case "editor set":
                review.editor = value
            case "eic set":
                review.eic = value
            case "reviewer added":
                review.reviewers.add(value)
            case "reviewer removed":
                refused += value not in review.reviewers
                review.reviewers.discard(value)
            case "label added":
                review.labels.add(value)
            case "label removed":
                review.labels.discard(value)
            case "archive changed":
                review.archive = value == "True"
            case "joss changed":
                review.joss = value == "True"
            case "delisted":
                review.delisted = True
            case _:
                assert change == "version_accepted changed"
    return found, refused


# -- what is there ---------------------------------------------------------------------------------------------------


def there(world, **when: Any) -> dict[str, dict[str, Any]]:
    """Every review as the store tells it, by its number."""
    found = {}
    with world.knowing(**when) as known, world.knowing() as now:
        for stream in now.touching("cycles"):
            cycle = known.cycle(stream.removeprefix("cycle-"))
            if cycle is not None:
                found[now.organisation(cycle.subject).identity("submission")] = told(world, cycle)
    return found


def told(world, cycle) -> dict[str, Any]:
    labels: set[str] = set()
    changes = [*cycle.said.get("add_label", ()), *cycle.said.get("remove_label", ())]
    for one in sorted(changes, key=lambda said: said.version):
        (labels.add if one.step == "add_label" else labels.discard)(one.values["label"])
    approved, closed = cycle.last("record_approval"), cycle.last("close")

    def flag(step: str) -> bool:
        said = cycle.last(step)
        return said is not None and said.values["there"]

    return {
        "labels": labels, "editor": set(imports.names(world, cycle.assigned("editor"))),
        "eic": set(imports.names(world, cycle.assigned("chief_on_duty"))),
        "reviewers": set(imports.names(world, cycle.assigned("reviewer"))), "archive": flag("note_archive"),
        "joss": flag("note_joss"), "created": cycle.opened.on,
        "accepted": (approved.happened.on, bool(approved.happened.latest)),
        "closed": closed.happened.on if closed else None, "state": cycle.state,
    }  # fmt: skip


def test_every_row_is_accounted_for(at_once, reviews):
    _, rows, latest = reviews
    _, report = at_once
    assert (report.rows, report.cases) == (len(rows), 70) == (916, 70)
    assert sum(report.outcomes.values()) == 916
    assert imports.why(report) == REFUSED
    assert recount(rows, latest)[1] == sum(REFUSED.values())
    assert report.outcomes["ignored"] == report.outcomes["already"] == 0
    assert report.stopped is None


def test_what_is_refused_is_listed_with_its_place(at_once):
    _, report = at_once
    listed = {one.place: one.sentence for reason in report.refused.values() for one in reason.places}
    assert len(listed) == sum(REFUSED.values())
    assert "2025)-(28-02" in listed["row 597"]
    assert "2020-19-03" in listed["row 163"]
    assert listed["row 142"] == "stated 2023-11-04, but this was seen by 2023-07-28 22:45"


def test_the_published_reviews_equal_the_latest_state(at_once, reviews):
    """Labels, editors, reviewers as a set, dates, archive and JOSS, of all 66."""
    _, _, latest = reviews
    world, _ = at_once
    found = there(world)
    for issue, one in latest.items():
        accepted, closed = read(one["date_accepted"]), one["closed_at"] and datetime.fromisoformat(one["closed_at"])
        assert found[issue] == {
            "labels": set(one["labels"]), "editor": {one["editor"]} - {None}, "eic": {one["eic"]} - {None},
            "reviewers": set(one["reviewers"]), "archive": one["archive"], "joss": one["joss"],
            "created": day(datetime.fromisoformat(one["created_at"])), "accepted": (day(accepted), False),
            "closed": day(closed) if closed else None, "state": "closed" if closed else "ecosystem.approved",
        }  # fmt: skip


def test_the_four_that_were_delisted_end_delisted(at_once, reviews):
    _, _, latest = reviews
    world, _ = at_once
    found = there(world)
    assert {issue for issue in found if found[issue]["state"] == "delisted"} == {"247", "265", "282", "283"}
    assert found.keys() - latest.keys() == {"247", "265", "282", "283"}


def test_later_changes_of_a_date_are_corrections(at_once, reviews):
    world, report = at_once
    assert report.events["cycle.event-corrected/1"] == 58
    assert report.events["cycle.transition-undone/1"] == 2
    cycle = imports.cycles(world)["Submission 43"]
    with world.knowing() as known:
        events = [one.event for one in known.cycle_records(cycle.id)]
    corrected = [str(e.occurred) for e in events if e.topic == "cycle.event-corrected/1"]
    assert corrected == ["2022-01-09", "2022-09-01", "2023-06-12 23:47"]  # of the approval twice, of the closing once


def test_imported_again_nothing_changes(at_once, reviews):
    folder, _, _ = reviews
    world, _ = at_once
    before = world.position()
    report = imports.take(world, folder / "pyopensci_observed_changes.csv", parsed())
    assert world.position() == before
    assert report.outcomes["accepted"] == 0
    assert imports.why(report) == {"bad-date": 13, "after-seen": 2, "later-rows-recorded": 3}


def test_seen_as_it_came_the_end_is_the_same(as_seen, at_once):
    world, reports, _ = as_seen
    assert sum(one.outcomes["refused"] for one in reports) == sum(REFUSED.values())
    assert there(world) == there(at_once[0])


def test_at_every_moment_it_says_what_was_known_then(as_seen, reviews):
    _, rows, latest = reviews
    world, _, moments = as_seen
    assert len(moments) > 60
    for moment in moments[:: len(moments) // 10]:
        upto = [row for row in rows if datetime.fromisoformat(row["observed_at"]) <= moment]
        expected, _ = recount(upto, latest)
        assert there(world, known_at=moment) == {issue: one.told() for issue, one in expected.items()}
