"""Reading a file of days and publishing it."""

from __future__ import annotations

from reviewflow.asking.calendars_importing import Places, summary
from reviewflow.asking.calendars_importing import importing as asked_for
from reviewflow.cli.options import Acting
from reviewflow.cli.printing import count
from reviewflow.cli.request import acting_on
from reviewflow.cli.values import called, read_bytes


def importing(file: str, owner: str | None, name: str | None, nation: str | None, how: Acting) -> None:
    """The format is told by how the file begins."""
    with acting_on(how) as action:
        command = asked_for(
            action.question, action.asked, read_bytes(file), owner=owner, name=name, nation=nation, what=called(file),
            places=Places("--for", "--nation"),
        )  # fmt: skip
        done = action.do(command)
        line = (
            f"Calendar {command.calendar} of {action.called.named(command.owner)}: "
            f"{count(len(command.closed), 'closed day')}, {count(len(command.named), 'named day')}."
        )
        action.done(done, summary(command), line)
