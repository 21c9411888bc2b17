"""What a check of the doctor says."""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["ok", "warning", "fault"]

UNSEEN = "not looked at: "
"""What stands before the reason why something was not looked at."""


class Check(NamedTuple):
    """One thing that was looked at: how it is, and what to do about it if it is not well."""

    name: str
    verdict: Verdict
    found: str
    todo: str = ""
