"""Whether a command would be done, told before trying: the answer of the very code that decides, nothing kept."""

from __future__ import annotations

from typing import Any, NamedTuple

from reviewflow.asking.question import Question
from reviewflow.cycle.seeing import Seeing
from reviewflow.errors import BadInput, Fault, Refused, Unmet
from reviewflow.events import Command


class Foretold(NamedTuple):
    """What stands against a command; nothing, where it would be done."""

    unmet: tuple[Unmet, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it would be done."""
        return not (self.unmet or self.faults)

    def data(self, question: Question, seeing: Seeing) -> list[dict[str, Any]]:
        """What stands against it as `cycle next` tells it, with names for ids as far as the viewer may be told."""
        found = [
            {"code": one.code, "status": "unmet", "sentence": question.names_in(one.sentence, seeing.people),
             "who": list(one.who), "waivable_by": list(one.waivable_by)}
            for one in self.unmet
        ]  # fmt: skip
        wrong = [
            {"code": "bad-input", "status": "unmet", "sentence": one.want, "who": [], "waivable_by": []}
            for one in self.faults
        ]
        return found + wrong


def foretold(question: Question, command: Command) -> Foretold:
    """What stands against a command as things are now."""
    from reviewflow.deciders import decide  # whoever only reads does not wait for the code that decides

    try:
        decide(command, question.now, command.asked.at.date())
    except Refused as error:
        return Foretold(unmet=error.unmet)
    except BadInput as error:
        return Foretold(faults=error.faults)
    return Foretold()
