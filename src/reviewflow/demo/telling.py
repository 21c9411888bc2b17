"""How the story is told: numbered chapters, what one would type, and what came of it. Plain text in a pipe."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol, TextIO

_WIDTH: Final = 110
_INDENT: Final = "    "
_FLAGS: Final = frozenset({"--yes"})


class Beats(Protocol):
    """Counts what was done out of sight."""

    def __call__(self) -> None:
        """One more."""


class Teller:
    """Writes the story to a stream; with `quiet` nothing but what is said by `always`."""

    def __init__(self, out: TextIO, *, quiet: bool = False) -> None:
        """`out` is a terminal or a pipe: only on a terminal there is bold type, and progress."""
        self.out, self.quiet = out, quiet
        self.chapters = 0

    def chapter(self, title: str, *paragraphs: str) -> None:
        """Begin the next chapter."""
        self.chapters += 1
        head = f"{self.chapters}. {title}"
        self._write("", "")
        self._bold(head, "=" * len(head))
        for paragraph in paragraphs:
            self.say(paragraph)

    def section(self, title: str) -> None:
        """Begin a part of a chapter."""
        self._write("")
        self._bold(title)

    def say(self, text: str) -> None:
        """A paragraph of the story."""
        self._write("", *textwrap.wrap(" ".join(text.split()), _WIDTH))

    def command(self, words: Sequence[str]) -> None:
        """What one would type; where it is long it goes on in the next line, and can still be copied."""
        self._write("")
        for line in folded(words):
            self._bold(f"{_INDENT}{line}")

    def outcome(self, *lines: str) -> None:
        """What came of it; a long line goes on below, further in."""
        for line in lines:
            first = _INDENT + line[: len(line) - len(line.lstrip())]
            folded = textwrap.wrap(line.strip(), _WIDTH, initial_indent=first, subsequent_indent=f"{first}    ")
            self._write(*(folded or [""]))

    def always(self, *lines: str) -> None:
        """Lines that are told even quietly."""
        print(*lines, sep="\n", file=self.out)

    @contextmanager
    def passing(self, what: str, total: int) -> Iterator[Beats]:
        """Time goes by; on a terminal a bar says how much of it."""
        if self.quiet or not self.out.isatty():
            yield lambda: None
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(file=self.out), transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda: progress.advance(task)

    def _bold(self, *lines: str) -> None:
        if self.quiet:
            return
        if not self.out.isatty():
            self._write(*lines)
            return
        from rich.console import Console
        from rich.text import Text

        console = Console(file=self.out, highlight=False, soft_wrap=True)
        for line in lines:
            console.print(Text(line, "bold"))

    def _write(self, *lines: str) -> None:
        if not self.quiet:
            print(*lines, sep="\n", file=self.out)


def folded(words: Sequence[str]) -> list[str]:
    """A command as one types it, in lines that a shell reads as one; an option stays beside its value."""
    lines = ["$"]
    for piece in _pieces(words):
        if len(lines[-1]) + len(piece) > _WIDTH - len(_INDENT) - 3:
            lines.append(f"   {piece}")
        else:
            lines[-1] += f" {piece}"
    return [f"{line} \\" for line in lines[:-1]] + lines[-1:]


def _pieces(words: Sequence[str]) -> Iterator[str]:
    option = ""
    for word in words:
        if option:
            yield f"{option} {_quoted(word)}"
            option = ""
        elif word.startswith("--") and word not in _FLAGS:
            option = word
        else:
            yield _quoted(word)


def _quoted(word: str) -> str:
    return word if "'" not in word and word == shlex.quote(word) else _double(word)


def _double(word: str) -> str:
    # A text with an apostrophe reads better in double quotes; anything a shell would expand keeps single ones.
    plain = not any(c in word for c in '"$`\\!')
    return f'"{word}"' if plain else shlex.quote(word)


def rows(header: Sequence[str], cells: Iterable[Sequence[str]]) -> list[str]:
    """A table as lines."""
    table = [list(header), *map(list, cells)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
