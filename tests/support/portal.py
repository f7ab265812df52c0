"""The portal's surroundings in tests: a clock to set, and requests with links to open."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from desk.requests.waiting import load_request
from models.database import transaction
from models.links import LinkPurpose
from models.requests import find_request
from portal.app import build_app
from support.people import contact_change, register_applicant
from support.requests import NOW, request_awaiting_activation, token_of

#: What a press of a person sends: the box beside the button is ticked.
SURE = {"sure": "yes"}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    async def read(self) -> datetime:
        """The instant it shows."""
        return self.now

    def forward(self, by: timedelta) -> None:
        """Move it."""
        self.now += by


@dataclass(frozen=True)
class Mailed:
    """A request that waits for its link, and the token in the letter."""

    code: str
    token: str

    async def status(self) -> str:
        """Where the request stands."""
        return (await load_request(self.code)).status

    @property
    def ending(self) -> dict[str, str]:
        """What a person sends who stops it: the end of the tracking code."""
        return {"code": self.code[-4:]}

    async def newest_token(self, purpose: LinkPurpose = LinkPurpose.ACTIVATE) -> str:
        """The token in the newest letter."""
        return await token_of(await load_request(self.code), purpose)


async def mailed_link(*, now: datetime = NOW, **changes: str) -> Mailed:
    """A request of a new applicant, approved, with its activation letter written."""
    applicant = await register_applicant()
    submission = contact_change(
        registration_number=applicant.registration_number,
        idempotency_key=applicant.registration_number,
        changes=changes or {"mobile": "0551112233"},
    )
    return Mailed(*await request_awaiting_activation(submission, now=now))


async def put(code: str, **facts: object) -> None:
    """Set the request's row to what a test needs to see on a page."""
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        for name, value in facts.items():
            setattr(row, name, value)


_prepared = cache(build_app)


def fresh_app() -> FastAPI:
    """A portal that has just been started; only the last one's overrides hold.

    Its routes are those of the first one: FastAPI prepares them when they are first asked for,
    which takes longer than most tests.
    """
    app, prepared = build_app(), _prepared()
    for new, old in ((app, prepared), (app.state.api, prepared.state.api)):
        new.router.routes = old.router.routes
        old.dependency_overrides = new.dependency_overrides
    return app


def routes_of(portal: FastAPI) -> set[tuple[str, str]]:
    """Method and path of each; HEAD goes with GET."""
    return {
        (method, route.path) for route in _all(portal.routes) for method in route.methods - {"HEAD"}
    }


def _all(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """Those of routers too, which stand in the application as one route each."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from _all(route.original_router.routes)  # type: ignore[attr-defined] # or it fails
