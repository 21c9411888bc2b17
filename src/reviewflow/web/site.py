"""What every page needs: the installation, who may come in, how pages are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, PackageLoader

from reviewflow.access.drafts import Drafts
from reviewflow.access.links import Links
from reviewflow.access.oidc import Oidc, configured
from reviewflow.access.passwords import Passwords
from reviewflow.access.sessions import Sessions
from reviewflow.access.throttle import Throttle
from reviewflow.cycle.seeing import HIDDEN
from reviewflow.web.forms.choosing import fresh, options
from reviewflow.web.static_files import STATIC, version
from reviewflow.web.words import day, moment, plural, size
from reviewflow.wiring import Installation


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the pages are reached. `url`: the address that people type, as in https://reviews.example."""

    url: str | None = None
    demo: bool = False

    @property
    def secure(self) -> bool:
        """Whether people come by https: cookies are then sent no other way."""
        return bool(self.url) and urlsplit(str(self.url)).scheme == "https"


@dataclass(frozen=True, slots=True)
class Site:
    """One for the whole process; safe for many threads."""

    installation: Installation
    options: WebOptions
    pages: Environment
    sessions: Sessions
    passwords: Passwords
    links: Links
    throttle: Throttle
    drafts: Drafts
    service: Oidc | None
    """Another service that says who somebody is, where the settings name one."""


def site(installation: Installation, options: WebOptions) -> Site:
    """Everything over one installation. `BadInput` for settings of a sign-in service that do not fit."""
    store, clock, vault, settings = installation.store, installation.clock, installation.vault, installation.settings
    service = Oidc(settings, store, vault, clock, installation.engine.knowing) if configured(settings) else None
    return Site(
        installation, options, environment(),
        Sessions(store, clock, idle=settings.session_idle, whole=settings.session_whole),
        Passwords(store, vault, clock), Links(store, clock), Throttle(store, vault, clock),
        Drafts(store, vault, clock), service,
    )  # fmt: skip


@cache
def environment() -> Environment:
    """The templates: ours, and the components of GOV.UK Frontend. Whatever is shown is escaped."""
    found = Environment(
        loader=ChoiceLoader([PackageLoader("reviewflow.web"), _components()]),
        extensions=["jinja2.ext.do"], autoescape=True, auto_reload=False,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters |= {"day": day, "moment": moment}
    styled: Any = (STATIC / "govuk" / "govuk-frontend.css").exists()
    asked: dict[str, Any] = {"options": options, "fresh": fresh, "plural": plural, "size": size, "HIDDEN": HIDDEN}
    found.globals |= {**asked, "styled": styled, "version": version()}
    return found


def _components() -> PackageLoader:
    """Found under the name by which the components find one another."""
    return _Prefixed("govuk_frontend_jinja")


class _Prefixed(PackageLoader):
    def get_source(self, environment: Environment, template: str) -> Any:
        return super().get_source(environment, template.removeprefix(f"{self.package_name}/"))
