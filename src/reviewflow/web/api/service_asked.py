"""How the service itself fares, and the tokens that open it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from reviewflow.asking import effects_list, signing_in, status, views_standing
from reviewflow.web.api.answering import Then, answer, asking_for, named, told
from reviewflow.web.api.cycles_asked import Filter, Limit
from reviewflow.web.api.models import service as shapes
from reviewflow.web.api.models.register import Status
from reviewflow.web.api.operations import COMMAND, QUESTION

routes = APIRouter(tags=["service"])


@routes.get("/status", response_model=Status, operation_id="status", summary="What there is", responses=QUESTION)
def in_store(request: Request, then: Then) -> Response:
    """Counts; more for those who may read the whole log."""
    return told(request, then, status.status)


@routes.get(
    "/views", response_model=shapes.Views, operation_id="views", summary="How far views are", responses=QUESTION
)
def views(request: Request) -> Response:
    """Which are kept with every command, which by a follower; how far behind, broken, being rebuilt."""
    return told(request, None, lambda question: views_standing.views(question.installation, question.viewer))


@routes.get(
    "/effects", response_model=shapes.Effects, operation_id="effects", summary="What is sent", responses=QUESTION
)
def effects(
    request: Request,
    state: Annotated[
        list[Literal["waiting", "aside", "dropped", "done"]] | None,
        Query(max_length=4, description="In these states; without it, waiting and set aside."),
    ] = None,
    limit: Limit = 100,
) -> Response:
    """What is to be sent because of records: when it is tried next, or why it was set aside."""
    with asking_for(request) as question:
        return answer(request, effects_list.listed(question.installation, question.viewer, state or (), limit))


@routes.get("/tokens", response_model=shapes.Tokens, operation_id="listTokens", summary="Tokens", responses=QUESTION)
def tokens(request: Request, person: Filter = None) -> Response:
    """Your own, or everybody's if you may know of them; never what opens the service. Tokens are made elsewhere."""
    return told(request, None, lambda question: signing_in.tokens(question, person))


@routes.delete(
    "/tokens/{token}", response_model=shapes.TokenRevoked, operation_id="revokeToken", summary="End a token",
    responses=COMMAND,
)  # fmt: skip
def revoke(
    request: Request, token: Annotated[str, Path(description="Its id, or the beginning.", examples=["a1b2c3d4e5f6"])],
    *, dry_run: bool = False,
) -> Response:  # fmt: skip
    """It opens nothing any more, from now on. A token can end itself."""
    with asking_for(request) as question:
        return answer(request, named(lambda typed: signing_in.revoke_token(question, typed, dry_run=dry_run), token))
