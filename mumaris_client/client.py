"""The two clients: the same calls, with and without ``await``."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self, TypeVar

import httpx

from mumaris_client import calls, repeating
from mumaris_client.calls import Call, Wish
from mumaris_client.shapes import (
    Card,
    Changes,
    CheckedCards,
    Document,
    Eligibility,
    Job,
    JobRows,
    RequestInShort,
    RequestRead,
)

T = TypeVar("T")
#: Seconds; an upload takes as long as its file.
_TIMEOUT = httpx.Timeout(30.0, write=120.0)


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Accept": "application/json"}


class Mumaris:
    """The API, with a machine's key; every call raises `mumaris_client.errors.ApiProblem`.

    Where the API says when to try again, or the connection broke, a call that may be repeated is:
    `mumaris_client.repeating.ATTEMPTS` times at most. Then, or where it has to wait longer than
    `mumaris_client.repeating.LONGEST`, the last refusal is raised. ``wait`` is for tests.
    """

    def __init__(
        self,
        api: str,
        key: str,
        *,
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wait = wait
        self._client = httpx.Client(
            base_url=api, headers=_headers(key), timeout=_TIMEOUT, transport=transport
        )

    def __enter__(self) -> Self:
        """Use it; its connections are closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its connections."""
        self._client.close()

    def submit_profile_update(self, wish: Wish, *, key: str) -> RequestRead:
        """Hand a profile update in; the same ``key`` is the same request."""
        return self._send(calls.submit_profile_update(wish, key=key))

    def submit_card_renewal(self, wish: Wish, *, key: str) -> RequestRead:
        """Hand a card renewal in; the same ``key`` is the same request."""
        return self._send(calls.submit_card_renewal(wish, key=key))

    def submit_registration(self, wish: Wish, *, key: str) -> RequestRead:
        """Hand in a first registration of the employer's own; the same ``key`` is the same one."""
        return self._send(calls.submit_registration(wish, key=key))

    def read_request(self, code: str) -> RequestRead:
        """How a request stands: its status, what is to be corrected, until when, its bill."""
        return self._send(calls.read_request(code))

    def changes(self, cursor: str = "e0", *, limit: int = 50) -> Changes:
        """The requests that changed since the cursor of the last answer."""
        return self._send(calls.changes(cursor, limit=limit))

    def correct(self, code: str, wish: Wish, *, key: str) -> RequestRead:
        """Hand in the corrected submission of a returned request, whole."""
        return self._send(calls.correct(code, wish, key=key))

    def withdraw(self, code: str) -> RequestRead:
        """Take a request back; again, it changes nothing."""
        return self._send(calls.withdraw(code))

    def resend_link(self, code: str) -> RequestRead:
        """Have a new activation link e-mailed to the applicant."""
        return self._send(calls.resend_link(code))

    def submit_file(
        self,
        content: bytes,
        *,
        key: str,
        kind: str = "profile_update",
        form: str = "text/csv",
        check: bool = False,
        day_first: bool = False,
    ) -> Job:
        """Hand a file of submissions in; the same ``key`` is the same job.

        ``form`` is ``text/csv``, or ``application/x-ndjson``.
        """
        return self._send(
            calls.submit_file(
                content, key=key, kind=kind, form=form, check=check, day_first=day_first
            )
        )

    def read_job(self, job_id: str) -> Job:
        """How far a file is: ``waiting``, ``running``, ``done`` or ``failed``, and its counts."""
        return self._send(calls.read_job(job_id))

    def job_rows(self, job_id: str, cursor: str = "l0", *, limit: int = 50) -> JobRows:
        """What became of the rows behind the cursor of the last answer."""
        return self._send(calls.job_rows(job_id, cursor, limit=limit))

    def job_problems(self, job_id: str, cursor: str = "l0", *, limit: int = 50) -> JobRows:
        """Those of them that are to be put right, with every problem."""
        return self._send(calls.job_problems(job_id, cursor, limit=limit))

    def upload(
        self,
        registration_number: str | None,
        kind: str,
        content: bytes,
        *,
        email: str | None = None,
    ) -> Document:
        """Send a document of a practitioner; its ``id`` is what a submission names.

        Of who is to be registered, give None, and the ``email`` of the registration.
        """
        return self._send(calls.upload(registration_number, kind, content, email=email))

    def read_document(self, document_id: str) -> Document:
        """How a document stands."""
        return self._send(calls.read_document(document_id))

    def look_card_up(self, registration_number: str) -> Card:
        """The card of a practitioner."""
        return self._send(calls.look_card_up(registration_number))

    def check_cards(self, codes: Sequence[str]) -> CheckedCards:
        """Whether the cards of these codes are valid, in their order; at most 200."""
        return self._send(calls.check_cards(codes))

    def check_eligibility(self, registration_number: str, on: str | None = None) -> Eligibility:
        """Whether a card may be renewed on a day, or today."""
        return self._send(calls.check_eligibility(registration_number, on))

    def report_payment(
        self, bill: str, minor: int, *, currency: str = "SAR", paid_on: str
    ) -> RequestInShort:
        """Report that a bill was paid; reported again with the same day, it changes nothing."""
        return self._send(calls.report_payment(bill, minor, currency, paid_on))

    def _send(self, call: Call[T]) -> T:
        return repeating.send(call, self._client, self._wait)


