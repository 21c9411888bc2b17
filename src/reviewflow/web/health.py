"""Whether this process lives, and whether it can do its work: for whoever restarts it, or sends it requests."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from reviewflow.errors import ReviewflowError, StoreMoved
from reviewflow.following import positions
from reviewflow.wiring import Installation

_KEPT_BY_NOBODY = {"cache-control": "no-store"}


def routes(installation: Installation) -> APIRouter:
    """`/health` and `/ready`, for anybody: they say nothing about what is in the store."""
    router = APIRouter()

    @router.get("/health", name="health")
    async def health() -> JSONResponse:
        """The process lives and answers; nothing else is asked."""
        return JSONResponse({"status": "ok"}, headers=_KEPT_BY_NOBODY)

    @router.get("/ready", name="ready")
    def ready() -> JSONResponse:
        """It can read and record: 200, or 503 with every reason why not."""
        found = reasons(installation)
        status = "not ready" if found else "ready"
        return JSONResponse({"status": status, "reasons": found}, 503 if found else 200, headers=_KEPT_BY_NOBODY)

    return router


def reasons(installation: Installation) -> list[str]:
    """Everything that keeps it from its work, in words that give nothing away."""
    return [*_of_the_store(installation), *_of_the_vault(installation)]


def _of_the_store(installation: Installation) -> list[str]:
    settings = installation.settings
    if settings.in_file and not settings.store_path.exists():  # what we hold open would go on to answer
        return ["the store's file is gone"]
    # A connection that is taken anew checks the version of the tables; a kept one did when it was opened.
    try:
        with installation.store.snapshot() as snapshot:
            snapshot.position()
            places = positions.places(snapshot.connection)
    except StoreMoved:
        return ["the store was moved elsewhere"]
    except ReviewflowError:
        return ["the store does not answer, or is of another release"]
    ours = {view.name for view in installation.views.following}
    return [
        f"the follower {place.name} is broken at record {place.broken_at}: see `reviewflow status`"
        for place in places
        if place.broken_at is not None and place.name in ours
    ]


def _of_the_vault(installation: Installation) -> list[str]:
    place = installation.settings.keys_place
    if isinstance(place, Path) and not place.exists():
        return ["the file of the keys is gone"]
    try:
        if not installation.vault.readable:
            return ["the vault is there, and the master key that opens it is not"]
        installation.vault.forgotten("nobody")  # asks the keys file, as whoever reads a text does
    except ReviewflowError:
        return ["the vault does not answer, or its keys do not open"]
    return []
