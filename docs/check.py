"""What `make docs` checks: every link inside the documents leads somewhere, and every decision has its parts.

That generated pages equal the code, and that examples run, is told by tests (tests/docs, tests/cli).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Every document of the project."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")])


def faults() -> list[str]:
    """Everything wrong, with its place."""
    found = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            for target in LINK.findall(line):
                if "://" in target or target.startswith(("#", "mailto:")):
                    continue
                if not (page.parent / target.partition("#")[0]).exists():
                    found.append(f"{page.relative_to(ROOT)}:{number}: {target} leads nowhere")
    for page in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        text = page.read_text(encoding="utf-8")
        missing = [part for part in ("**Problem.**", "**Choice.**", "**Price.**") if part not in text]
        if missing:
            found.append(f"{page.relative_to(ROOT)}: has no {', '.join(missing)}")
    if not list((ROOT / "changelog.d").glob("*.md")):
        found.append("changelog.d: no fragment says what changed")
    return found


def main() -> int:
    """Print every fault; exit code 1 if there is one."""
    found = faults()
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    sys.stdout.write(f"{len(pages())} pages checked, {len(found)} faults\n")
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
