"""The blocks of a document that are run: each stands under a line `<!-- run: NAME -->`."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from textwrap import dedent

from kit.postgres import Cluster
from kit.postgres_binaries import binaries, unprivileged

_BLOCK = re.compile(r"^ *<!-- run: (\S+) -->\n( *)```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


class Page:
    """A document with blocks by name; `words` says what stands for its words here."""

    def __init__(self, path: Path) -> None:
        """Every block of it."""
        found = _BLOCK.findall(path.read_text(encoding="utf-8"))
        self._blocks = {name: (kind, dedent(text)) for name, _, kind, text in found}
        self.unused = set(self._blocks)

    def _block(self, name: str, want: str, words: dict[str, str]) -> str:
        kind, text = self._blocks[name]
        assert kind == want
        self.unused.discard(name)
        for word, here in words.items():
            assert word in text, f"{word} does not stand in the block {name}"
            text = text.replace(word, here)
        return text

    def sql(self, name: str, server: Cluster, words: dict[str, str] | None = None) -> list[tuple[object, ...]]:
        """The rows of its last statement; each is run by itself, as psql does."""
        rows: list[tuple[object, ...]] = []
        for statement in self._block(name, "sql", words or {}).split(";"):
            if statement.strip():
                rows = server.execute(statement)
        return rows

    def sh(self, name: str, words: dict[str, str]) -> None:
        """Run it in a shell, as the user who runs servers."""
        text = f"set -eu\nPATH={binaries()}:$PATH\n{self._block(name, 'sh', words)}"
        done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=False, **unprivileged())
        assert done.returncode == 0, done.stderr
