"""How far a long piece of work has come: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def progressing(words: Mapping[str, str]) -> Iterator[Callable[[str, int, int], None]]:
    """What is told what is being done (a key of `words`, which has a sentence for it), and how much of how much is."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def heard(what: str, done: int, of: int) -> None:
            bar.update(task, description=words.get(what, what), completed=done, total=of or None)

        yield heard