class AsyncMumaris:
    """The API, for programs with asyncio; see `Mumaris`."""

    def __init__(
        self,
        api: str,
        key: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wait = wait
        self._client = httpx.AsyncClient(
            base_url=api, headers=_headers(key), timeout=_TIMEOUT, transport=transport
        )

    async def __aenter__(self) -> Self:
        """Use it; its connections are closed at the end."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def submit_profile_update(self, wish: Wish, *, key: str) -> RequestRead:
        """Hand a profile update in; the same ``key`` is the same request."""
        return await self._send(calls.submit_profile_update(wish, key=key))

    async def submit_card_renewal(self, wish: Wish, *, key: str) -> RequestRead:
        """Hand a card renewal in; the same ``key`` is the same request."""
        return await self._send(calls.submit_card_renewal(wish, key=key))

    async def submit_registration(self, wish: Wish, *, key: str) -> RequestRead:
        """Hand in a first registration of the employer's own; the same ``key`` is the same one."""
        return await self._send(calls.submit_registration(wish, key=key))

    async def read_request(self, code: str) -> RequestRead:
        """How a request stands: its status, what is to be corrected, until when, its bill."""
        return await self._send(calls.read_request(code))

    async def changes(self, cursor: str = "e0", *, limit: int = 50) -> Changes:
        """The requests that changed since the cursor of the last answer."""
        return await self._send(calls.changes(cursor, limit=limit))

    async def correct(self, code: str, wish: Wish, *, key: str) -> RequestRead:
        """Hand in the corrected submission of a returned request, whole."""
        return await self._send(calls.correct(code, wish, key=key))

    async def withdraw(self, code: str) -> RequestRead:
        """Take a request back; again, it changes nothing."""
        return await self._send(calls.withdraw(code))

    async def resend_link(self, code: str) -> RequestRead:
        """Have a new activation link e-mailed to the applicant."""
        return await self._send(calls.resend_link(code))

    async def submit_file(
        self,
        content: bytes,
        *,
        key: str,
        kind: str = "profile_update",
        form: str = "text/csv",
        check: bool = False,
        day_first: bool = False,
    ) -> Job:
        """Hand a file of submissions in; the same ``key`` is the same job.

        ``form`` is ``text/csv``, or ``application/x-ndjson``.
        """
        return await self._send(
            calls.submit_file(
                content, key=key, kind=kind, form=form, check=check, day_first=day_first
            )
        )

    async def read_job(self, job_id: str) -> Job:
        """How far a file is: ``waiting``, ``running``, ``done`` or ``failed``, and its counts."""
        return await self._send(calls.read_job(job_id))

    async def job_rows(self, job_id: str, cursor: str = "l0", *, limit: int = 50) -> JobRows:
        """What became of the rows behind the cursor of the last answer."""
        return await self._send(calls.job_rows(job_id, cursor, limit=limit))

    async def job_problems(self, job_id: str, cursor: str = "l0", *, limit: int = 50) -> JobRows:
        """Those of them that are to be put right, with every problem."""
        return await self._send(calls.job_problems(job_id, cursor, limit=limit))

    async def upload(
        self,
        registration_number: str | None,
        kind: str,
        content: bytes,
        *,
        email: str | None = None,
    ) -> Document:
        """Send a document of a practitioner; its ``id`` is what a submission names.

        Of who is to be registered, give None, and the ``email`` of the registration.
        """
        return await self._send(calls.upload(registration_number, kind, content, email=email))

    async def read_document(self, document_id: str) -> Document:
        """How a document stands."""
        return await self._send(calls.read_document(document_id))

    async def look_card_up(self, registration_number: str) -> Card:
        """The card of a practitioner."""
        return await self._send(calls.look_card_up(registration_number))

    async def check_cards(self, codes: Sequence[str]) -> CheckedCards:
        """Whether the cards of these codes are valid, in their order; at most 200."""
        return await self._send(calls.check_cards(codes))

    async def check_eligibility(
        self, registration_number: str, on: str | None = None
    ) -> Eligibility:
        """Whether a card may be renewed on a day, or today."""
        return await self._send(calls.check_eligibility(registration_number, on))

    async def report_payment(
        self, bill: str, minor: int, *, currency: str = "SAR", paid_on: str
    ) -> RequestInShort:
        """Report that a bill was paid; reported again with the same day, it changes nothing."""
        return await self._send(calls.report_payment(bill, minor, currency, paid_on))

    async def _send(self, call: Call[T]) -> T:
        return await repeating.send_async(call, self._client, self._wait)
