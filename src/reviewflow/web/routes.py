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
    Route("GET", "/sign-in/service", "anyone"),
    Route("GET", "/sign-in/service/back", "anyone"),
    Route("POST", "/sign-out", "anyone"),
    Route("GET", "/work", "visitor", "inbox", "self"),
    Route("GET", "/help", "anyone"),
    Route("GET", "/accessibility", "anyone"),
    Route("GET", "/privacy", "anyone"),
    Route("GET", "/account", "visitor", "person show", "self"),
    Route("POST", "/account/service", "visitor", "person sign-in", "self"),
    Route("POST", "/account/password", "visitor", "person sign-in", "self"),
    Route("POST", "/account/sessions", "visitor", "person sign-in", "self"),
    Route("POST", "/account/stand-in", "visitor", "person delegate", "self"),
    Route("POST", "/account/stand-in/end", "visitor", "person delegate", "self"),
    Route("POST", "/account/interests", "visitor", "person declare", "self"),
    Route("GET", "/account/tokens", "visitor", "token list", "self"),
    Route("POST", "/account/tokens", "visitor", "token add", "self"),
    Route("POST", "/account/tokens/revoke", "visitor", "token revoke", "self"),
    Route("GET", "/partnerships", "visitor", "partnership list"),
    Route("GET", "/partnerships/{partnership}", "visitor", "partnership show", "partnership"),
    Route("GET", "/history", "visitor", "audit log"),
    Route("POST", "/history", "visitor", "audit log"),
    Route("GET", "/history/difference", "visitor", "audit diff"),
    Route("POST", "/history/difference", "visitor", "audit diff"),
    Route("GET", "/administration", "visitor", "person add"),
    Route("GET", "/administration/people", "visitor", "person list"),
    Route("POST", "/administration/people", "visitor", "person list"),
    Route("GET", "/administration/people/add", "visitor", "person add"),
    Route("POST", "/administration/people/add", "visitor", "person add"),
    Route("GET", "/administration/people/{person}", "visitor", "person show", "person"),
    Route("POST", "/administration/people/{person}/roles", "visitor", "person role", "person"),
    Route("POST", "/administration/people/{person}/roles/end", "visitor", "person role", "person"),
    Route("POST", "/administration/people/{person}/training", "visitor", "person train", "person"),
    Route("POST", "/administration/people/{person}/training/withdraw", "visitor", "person train", "person"),
    Route("POST", "/administration/people/{person}/link", "visitor", "person sign-in", "person"),
    Route("POST", "/administration/people/{person}/sessions", "visitor", "person sign-in", "person"),
    Route("GET", "/administration/organisations", "visitor", "organisation list"),
    Route("GET", "/administration/organisations/add", "visitor", "organisation add"),
    Route("POST", "/administration/organisations/add", "visitor", "organisation add"),
    Route("GET", "/administration/organisations/{organisation}", "visitor", "organisation show", "organisation"),
    Route("GET", "/administration/partnerships", "visitor", "partnership leave"),
    Route("GET", "/administration/partnerships/add", "visitor", "partnership add"),
    Route("POST", "/administration/partnerships/add", "visitor", "partnership add"),
    Route("GET", "/administration/partnerships/{partnership}", "visitor", "partnership leave", "partnership"),
    Route("POST", "/administration/partnerships/{partnership}/join", "visitor", "partnership join", "partnership"),
    Route("POST", "/administration/partnerships/{partnership}/leave", "visitor", "partnership leave", "partnership"),
    Route("GET", "/administration/import/people", "visitor", "person import"),
    Route("POST", "/administration/import/people", "visitor", "person import"),
    Route("GET", "/administration/import/organisations", "visitor", "organisation import"),
    Route("POST", "/administration/import/organisations", "visitor", "organisation import"),
    Route("GET", "/administration/programmes", "visitor", "programme list"),
    Route("GET", "/administration/workflows", "visitor", "workflow list"),
    Route("GET", "/administration/workflows/{workflow}", "visitor", "workflow show"),
    Route("GET", "/administration/calendars", "visitor", "calendar show"),
    Route("GET", "/administration/tokens", "visitor", "token list"),
    Route("POST", "/administration/tokens/revoke", "visitor", "token revoke"),
    Route("GET", "/administration/health", "visitor", "status"),
    Route("GET", "/cycles", "visitor", "cycle list"),
    Route("GET", "/cycles/open", "visitor", "cycle open"),
    Route("POST", "/cycles/open", "visitor", "cycle open"),
    Route("GET", "/cycles/{handle}", "visitor", "cycle show", "cycle"),
    Route("GET", "/cycles/{handle}/steps/{name}", "visitor", "cycle next", "cycle"),
    Route("POST", "/cycles/{handle}/steps/{name}", "visitor", "cycle do", "cycle"),
    Route("GET", "/cycles/{handle}/sign/{name}", "visitor", "cycle next", "cycle"),
    Route("POST", "/cycles/{handle}/sign/{name}", "visitor", "cycle agree", "cycle"),
    Route("GET", "/cycles/{handle}/offers/{role}", "visitor", "cycle next", "cycle"),
    Route("POST", "/cycles/{handle}/offers/{role}", "visitor", "cycle accept", "cycle"),
    Route("GET", "/cycles/{handle}/evidence", "visitor", "cycle show", "cycle"),
    Route("POST", "/cycles/{handle}/evidence", "visitor", "cycle evidence", "cycle"),
    Route("GET", "/cycles/{handle}/evidence/{version:int}", "visitor", "cycle show", "cycle"),
    Route("GET", "/cycles/{handle}/notes", "visitor", "cycle show", "cycle"),
    Route("POST", "/cycles/{handle}/notes", "visitor", "cycle note", "cycle"),
    Route("GET", "/cycles/{handle}/team", "visitor", "cycle show", "cycle"),
    Route("GET", "/cycles/{handle}/team/{role}", "visitor", "cycle show", "cycle"),
    Route("POST", "/cycles/{handle}/team/{role}", "visitor", "cycle assign", "cycle"),
    Route("GET", "/cycles/{handle}/team/{role}/{person}/end", "visitor", "cycle show", "cycle"),
    Route("POST", "/cycles/{handle}/team/{role}/{person}/end", "visitor", "cycle withdraw", "cycle"),
    Route("GET", "/cycles/{handle}/history", "visitor", "cycle show", "cycle"),
    Route("GET", "/cycles/{handle}/history/difference", "visitor", "audit diff", "cycle"),
    Route("GET", "/cycles/{handle}/undo", "visitor", "cycle show", "cycle"),
    Route("POST", "/cycles/{handle}/undo", "visitor", "cycle undo", "cycle"),
    Route("GET", "/cycles/{handle}/events/{version:int}/correct", "visitor", "cycle show", "cycle"),
    Route("POST", "/cycles/{handle}/events/{version:int}/correct", "visitor", "cycle correct", "cycle"),
    Route("GET", "/cycles/{handle}/waive/{of}/{requirement}", "visitor", "cycle show", "cycle"),
    Route("POST", "/cycles/{handle}/waive/{of}/{requirement}", "visitor", "cycle waive", "cycle"),
    Route("GET", "/cycles/{handle}/consent", "visitor", "cycle show", "cycle"),
    Route("GET", "/cycles/{handle}/consent/{what}", "visitor", "cycle show", "cycle"),
    Route("POST", "/cycles/{handle}/consent/{what}", "visitor", "cycle consent", "cycle"),
)
"""Of the pages; helpers who make one add theirs here."""

