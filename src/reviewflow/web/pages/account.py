"""What is known of the visitor, and what they decide for themselves: password, sessions, stand-in, interests."""

from __future__ import annotations

from typing import Any, Final, get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.people import person
from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Fault
from reviewflow.events import Asked
from reviewflow.registry.commands import DeclareRelationship, DelegateAbsence, EndAbsence
from reviewflow.registry.events import Nature
from reviewflow.registry.scopes import Scope
from reviewflow.web.doing import Outcome, act
from reviewflow.web.forms.small import Faults, Small, day_of, needed, needed_day
from reviewflow.web.forms.wrong import placed
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, cookie_name, site_of
from reviewflow.web.words import plural

routes = APIRouter()

NATURES: Final[dict[Nature, str]] = {
    "employment": "I work or worked there", "governance": "I am or was a governor or trustee there",
    "family": "Somebody of my family is there", "friendship": "Friendship", "financial": "Money",
    "other": "Something else",
}  # fmt: skip
assert set(NATURES) == set(get_args(Nature))
_SAID: Final = {
    "password": "Your password is set. Everywhere else you were signed out.",
    "session": "That session was ended.",
    "delegated": "They may act for you in those days, and were not told by this service: tell them.",
    "returned": "Nobody acts for you any more from tomorrow on.",
    "declared": "Your interest was recorded.",
}  # fmt: skip


@routes.get("/account")
def account(request: Request, who: Here, said: str = "") -> Response:
    """Everything about the visitor."""
    return _page(request, who, _SAID.get(said, ""))


@routes.post("/account/password")
def set_password(request: Request, who: Here, sent: Sent) -> Response:
    """Set or change it; who has one must know it. Every other session ends."""
    site = site_of(request)
    old, new = sent.text("old"), sent.text("new")
    faults: Faults = []
    with asking(site.installation, who.person) as question:
        question.may("person sign-in", Scope("person", who.person))
        about = _words_about(question, who.person)
    if site.passwords.has(who.person):
        wait = site.throttle.attempt("account", who.person)
        if wait > 0:
            minutes = plural(max(1, round(wait / 60)), "minute")
            return _page(request, who, faults=[("old", f"Too many attempts. Try again in {minutes}.")], status=429)
        if not site.passwords.check(who.person, old):
            faults.append(("old", "Enter the password you have now" if not old else "That is not your password"))
        else:
            site.throttle.cleared("account", who.person)
    if not new:
        faults.append(("new", "Enter the new password"))
    if not faults:
        try:
            site.passwords.set(who.person, new, about=about, keep=request.cookies.get(cookie_name(site)))
        except BadInput as error:
            faults = placed(error.faults, {"password": "new"})
    return _page(request, who, faults=faults) if faults else _back("password")


@routes.post("/account/sessions")
def end_sessions(request: Request, who: Here, sent: Sent) -> Response:
    """End one session of the visitor's own, or all but the one they are in."""
    site = site_of(request)
    with asking(site.installation, who.person) as question:
        question.may("person sign-in", Scope("person", who.person))
    if sent.text("all"):
        site.sessions.end_all(who.person, but=request.cookies.get(cookie_name(site)))
    elif sent.text("session"):
        site.sessions.end_one(who.person, sent.text("session"))
    return _back("session")


@routes.post("/account/stand-in")
def delegate(request: Request, who: Here, sent: Sent) -> Response:
    """Let somebody act for the visitor for some days, or end that."""

    def begin(question: Question, asked: Asked) -> DelegateAbsence:
        given = needed(sent, to="the e-mail address of whoever acts for you", reason="why, as in: on leave")
        until = needed_day(sent, "until", "the last day")
        return DelegateAbsence(
            asked=asked, person=who.person, delegate=question.find.person(given["to"], "to"),
            since=day_of(sent, "since"), until=until, reason=given["reason"],
        )  # fmt: skip

    return _answer(request, who, sent, act(request, who.person, sent, begin, {"delegate": "to"}), "delegated")


