"""What is wrong with what was entered, as a form says it: one way for all pages."""

from __future__ import annotations

import re
from typing import Final

from reviewflow.errors import Fault

_BEGINNING: Final = re.compile(r"^(expected |must be given: )")


def sentence(fault: Fault) -> str:
    """A fault for somebody who reads it beside its input."""
    want = _BEGINNING.sub("", fault.want)
    text = f"got {fault.got}; want {want}" if fault.got else f"enter {want}"
    return text[:1].upper() + text[1:]
