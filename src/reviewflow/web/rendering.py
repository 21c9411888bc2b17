"""Templates become answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, meta, nodes

from reviewflow.web.menu import menu
from reviewflow.web.site import Site, environment

_LAYOUT: Final = "layout.html"
_SENT_BACK: Final = 422
"""What a form is answered with that was not taken as it was sent (RFC 9110, 15.5.21)."""


def page(
    request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **data: Any
) -> HTMLResponse:
    """A page; what the layout shows of the visitor comes with the request. `KeyError` for a name it was not given."""
    site: Site = request.app.state.site
    person = getattr(request.state, "person", None)
    given = {
        "visitor": person, "menu": menu(site, person) if person else [], "here": request.url.path,
        "demo": site.options.demo, "faults": [], "sent_back": status == _SENT_BACK, **data,
    }  # fmt: skip
    if unknown := _names(site.pages, template) - given.keys():
        raise KeyError(f"{template} was not given {', '.join(sorted(unknown))}")
    return HTMLResponse(site.pages.get_template(template).render(given), status, headers)


def bare(title: str, *lines: str) -> bytes:
    """A page of trouble for whoever cannot be asked who they are: the application itself was not reached."""
    given: dict[str, Any] = {
        "visitor": None, "menu": [], "here": "", "demo": False, "faults": [], "sent_back": False, "title": title,
        "lines": lines,
    }  # fmt: skip
    return environment().get_template("trouble.html").render(given).encode()


@cache
def _names(pages: Environment, template: str) -> frozenset[str]:
    """The names that a template and its layout use.

    Jinja's own strictness would reach into the components too, which leave out what they are not given.
    """
    names: set[str] = set()
    assert pages.loader is not None
    for one in (template, _LAYOUT):
        parsed = pages.parse(pages.loader.get_source(pages, one)[0])
        names |= meta.find_undeclared_variables(parsed) - set(_made(parsed))
    return frozenset(names - pages.globals.keys())


def _made(parsed: nodes.Template) -> Iterator[str]:
    """What a template imports or sets; it takes these for unknown within its blocks."""
    for imported in parsed.find_all(nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in imported.names)
    for assigned in parsed.find_all(nodes.Assign):
        yield from (name.name for name in assigned.find_all(nodes.Name) if name.ctx == "store")
