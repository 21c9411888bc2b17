"""THE route table: every address that answers, who may come that far, and what it asks the engine for.

A route that is not here fails a test, and so does a line without a route. Deny by default: whoever is let in is only
somebody; what they may do there is asked of `registry/permissions.py` under the name in `asks`, and what is shown of a
cycle is its definition's `visible` to say. The same test tries every line with everybody.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Who = Literal["anyone", "visitor", "token"]
"""`anyone`: also who is not signed in. `visitor`: a session. `token`: a token, or for GET a session as well."""
About = Literal["cycle", "person", "organisation", "partnership", "programme", "self", ""]
"""What kind of thing the address names; `self`: only ever what belongs to whoever is signed in; empty: none."""


class Route(NamedTuple):
    """One method of one address."""

    method: str
    path: str
    who: Who
    asks: str | None = None
    """The name in the permission table; None where nothing is asked of the engine."""
    about: About = ""


PAGES: Final = (
    Route("GET", "/", "anyone"),
    Route("GET", "/health", "anyone"),
    Route("GET", "/ready", "anyone"),
    Route("GET", "/metrics", "anyone"),  # but by whom, its own settings say: see metrics.py
    Route("GET", "/sign-in", "anyone"),
    Route("POST", "/sign-in", "anyone"),
    Route("GET", "/sign-in/link/{secret}", "anyone"),
    Route("POST", "/sign-in/link/{secret}", "anyone"),
    Route("POST", "/sign-out", "anyone"),
    Route("GET", "/work", "visitor", "inbox", "self"),
    Route("GET", "/cycles/{handle}", "visitor", "cycle show", "cycle"),
    Route("GET", "/cycles/{handle}/steps/{name}", "visitor", "cycle next", "cycle"),
    Route("POST", "/cycles/{handle}/steps/{name}", "visitor", "cycle do", "cycle"),
    Route("GET", "/cycles/{handle}/sign/{name}", "visitor", "cycle next", "cycle"),
    Route("POST", "/cycles/{handle}/sign/{name}", "visitor", "cycle agree", "cycle"),
    Route("GET", "/cycles/{handle}/offers/{role}", "visitor", "cycle next", "cycle"),
    Route("POST", "/cycles/{handle}/offers/{role}", "visitor", "cycle accept", "cycle"),
)
"""Of the pages; helpers who make one add theirs here."""

API: Final[tuple[Route, ...]] = ()
"""Under /api."""

ROUTES: Final = (*PAGES, *API)

MOUNTED: Final = ("/static",)
"""Folders of files that are for anyone."""
