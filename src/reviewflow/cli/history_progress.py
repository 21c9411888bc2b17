"""How far the reading of a file has come, as a bar on a terminal; nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewflow.audit.plain_text import for_terminal


@contextmanager
def progressing(file: str) -> Iterator[Callable[[int, int], None] | None]:
    """What the reader tells how many bytes of how many it has read."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"reading {escape(for_terminal(Path(file).name))}", total=None)

        def heard(read: int, total: int) -> None:
            bar.update(task, completed=read, total=total)

        yield heard
