"""What a definition shows of every cycle of a place, whatever happened in it: that needs no cycle to be folded.

`cycle/seeing.py` judges one cycle; this says less, and never more: only what is shown without `from`, `when` and
`consent_of`, to somebody because of a standing role that counts for all cycles of the place.
"""

from __future__ import annotations

from collections.abc import Iterable

from reviewflow.asking.question import Question
from reviewflow.registry.permissions import STANDING_ROLES
from reviewflow.registry.scopes import Scope


def plainly_visible(question: Question, scope: Scope, digests: Iterable[str]) -> frozenset[str]:
    """The items (`status`, `dates`, `people`...) shown to the viewer of each cycle in a partnership or programme."""
    if question.viewer is None:
        return frozenset({"status", "dates", "people"})
    standing = question.installation.engine.standing(question.now, question.viewer, scope)
    held = standing.intersection(STANDING_ROLES)
    shown: frozenset[str] | None = None
    for digest in digests:
        entries = question.now.definition(digest).visible
        plain = (v for v in entries if v.since is None and not v.when and v.consent_of is None and held & set(v.to))
        here = frozenset(what for entry in plain for what in entry.what)
        shown = here if shown is None else shown & here
    return shown or frozenset()
