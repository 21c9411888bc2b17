"""One person: roles given and ended, training recorded and withdrawn, links to sign in, sessions ended."""

from __future__ import annotations

from typing import Any, Final, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from reviewflow.asking.people import person
from reviewflow.asking.question import Question
from reviewflow.errors import BadInput, Fault, Refused
from reviewflow.events import Asked
from reviewflow.registry.commands import EndRole, GiveRole, RecordTraining, WithdrawTraining
from reviewflow.registry.events import INSTALLATION, ScopeKind
from reviewflow.registry.permissions import STANDING_ROLES
from reviewflow.registry.scopes import ANYWHERE, Scope
from reviewflow.web.administration.entry import Gathered
from reviewflow.web.doing import Making, act
from reviewflow.web.forms.small import Faults, Small, day_of, needed, needed_day
from reviewflow.web.rendering import page
from reviewflow.web.sentences import asking
from reviewflow.web.visiting import Here, Posted, Sent, Visitor, site_of

routes = APIRouter()

_PAGE: Final = "/administration/people/{person}"
_WHERE: Final = "A school, partnership or programme. Leave it empty for the whole installation."
_SAID: Final = {
    "added": "They are registered. Make a link for them to sign in, if they are to use these pages.",
    "given": "The role was given.", "ended": "The role was ended.", "trained": "The training was recorded.",
    "withdrawn": "The training no longer counts.", "sessions": "They are signed out everywhere.",
}  # fmt: skip


@routes.get(_PAGE)
def show(request: Request, person: str, who: Here, said: str = "") -> Response:
    """Everything about them that the visitor may see."""
    return _page(request, who, person, said=_SAID.get(said, ""))


@routes.post(_PAGE + "/roles")
def give_role(request: Request, person: str, who: Here, sent: Sent) -> Response:
    """Give a role in a place."""

    def given(question: Question, asked: Asked) -> GiveRole:
        form = Gathered()
        held = form.read(lambda: needed(sent, role="the role")["role"], "staff")
        since = form.read(lambda: day_of(sent, "since"), None)
        until = form.read(lambda: day_of(sent, "until"), None)
        whole: tuple[ScopeKind, str] = ("installation", INSTALLATION)
        kind, where = form.read(lambda: _place(question, sent.text("in").strip()), whole)
        form.check()
        return GiveRole(
            asked=asked, person=person, held=held, held_in=where, held_in_kind=kind, since=since, until=until
        )

    names = {"held": "role", "held_in": "in", "since": "since.day", "until": "until.day"}
    return _act(request, who, person, sent, given, "given", names, ("person role", ANYWHERE))


@routes.post(_PAGE + "/roles/end")
def end_role(request: Request, person: str, who: Here, sent: Sent) -> Response:
    """Today is the last day of a role, or a day that is given."""

    def ended(question: Question, asked: Asked) -> EndRole:
        kind, where = _place(question, sent.text("in"))
        return EndRole(
            asked=asked, person=person, held=sent.text("role"), held_in=where, held_in_kind=kind,
            on=day_of(sent, "last"),
        )  # fmt: skip

    return _act(request, who, person, sent, ended, "ended", {}, ("person role", ANYWHERE))


@routes.post(_PAGE + "/training")
def train(request: Request, person: str, who: Here, sent: Sent) -> Response:
    """Record a completed course."""

    def trained(_question: Question, asked: Asked) -> RecordTraining:
        form = Gathered()
        course = form.read(lambda: needed(sent, course="the course, as in peer-reviewer")["course"], "")
        completed = form.read(
            lambda: needed_day(sent, "completed", "the day on which it was completed"), asked.at.date()
        )
        valid_until = form.read(lambda: day_of(sent, "valid_until"), None)
        form.check()
        return RecordTraining(
            asked=asked, person=person, course=course, completed=completed, valid_until=valid_until
        )  # fmt: skip

    names = {"completed": "completed.day", "valid_until": "valid_until.day"}
    return _act(request, who, person, sent, trained, "trained", names, ("person train", Scope("person", person)))


