"""The log in words, printed."""

from __future__ import annotations

from reviewflow.asking.audit_log import Wanted, recounted
from reviewflow.audit.line import told_texts
from reviewflow.cli.options import Reading
from reviewflow.cli.printing import say
from reviewflow.cli.request import asking


def telling(wanted: Wanted, details: bool, how: Reading) -> None:
    """The last records, or those after a position."""
    with asking(how) as (question, answer):
        found = recounted(question, wanted)

        def show() -> None:
            texts = told_texts(found.told, details=details, in_log=found.kind != "cycle")
            for line in texts or ["nothing was recorded"]:
                say(line)
            if found.more:
                say(f"and more: --after {found.last} tells the next ones", err=True)

        answer(found.data(), show)
