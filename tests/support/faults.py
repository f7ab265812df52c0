"""The real parts that faults strike: PostgreSQL, Prefect's server, workers and a mail server."""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from desk.clock import utc_now
from desk.requests.activation import use
from desk.requests.at_the_gate import ReviewAlreadyDecided
from desk.requests.payments import money_of, record_payment
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept, resubmit
from desk.requests.waiting import load_request
from models.database import is_passing, transaction
from models.links import LinkPurpose
from models.migrate import migrate
from models.payments import bill_of
from models.requests import Request
from models.run_states import RunState
from rules.register.fields import Field
from rules.requests.review import ReturnReason
from rules.requests.statuses import Kind, Status
from rules.requests.transitions import FINAL
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from stack.local import POOL, POOL_TYPE, ROOT
from stack.postgres import EmbeddedPostgres
from stack.prefect_server import PrefectServer
from stack.processes import Child
from support.cards import register_holder, renewal
from support.mailbox import Arrived
from support.newcomers import stranger
from support.patience import Patience
from support.people import register_applicant, specialty_change
from support.policies import FORM_DECIDES, changed_policy
from support.post_office import PostOffice
from support.prefect_window import PrefectWindow
from support.stack import open_folder, session_prefect

_TESTS = Path(__file__).parent.parent
_numbers = count(1)
#: Uses the link in a letter.
Pressing = Callable[[Arrived], Awaitable[None]]


@dataclass(frozen=True)
class Parts:
    """Everything but a worker: each test starts the workers that it needs."""

    postgres: EmbeddedPostgres
    prefect: PrefectServer
    post: PostOffice
    folder: Path

    def environment(self) -> dict[str, str]:
        """The variables by which a process finds these parts."""
        return {
            **self.prefect.client_env(),
            "DATABASE_URL": self.postgres.url("mumaris"),
            "MUMARIS_SMTP_HOST": "127.0.0.1",
            "MUMARIS_SMTP_PORT": str(self.post.port),
            "MUMARIS_PORTAL_URL": "http://portal.example.org",
            "MUMARIS_MAIL_REPLY_TO": "help@portal.example.org",
            # Faults are found by looking: nobody rings for a run that died.
            "MUMARIS_CARETAKER_SECONDS": "1",
        }

    def form_on(self) -> dict[str, str]:
        """What lets a worker's runs be decided by Prefect's form."""
        return {"MUMARIS_POLICY": str(changed_policy(self.folder, FORM_DECIDES))}

    @property
    def window(self) -> PrefectWindow:
        """What operations see."""
        return PrefectWindow(self.prefect.api_url)

    def child(self, name: str, command: list[str], **more: str) -> Child:
        """A process of ours that knows these parts; not started yet."""
        path = os.pathsep.join([str(ROOT), str(_TESTS)])
        env = {**os.environ, **self.environment(), "PYTHONPATH": path, **more}
        return Child(name, command, log=self.folder / f"{name}.log", env=env, cwd=ROOT)

    @contextmanager
    def worker(self, **more: str) -> Iterator[Child]:
        """A healthy worker, ready to work; ``more`` is added to its environment."""
        name = f"worker-{next(_numbers)}"
        options = ["--pool", POOL, "--type", POOL_TYPE, "--name", name]
        command = [sys.executable, "-m", "prefect", "worker", "start", *options]
        child = self.child(name, command, **more)
        child.start()
        try:
            child.wait_until_ready(lambda: "started!" in child.log.read_text(), within=300)
            yield child
        finally:
            child.stop(grace=15)


