"""People who use an installation of two machines: what one portal refuses they ask of the other."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count, cycle
from typing import Any, Self, TypeAlias
from urllib.parse import urlsplit

import httpx
import psycopg
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from desk.clock import utc_now
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from models.database import is_passing, transaction
from models.letters import Letter
from models.requests import Request
from models.run_states import RunState
from rules.requests.letter_status import LetterStatus
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from support.cards import register_holder, renewal
from support.faults import people_act, until
from support.invariants import Wish
from support.machines import key_of
from support.mailbox import Arrived
from support.newcomers import stranger
from support.patience import Patience
from support.people import contact_change, register_applicant, specialty_change
from support.portal import SURE
from support.two_machines import Site

_BEFORE, _AFTER = ("submitted",), ("reference_issued", "awaiting_activation", "activated")
#: What histories tell.
STEPS_WITHOUT_REVIEW = (*_BEFORE, "approved", *_AFTER)
REVIEWED = (*_BEFORE, "under_review", "approved", *_AFTER)
#: What people on the register ask for, where the API takes it, and the steps that it takes.
_OVER_THE_API: tuple[tuple[Kind, str, Callable[..., dict[str, Any]], tuple[str, ...]], ...] = (
    (Kind.PROFILE_UPDATE, "profile-updates", specialty_change, REVIEWED),
    (Kind.CARD_RENEWAL, "card-renewals", renewal, REVIEWED),
    (
        Kind.PROFILE_UPDATE,
        "profile-updates",
        lambda _, **more: contact_change(**more),
        STEPS_WITHOUT_REVIEW,
    ),
)
_ANSWER_SECONDS = 10
_numbers = count(1)
#: Hands a wish in, and has its tracking code.
HandIn: TypeAlias = Callable[[], Awaitable[str]]


class Crowd:
    """Applicants, through the portals; officers, at the desk. An async context manager."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.wishes: list[Wish] = []
        self.codes: list[str] = []
        self._portals = cycle(machine.address for machine in site.machines)
        self._client = httpx.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False)
        self._key = ""

    async def __aenter__(self) -> Self:
        await register_applicant()  # an employer is known by the people it has
        self._key = await key_of(f"hospital-{next(_numbers)}", now=utc_now())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def prepared(self, many: int) -> list[HandIn]:
        """So many people with a wish each, of every kind in turn; each is handed in when called."""
        return [await self._prepared(number) for number in range(many)]

    async def act(self, *codes: str) -> None:
        """Until these requests are closed."""
        await people_act(self.site.post, *codes, pressing=self._press)

    async def settled(self) -> None:
        """Once no run and no e-mail of all these requests has anything left to do."""
        await until(self._is_settled, "every run and every e-mail is settled", within=200)

    async def carried(self, code: str) -> None:
        """Once a run has taken the request up."""

        async def is_carried() -> bool:
            try:
                return (await load_request(code)).status != Status.SUBMITTED
            except (DBAPIError, psycopg.OperationalError) as error:
                if not is_passing(error):
                    raise
                return False

        await until(is_carried, f"{code} is carried", within=200)

    async def _prepared(self, number: int) -> HandIn:
        turn = number % (len(_OVER_THE_API) + 1)
        if turn == len(_OVER_THE_API):
            return await self._newcomer()
        kind, path, wish, steps = _OVER_THE_API[turn]
        today = riyadh_day(utc_now())
        holder = await register_holder(expires_on=today + timedelta(days=30))
        sent = wish(today, registration_number=holder.registration_number, preferred_language="en")
        del sent["idempotency_key"]
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Idempotency-Key": f"wish-{holder.registration_number}",
        }

        async def hand_in() -> str:
            answer = await self._ask("POST", f"/api/v1/{path}", json=sent, headers=headers)
            code = str(answer.json()["tracking_code"])
            return self._taken(code, Wish(holder, kind, steps))

        return hand_in

    async def _newcomer(self) -> HandIn:
        """A registration, as a program hands it in: over no portal."""
        who = await stranger(f"9{next(_numbers):07}")
        key = f"wish-{who.identity_number}"
        wish = who.registration(riyadh_day(utc_now()), idempotency_key=key)
        found: list[str] = []

        async def is_taken() -> bool:
            try:
                request = await accept(Kind.REGISTRATION, wish, now=utc_now())
            except (DBAPIError, psycopg.OperationalError) as error:
                if not is_passing(error):
                    raise
                return False
            found.append(request.tracking_code)
            return True

        async def hand_in() -> str:
            await until(is_taken, "a registration is taken", within=300)
            return self._taken(found[0], Wish(who, Kind.REGISTRATION, REVIEWED))

        return hand_in

    def _taken(self, code: str, wish: Wish) -> str:
        self.wishes.append(wish)
        self.codes.append(code)
        return code

    async def _press(self, letter: Arrived) -> None:
        path = urlsplit(letter.link("activate")).path
        await self._ask("POST", f"{path}?lang=en", data=SURE)

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Of one portal after the other, until one has done it."""
        patience = Patience(300)
        while True:
            assert not patience.is_at_its_end, f"nobody answered {re.split('[?]', path)[0]}"
            try:
                answer = await self._client.request(method, f"{next(self._portals)}{path}", **more)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 400:
                return answer
            assert answer is None or answer.status_code in {409, 429} or answer.is_server_error, (
                answer.status_code,
                answer.text,
            )
            await asyncio.sleep(0.2)

    async def _is_settled(self) -> bool:
        try:
            async with transaction() as session:
                mine = col(Request.tracking_code).in_(self.codes)
                runs = (await session.exec(select(Request.run_state).where(mine))).all()
                owed = select(Letter.id).where(col(Letter.status) == LetterStatus.QUEUED).limit(1)
                return set(runs) == {RunState.SETTLED} and not (await session.exec(owed)).all()
        except (DBAPIError, psycopg.OperationalError) as error:
            if not is_passing(error):
                raise
            return False


class Watch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def seconds(self) -> float:
        """So many have passed."""
        return time.monotonic() - self._began