API: Final = (
    Route("GET", "/api", "token"),
    Route("GET", "/api/", "token"),
    Route("GET", "/api/openapi.json", "token"),
    Route("GET", "/api/problems/{kind}", "token"),
    Route("GET", "/api/status", "token", "status"),
    Route("GET", "/api/inbox", "token", "inbox", "self"),
    Route("GET", "/api/events", "token", "status"),  # each record is judged by itself
    Route("GET", "/api/cycles", "token", "cycle list"),
    Route("GET", "/api/cycles/{cycle}", "token", "cycle show", "cycle"),
    Route("GET", "/api/cycles/{cycle}/history", "token", "cycle show", "cycle"),
    Route("GET", "/api/cycles/{cycle}/next", "token", "cycle next", "cycle"),
    Route("GET", "/api/cycles/{cycle}/steps/{step}", "token", "cycle next", "cycle"),
    Route("GET", "/api/cycles/{cycle}/evidence", "token", "cycle show", "cycle"),
    Route("GET", "/api/cycles/{cycle}/evidence/{version}/file", "token", "cycle show", "cycle"),
    Route("POST", "/api/cycles", "token", "cycle open"),
    Route("POST", "/api/cycles/{cycle}/steps/{step}", "token", "cycle do", "cycle"),
    Route("POST", "/api/cycles/{cycle}/agreements/{step}", "token", "cycle agree", "cycle"),
    Route("POST", "/api/cycles/{cycle}/assignments", "token", "cycle assign", "cycle"),
    Route("POST", "/api/cycles/{cycle}/evidence", "token", "cycle evidence", "cycle"),
    Route("POST", "/api/cycles/{cycle}/notes", "token", "cycle note", "cycle"),
    Route("POST", "/api/cycles/{cycle}/waivers", "token", "cycle waive", "cycle"),
    Route("POST", "/api/cycles/{cycle}/consents", "token", "cycle consent", "cycle"),
    Route("POST", "/api/cycles/{cycle}/corrections", "token", "cycle correct", "cycle"),
    Route("POST", "/api/cycles/{cycle}/undo", "token", "cycle undo", "cycle"),
    Route("GET", "/api/people", "token", "person list"),
    Route("GET", "/api/people/{person}", "token", "person show", "person"),
    Route("GET", "/api/people/{person}/leaving", "token", "inbox", "person"),
    Route("POST", "/api/people", "token", "person add"),
    Route("PATCH", "/api/people/{person}", "token", "person set", "person"),
    Route("POST", "/api/people/{person}/roles", "token", "person role", "person"),
    Route("POST", "/api/people/{person}/training", "token", "person train", "person"),
    Route("POST", "/api/people/{person}/interests", "token", "person declare", "person"),
    Route("POST", "/api/people/{person}/delegations", "token", "person delegate", "person"),
    Route("POST", "/api/people/{person}/handovers", "token", "person handover", "person"),
    Route("POST", "/api/people/{person}/forgetting", "token", "person forget", "person"),
    Route("POST", "/api/handovers/undo", "token", "person handover"),
    Route("GET", "/api/organisations", "token", "organisation list"),
    Route("GET", "/api/organisations/{organisation}", "token", "organisation show", "organisation"),
    Route("POST", "/api/organisations", "token", "organisation add"),
    Route("POST", "/api/organisations/successions", "token", "organisation succeed"),
    Route("GET", "/api/partnerships", "token", "partnership list"),
    Route("GET", "/api/partnerships/{partnership}", "token", "partnership show", "partnership"),
    Route("POST", "/api/partnerships", "token", "partnership add"),
    Route("POST", "/api/partnerships/{partnership}/members", "token", "partnership join", "partnership"),
    Route("POST", "/api/partnerships/{partnership}/departures", "token", "partnership leave", "partnership"),
    Route("GET", "/api/programmes", "token", "programme list"),
    Route("GET", "/api/programmes/{programme}", "token", "programme show", "programme"),
    Route("POST", "/api/programmes", "token", "programme add"),
    Route("PATCH", "/api/programmes/{programme}", "token", "programme set", "programme"),
    Route("GET", "/api/calendars", "token", "calendar show"),
    Route("POST", "/api/calendars", "token", "calendar import"),
    Route("GET", "/api/workflows", "token", "workflow list"),
    Route("GET", "/api/workflows/{workflow}", "token", "workflow show"),
    Route("GET", "/api/workflows/{workflow}/facts", "token", "workflow show"),
    Route("GET", "/api/workflows/{workflow}/diagram", "token", "workflow show"),
    Route("POST", "/api/workflows", "token", "workflow publish"),
    Route("GET", "/api/audit/log", "token", "audit log"),
    Route("GET", "/api/audit/replay", "token", "audit replay"),
    Route("GET", "/api/audit/replay/{cycle}", "token", "audit replay", "cycle"),
    Route("GET", "/api/audit/diff/{cycle}", "token", "audit diff", "cycle"),
    Route("GET", "/api/audit/recheck", "token", "audit recheck"),
)
"""Under /api."""

ROUTES: Final = (*PAGES, *API)

MOUNTED: Final = ("/static",)
"""Folders of files that are for anyone."""