@contextmanager
def all_parts() -> Iterator[Parts]:
    """Start everything once; the application's tables are made and the flows deployed."""
    with (
        open_folder() as folder,
        PostOffice() as post,
        EmbeddedPostgres(folder / "pg") as postgres,  # durable: it is crashed
        session_prefect(postgres) as prefect,
    ):
        postgres.create_database("mumaris")
        parts = Parts(postgres, prefect, post, folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", postgres.url("mumaris"))
            migrate()
        with temporary_settings({PREFECT_API_URL: prefect.api_url}):
            asyncio.run(deploy())
        yield parts


async def deploy() -> None:
    """What `mumaris deploy` does with prefect.yaml, in a tenth of its time."""
    wanted: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text())[
        "deployments"
    ]
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=POOL, type=POOL_TYPE))
        for deployment in wanted:
            await _create(client, deployment)


async def _create(client: PrefectClient, wanted: dict[str, Any]) -> None:
    flow_id = await client.create_flow_from_name(wanted["name"])
    await client.create_deployment(
        flow_id=flow_id,
        name=wanted["name"],
        entrypoint=wanted["entrypoint"],
        tags=wanted["tags"],
        work_pool_name=wanted["work_pool"]["name"],
        work_queue_name=wanted["work_pool"]["work_queue_name"],
    )


async def until(
    holds: Callable[[], Awaitable[bool] | bool], what: str, *, within: float = 40.0
) -> None:
    """Return once the condition holds; an AssertionError that names it after so many seconds."""
    patience = Patience(within)
    while True:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return
        assert not patience.is_at_its_end, f"waited {within:g} s in vain until {what}"
        await asyncio.sleep(0.1)


async def stands_at(tracking_code: str, *statuses: Status, within: float = 40.0) -> Request:
    """The request, once it has one of these statuses."""

    async def there() -> bool:
        return (await load_request(tracking_code)).status in statuses

    await until(there, f"{tracking_code} is {' or '.join(statuses)}", within=within)
    return await load_request(tracking_code)


async def waits(request: Request) -> Request:
    """The request, once its run has suspended itself and our row says so."""
    found: list[Request] = []

    async def waiting() -> bool:
        async with transaction() as session:
            found[:] = [await session.get_one(Request, request.id)]
        return found[0].run_state == RunState.WAITING

    await until(waiting, "the run waits")
    return found[0]


async def all_end_activated(parts: Parts, *tracking_codes: str) -> None:
    """Wait until every run is settled, and see that Prefect shows the outcome of each."""

    async def settled() -> bool:
        return {one.run_state for one in await _requests(tracking_codes)} == {RunState.SETTLED}

    await until(settled, "every run is settled", within=90)
    outcomes = [await parts.window.outcome_of(code) for code in tracking_codes]
    assert outcomes == ["Activated"] * len(tracking_codes)


async def approve(tracking_code: str, officer: str = "amal") -> None:
    """Decide as an officer does."""
    ruling = Ruling(verdict=Verdict.APPROVE, officer=officer)
    await decide(tracking_code, ruling, now=utc_now())


async def send_back(tracking_code: str) -> None:
    """Ask for the specialty to be corrected, as an officer does."""
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code=ReturnReason.UNCLEAR,
        fields=[Field.SPECIALTY],
    )
    await decide(tracking_code, ruling, now=utc_now())


async def pay(request: Request) -> None:
    """Report the payment of its bill, as whoever receives the money does."""
    async with transaction() as session:
        bill = await bill_of(session, request.id)
    assert bill is not None
    now = utc_now()
    await record_payment(bill.number, money_of(bill), paid_on=riyadh_day(now), now=now)


async def press(letter: Arrived, purpose: LinkPurpose = LinkPurpose.ACTIVATE) -> None:
    """Use the link in the letter, as the portal does."""
    page = {LinkPurpose.ACTIVATE: "activate", LinkPurpose.STOP: "stop"}[purpose]
    await use(re.split("/", letter.link(page))[-1], purpose, now=utc_now())


async def letter(
    post: PostOffice, tracking_code: str, page: str = "activate", *, to: str = ""
) -> Arrived:
    """The newest letter about the request, to this address, with a link to this page."""

    def arrived() -> list[Arrived]:
        return [one for one in post.letters(tracking_code, page=page) if to in one.to]

    await until(lambda: bool(arrived()), f"a letter with a link to /{page}/ arrived")
    return arrived()[-1]