@routes.post("/account/stand-in/end")
def end_delegation(request: Request, who: Here, sent: Sent) -> Response:
    """Today is the last day."""

    def end(question: Question, asked: Asked) -> EndAbsence:
        given = needed(sent, delegate="who is to act for you no longer")
        delegate = question.find.person(given["delegate"], "delegate")
        return EndAbsence(asked=asked, person=who.person, delegate=delegate, reason="back")

    return _answer(request, who, sent, act(request, who.person, sent, end, {"": ""}), "returned")


@routes.post("/account/interests")
def declare(request: Request, who: Here, sent: Sent) -> Response:
    """Declare an interest in an organisation or a person; declared again with a last day, it ends."""

    def declared(question: Question, asked: Asked) -> DeclareRelationship:
        given = needed(sent, other="the school or person that it is about", nature="what kind of interest it is")
        if given["nature"] not in NATURES:
            raise BadInput("the form", [Fault("nature", "", "what kind of interest it is")])
        return DeclareRelationship(
            asked=asked, person=who.person, other=question.find.anyone(given["other"], "other"),
            nature=given["nature"], note=sent.text("note").strip() or None,
            since=day_of(sent, "from"), until=day_of(sent, "to_day"),
        )  # fmt: skip

    found = act(request, who.person, sent, declared, {"since": "from.day", "until": "to_day.day"})
    return _answer(request, who, sent, found, "declared")


def _answer(request: Request, who: Visitor, sent: Posted, outcome: Outcome, said: str) -> Response:
    return _page(request, who, faults=outcome.faults, sent=sent) if outcome.faults else _back(said)


def _back(said: str) -> Response:
    return RedirectResponse(f"/account?said={said}", 303)


def _words_about(question: Question, viewer: str) -> list[str]:
    """What whoever knows the visitor would try as their password."""
    known = person(question, viewer)["person"]
    return [text for text in (known["name"], known["email"], *(role["place"] for role in known["roles"])) if text]


def _page(
    request: Request, who: Visitor, said: str = "", *, faults: Faults | None = None, sent: Posted | None = None,
    status: int | None = None,
) -> Response:  # fmt: skip
    site = site_of(request)
    with asking(site.installation, who.person) as question:
        me = person(question, who.person)["person"]
        day = question.day(question.only_programme())
        roles = [
            {**one, "days": question.allowed("calendar import", Scope(one["scope_kind"], one["scope"]))}
            for one in me["roles"] if one["until"] is None or one["until"] >= day
        ]  # fmt: skip
    faults = faults or []
    small = Small(sent or Posted(()), faults)
    return page(
        request, "account.html", status=status or (422 if faults else 200), faults=faults, said=said, me=me,
        has_password=site.passwords.has(who.person), service=site.service is not None,
        sessions=_sessions(site.sessions.of(who.person), who.session.id),
        stand_ins=[one for one in me["delegated"] if one["until"] >= day],
        stands_in_for=[one for one in me["stands_in_for"] if one["until"] >= day],
        roles=roles,
        interests=me["interests"], natures=NATURES,
        stand_in=[
            small.text("to", "Who acts for you", "Their e-mail address."),
            small.day("since", "First day", optional=True),
            small.day("until", "Last day"),
            small.text("reason", "Why", "As in: on leave. Few people can read it."),
        ],
        interest=[
            small.text("other", "School or person", "The name or number of a school, or somebody's e-mail address."),
            small.one_of("nature", "What it is", list(NATURES.items()), optional=False),
            small.text("note", "More about it", optional=True), small.day("from", "Since when", optional=True),
            small.day("to_day", "Until when, if it is over", optional=True),
        ],
    )  # fmt: skip


def _sessions(found: list[Any], here: str) -> list[dict[str, Any]]:
    ways = {"password": "with a password", "link": "with a link", "oidc": "with an account elsewhere"}
    return [
        {"id": one.id, "begun": one.begun, "seen": one.seen, "how": ways.get(one.how, one.how), "here": one.id == here}
        for one in found
    ]