@routes.post(_PAGE + "/training/withdraw")
def withdraw(request: Request, person: str, who: Here, sent: Sent) -> Response:
    """It no longer counts, from today on."""

    def withdrawn(_question: Question, asked: Asked) -> WithdrawTraining:
        why = needed(sent, why="why it no longer counts")["why"]
        return WithdrawTraining(asked=asked, person=person, training=sent.text("training"), reason=why)

    at = f"why-{sent.text('training')}"
    names = {"reason": at, "why": at, "training": ""}
    return _act(request, who, person, sent, withdrawn, "withdrawn", names, ("person train", Scope("person", person)))


@routes.post(_PAGE + "/link")
def make_link(request: Request, person: str, who: Here) -> Response:
    """A link that lets them in once; whoever made it sees it this one time."""
    site = site_of(request)
    with asking(site.installation, who.person) as question:
        question.may("person sign-in", Scope("person", person))
        question.there("person", person)
        name = question.called.person(person)
    secret = site.links.make(person, by=who.person)
    begin = site.options.url or str(request.base_url).rstrip("/")
    link = site.links.of(person)
    return page(
        request, "administration/link.html", name=name, person=person, until=link.until if link else None,
        address=f"{begin.rstrip('/')}/sign-in/link/{secret}",
    )  # fmt: skip


@routes.post(_PAGE + "/sessions")
def end_sessions(request: Request, person: str, who: Here) -> Response:
    """They are signed out wherever they are signed in."""
    site = site_of(request)
    with asking(site.installation, who.person) as question:
        question.may("person sign-in", Scope("person", person))
    site.sessions.end_all(person)
    return RedirectResponse(f"{_PAGE.format(person=person)}?said=sessions", 303)


def _place(question: Question, typed: str) -> tuple[ScopeKind, str]:
    if not typed or typed == INSTALLATION:
        return "installation", INSTALLATION
    kind, one = question.find.place(typed, "in")
    return cast("ScopeKind", kind), one


def _act(
    request: Request, who: Visitor, target: str, sent: Posted, making: Making, said: str, names: dict[str, str],
    ask: tuple[str, Scope],
) -> Response:  # fmt: skip
    outcome = act(request, who.person, sent, making, names, ask=ask)
    if outcome.done is None:
        try:
            return _page(request, who, target, sent=sent, faults=outcome.faults)
        except Refused:  # a role of a place of theirs, of somebody of whom they may see nothing
            raise BadInput("person", [Fault("person", repr(target), "no such person")]) from None
    return RedirectResponse(f"{_PAGE.format(person=target)}?said={said}", 303)


def _page(
    request: Request, who: Visitor, target: str, *, said: str = "", sent: Posted | None = None,
    faults: Faults | None = None,
) -> Response:  # fmt: skip
    site, faults = site_of(request), faults or []
    with asking(site.installation, who.person) as question:
        if question.now.person(target) is None:  # an address of a page names nobody but by their id
            raise BadInput("person", [Fault("person", repr(target), "no such person")])
        data: dict[str, Any] = person(question, target)["person"]
        day = question.day(question.only_programme())
        scope = Scope("person", data["id"])
        may = {name: question.allowed(name, scope) for name in ("person role", "person train", "person sign-in")}
        roles = sorted({*STANDING_ROLES, *_workflow_roles(question)})
    small = Small(sent or Posted(()), faults)
    signed_in = site.sessions.of(data["id"]) if may["person sign-in"] else []
    return page(
        request, "administration/person.html", status=422 if faults else 200, faults=faults, said=said, one=data,
        may=may, today=day, signed_in=len(signed_in),
        has_password=may["person sign-in"] and site.passwords.has(data["id"]),
        role_parts=[
            small.one_of("role", "Role", [(name, name.replace("_", " ").capitalize()) for name in roles]),
            small.text("in", "Where", _WHERE, optional=True),
            small.day("since", "First day", "Leave it empty for today.", optional=True),
            small.day("until", "Last day, if it is known", optional=True),
        ],
        training_parts=[
            small.text("course", "Course", "As in peer-reviewer."), small.day("completed", "Completed on"),
            small.day("valid_until", "Valid until", optional=True),
        ],
    )  # fmt: skip


def _workflow_roles(question: Question) -> set[str]:
    """Roles that published workflows want somebody to hold."""
    found: set[str] = set()
    for stream in question.now.touching("workflows"):
        published = question.now.workflow(stream.removeprefix("workflow-"))
        if published is not None:
            roles = question.now.definition(published.latest.digest).roles
            found |= {name for name, role in roles.items() if role.held_in}
    return found
