"""How far a rebuild or a check has come: a bar with records, rate and time left on a terminal; nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from reviewflow.following.filling import Progress, Tell, silent

_WORDS = {"filling": "", "comparing": ": comparing", "waiting": ": waiting for those who read"}


@contextmanager
def progressing(what: str) -> Iterator[Tell]:
    """What is told how far it is."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        """Records a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} records"),
        Rate(), TimeRemainingColumn(),
    )  # fmt: skip
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(what, total=0)

        def tell(how: Progress) -> None:
            bars.update(bar, completed=how.done, total=how.of, description=what + _WORDS[how.doing])

        yield tell
