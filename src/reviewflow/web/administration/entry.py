"""One small form on a page of its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from fastapi import Request, Response

from reviewflow.web.forms.asked import Part
from reviewflow.web.forms.filling import command_id
from reviewflow.web.forms.small import Faults
from reviewflow.web.rendering import page
from reviewflow.web.visiting import Posted

HANDLE: Final = "It is part of addresses and never changes. Without it, one is made from the name."


def entry_page(
    request: Request, title: str, parts: Sequence[Part], button: str, back: tuple[str, str], *, sent: Posted,
    faults: Faults, caption: str = "", intro: str = "",
) -> Response:  # fmt: skip
    """The form, with what was entered and what is wrong with it. `back`: an address, and what it is called."""
    command = command_id(sent.text("command")) if sent.pairs else secrets.token_hex(16)
    return page(
        request, "administration/form.html", status=422 if faults else 200, title=title, parts=parts, button=button,
        back=back, faults=faults, caption=caption, intro=intro, command=command,
    )  # fmt: skip