async def people_act(post: PostOffice, *tracking_codes: str, pressing: Pressing = press) -> None:
    """What people do meanwhile: approve at the gate, correct, pay, press the link that was mailed.

    Each only once the run has gone to wait for it, so that every run takes the same way. Who gets
    an error because the database is away looks again. Returns when all these requests are closed.
    """
    is_one_open = True
    while is_one_open:
        is_one_open = await _people_look(post, tracking_codes, pressing)
        await asyncio.sleep(0.2)


async def _people_look(
    post: PostOffice, tracking_codes: Collection[str], pressing: Pressing
) -> bool:
    """Once through all of them; whether one is open still."""
    try:
        open_ = [one for one in await _requests(tracking_codes) if not _is_closed(one)]
        for request in open_:
            await _do_their_part(post, request, pressing)
    except (DBAPIError, psycopg.OperationalError) as error:
        if not is_passing(error):
            raise
    except ReviewAlreadyDecided:  # it was kept, and the answer lost
        pass
    else:
        return bool(open_)
    return True


async def _requests(tracking_codes: Collection[str]) -> Sequence[Request]:
    async with transaction() as session:
        query = select(Request).where(col(Request.tracking_code).in_(tracking_codes))
        return (await session.exec(query)).all()


def _is_closed(request: Request) -> bool:
    return request.status in FINAL


async def _do_their_part(post: PostOffice, request: Request, pressing: Pressing) -> None:
    waits = request.run_state in {RunState.SUSPENDING, RunState.WAITING}
    if not waits or request.waits_in != request.status:
        return
    if request.status == Status.UNDER_REVIEW:
        await approve(request.tracking_code)
    elif request.status == Status.RETURNED:
        await resubmit(request.tracking_code, request.submission, now=utc_now())
    elif request.status == Status.AWAITING_PAYMENT:
        await pay(request)
    elif arrived := post.letters(request.tracking_code, page="activate"):
        await pressing(arrived[0])


async def submit_specialty(name: str) -> Request:
    """A new applicant's request that an officer decides on."""
    applicant = await register_applicant()
    today = datetime.now(UTC).date()
    wish = specialty_change(
        today,
        registration_number=applicant.registration_number,
        idempotency_key=f"{name}-{applicant.registration_number}",
        preferred_language="en",
    )
    return await accept(Kind.PROFILE_UPDATE, wish, now=utc_now())


async def submit_renewal(name: str) -> Request:
    """A new card holder's renewal."""
    today = riyadh_day(utc_now())
    holder = await register_holder(expires_on=today + timedelta(days=30))
    wish = renewal(
        today,
        registration_number=holder.registration_number,
        idempotency_key=f"{name}-{holder.registration_number}",
    )
    return await accept(Kind.CARD_RENEWAL, wish, now=utc_now())


async def submit_registration(name: str) -> Request:
    """The registration of somebody whom no other test knows."""
    other = await register_applicant()  # the officers, and a number that nobody else has
    who = await stranger(f"6{other.registration_number[1:]}")
    wish = who.registration(riyadh_day(utc_now()), idempotency_key=f"{name}-{who.identity_number}")
    return await accept(Kind.REGISTRATION, wish, now=utc_now())


async def submit_each(name: str) -> list[Request]:
    """A new request of every kind that an officer decides on."""
    ways = {
        Kind.PROFILE_UPDATE: submit_specialty,
        Kind.CARD_RENEWAL: submit_renewal,
        Kind.REGISTRATION: submit_registration,
    }
    return [await ways[kind](name) for kind in Kind]


async def set_row(tracking_code: str, **values: Any) -> None:
    """Put a request where a test wants it."""
    async with transaction() as session:
        await session.exec(
            update(Request).where(col(Request.tracking_code) == tracking_code).values(**values)
        )
