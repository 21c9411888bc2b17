"""All pages of administration together."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from reviewflow.web.administration import (
    bringing_in,
    calendars,
    doing,
    front,
    histories,
    memberships,
    one_person,
    organisations,
    people,
    programmes,
    tokens,
    workflow_publishing,
    workflows,
)

_SUBJECTS: Final = (
    front, people, one_person, organisations, memberships, bringing_in, histories, programmes,
    workflow_publishing, workflows, calendars, tokens, doing,
)  # fmt: skip
"""Whatever has a fixed address comes before what has a name in its place."""

routes = APIRouter()
for subject in _SUBJECTS:
    routes.include_router(subject.routes)
