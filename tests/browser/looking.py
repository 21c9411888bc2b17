"""What is looked for on any page, in any state: axe, and what axe does not look for (`looking.js`).

Each answers with faults, as lines that say where.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE: Final = Axe()
_OPTIONS: Final = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"], "preload": False}
"""Rules of WCAG 2.2 that axe leaves out unless it is told; no style is fetched again to look at it."""
_UNFOLD: Final = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
_OURS: Final = Path(__file__).with_name("looking.js").read_text("utf-8")


def axe(page: Page) -> list[str]:
    """What axe-core finds, with everything unfolded: WCAG 2.2 A and AA, and its best practices."""
    page.evaluate(_UNFOLD)
    found = _AXE.run(page, options=_OPTIONS).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def built(page: Page) -> list[str]:
    """One heading of the page, its title, landmarks, order, and that what is wrong is where it is said to be."""
    return _ours(page, "built")


def small(page: Page) -> list[str]:
    """Targets under 24 pixels (WCAG 2.2, 2.5.8)."""
    return _ours(page, "small")


def cut_off(page: Page) -> list[str]:
    """What cannot be read without scrolling sideways, or not at all (WCAG 2.2, 1.4.10)."""
    return _ours(page, "cutOff")


def cut_off_when_spaced(page: Page) -> list[str]:
    """The same with the text spacing that readers may set (WCAG 2.2, 1.4.12)."""
    return [f"spaced: {one}" for one in _ours(page, "spaced")]


def moves(page: Page) -> list[str]:
    """What moves by itself."""
    return _ours(page, "moves")


def unreadable(page: Page) -> list[str]:
    """Text with too little contrast to what is behind it, in the colours that are shown just now."""
    return _ours(page, "unreadable")


def all_of(page: Page) -> list[str]:
    """What is looked for everywhere."""
    return [*axe(page), *built(page), *small(page), *cut_off(page)]


def _ours(page: Page, name: str) -> list[str]:
    page.evaluate(_UNFOLD)
    found: list[str] = page.evaluate(f"() => {{ {_OURS}\nreturn looking.{name}(); }}")
    return found
