"""An export as data, to be spoilt and brought into a store."""

import json
from typing import Any

from history.roundtrip import imported
from kit.trial import trial_world


def small():
    """A short history with every kind of text in it."""
    world = trial_world()
    world.open("hazel", "lena")
    world.do("choose_focus", "hanna", points=[{"what": "Reading"}, {"what": "Writing", "weight": 2}])
    world.evidence("paper", "hanna", text="seen in class")
    world.do("submit", "hanna")
    world.assign("checker", "rob", "lena")
    world.waive("approve", "two_checkers", "lena")
    world.do("approve", "rob", score=7, remark="well made")
    world.agree("approve", "hanna")
    return world


def bring(target, tmp_path, rows, **how: Any):
    """The report of importing these rows."""
    path = tmp_path / "spoilt.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return imported(target, path, **how)


def refused(target, tmp_path, rows, **how: Any):
    """The codes and sentences of a refusal; nothing was written, and a dry run says the same."""
    before = target.position()
    report = bring(target, tmp_path, rows, dry_run=True, **how)
    assert bring(target, tmp_path, rows, **how) == report
    assert target.position() == before
    assert report.taken_over == 0
    return {unmet.code: unmet.sentence for one in report.refusals for unmet in one.reasons}


def document(row):
    """The event of a row."""
    return row["event"]["reviewflow:event"]


def as_all(rows):
    """Rows that say that they are all of their cycle."""
    return [{**row, "case": {**row["case"], "reviewflow:events": len(rows)}} for row in rows]
