"""A call that is tried again: after which answers, how long it waits, and when it is given up."""

import inspect
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from desk.clock import utc_now
from mumaris_client import ApiProblem, AsyncMumaris, Mumaris, calls
from mumaris_client.calls import Call
from mumaris_client.repeating import ATTEMPTS, LONGEST
from rules.values.dates import riyadh_day
from support.api import wish
from support.api_server import serving
from support.cards import give_card
from support.machines import key_of
from support.people import NOURA, register_people

AT = "http://portal.test/api/v1"
AWAY = httpx.Response(503, json={"code": "away"}, headers={"Retry-After": "10"})
TOO_MANY = httpx.Response(429, json={"code": "too_many"}, headers={"Retry-After": "7"})
DONE = httpx.Response(200, json={"tracking_code": "K7Q2-M9XD"})


@dataclass
class Script(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers one call after the other, the last for ever; and what was sent and waited."""

    answers: list[httpx.Response | Exception]
    sent: list[httpx.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        self.sent.append(request)
        found = self.answers[min(len(self.sent), len(self.answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, content=found.content, headers=found.headers)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer, for a client with asyncio."""
        return self.handle_request(request)

    async def wait(self, seconds: float) -> None:
        """No time passes."""
        self.waits.append(seconds)

    def client(self) -> Mumaris:
        """One that is answered so."""
        return Mumaris(AT, "key", transport=self, wait=self.waits.append)


def withdraw(script: Script) -> Any:
    """A call that may be repeated."""
    with script.client() as mumaris:
        return mumaris.withdraw("K7Q2-M9XD")


def test_what_passes_is_waited_for_as_long_as_the_api_says() -> None:
    """The same call, byte for byte, with the same key."""
    script = Script([AWAY, TOO_MANY, DONE])

    with script.client() as mumaris:
        found = mumaris.submit_profile_update({"changes": {"mobile": "1"}}, key="mobile-0001")

    assert found["tracking_code"] == "K7Q2-M9XD"
    assert script.waits == [10, 7]
    assert [each.headers["idempotency-key"] for each in script.sent] == ["mobile-0001"] * 3
    assert len({each.content for each in script.sent}) == 1


async def test_with_asyncio_it_is_waited_for_as_well() -> None:
    """Without holding up what else runs."""
    script = Script([AWAY, httpx.ConnectError("refused"), DONE])

    async with AsyncMumaris(AT, "key", transport=script, wait=script.wait) as mumaris:
        found = await mumaris.withdraw("K7Q2-M9XD")

    assert (found["tracking_code"], script.waits) == ("K7Q2-M9XD", [10, 2])


async def test_with_asyncio_it_ends_as_well() -> None:
    """With the last refusal."""
    script = Script([AWAY])

    async with AsyncMumaris(AT, "key", transport=script, wait=script.wait) as mumaris:
        with pytest.raises(ApiProblem):
            await mumaris.withdraw("K7Q2-M9XD")

    assert len(script.sent) == ATTEMPTS


def test_after_a_few_attempts_the_last_refusal_is_raised() -> None:
    """As it was answered."""
    script = Script([AWAY] * (ATTEMPTS - 1) + [TOO_MANY])

    with pytest.raises(ApiProblem) as refused:
        withdraw(script)

    assert (refused.value.status, refused.value.retry_after) == (429, 7)
    assert (len(script.sent), len(script.waits)) == (ATTEMPTS, ATTEMPTS - 1)


@pytest.mark.parametrize(("seconds", "attempts"), [(LONGEST, 2), (LONGEST + 1, 1)])
def test_nobody_waits_longer_than_the_bound(seconds: float, attempts: int) -> None:
    """All pauses of a call together."""
    script = Script([httpx.Response(429, headers={"Retry-After": f"{seconds:.0f}"})])

    with pytest.raises(ApiProblem):
        withdraw(script)

    assert len(script.sent) == attempts


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503),
        httpx.Response(503, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
        httpx.Response(500, headers={"Retry-After": "1"}),
        httpx.Response(409, headers={"Retry-After": "1"}),
    ],
)
def test_what_does_not_say_when_is_told_at_once(answer: httpx.Response) -> None:
    """And so is what is refused for good."""
    script = Script([answer, DONE])

    with pytest.raises(ApiProblem):
        withdraw(script)

    assert len(script.sent) == 1


@pytest.mark.parametrize(
    "broken",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("it went away"),
    ],
)
def test_a_broken_connection_is_made_anew(broken: Exception) -> None:
    """With longer and longer pauses; the last one's error is raised."""
    script = Script([broken])

    with pytest.raises(type(broken)):
        withdraw(script)

    assert script.waits == [1, 2, 4]


def test_a_timeout_is_raised_at_once() -> None:
    """Who has waited half a minute is not made to wait two."""
    script = Script([httpx.ReadTimeout("too long"), DONE])

    with pytest.raises(httpx.ReadTimeout):
        withdraw(script)

    assert len(script.sent) == 1


@pytest.mark.parametrize("failure", [AWAY, TOO_MANY, httpx.ReadError("reset")])
def test_what_would_be_done_twice_is_not_repeated(failure: httpx.Response | Exception) -> None:
    """A file would be two documents; a link, two e-mails."""
    script = Script([failure])
    with script.client() as mumaris:
        with pytest.raises((ApiProblem, httpx.ReadError)):
            mumaris.upload("20000001", "employer_letter", b"%PDF")
        with pytest.raises((ApiProblem, httpx.ReadError)):
            mumaris.resend_link("K7Q2-M9XD")

    assert (len(script.sent), script.waits) == (2, [])


def test_a_call_that_changes_something_and_is_repeated_has_a_key_or_can_be_done_once() -> None:
    """Who adds a call says which of these it is."""
    repeated = {
        name
        for name, build in inspect.getmembers(calls, inspect.isfunction)
        if not name.startswith("_") and build.__module__ == calls.__name__
        for call in [_built(build)]
        if call.may_repeat and call.method != "GET"
        if "Idempotency-Key" not in call.sent.get("headers", {})
    }

    only_read = {"look_card_up", "check_cards", "check_eligibility"}
    can_be_done_once = {"withdraw", "report_payment"}
    assert repeated == only_read | can_be_done_once


def _built(build: Callable[..., Any]) -> Call[Any]:
    values = {"wish": {}, "limit": 1, "minor": 1, "content": b""}
    return build(**{name: values.get(name, "a") for name in inspect.signature(build).parameters})


@contextmanager
def first_hung_up_on() -> Iterator[str]:
    """A server that resets the first connection once it has read, and answers the second."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_a_server_that_hangs_up_is_asked_again() -> None:
    """As one that restarts does."""
    waits: list[float] = []

    with first_hung_up_on() as address, Mumaris(address, "key", wait=waits.append) as mumaris:
        assert mumaris.read_request("K7Q2-M9XD") == {}

    assert waits == [1]


class LosingTheFirst(httpx.HTTPTransport):
    """The first answer of the server is lost on its way."""

    is_lost = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What it answers from the second time on."""
        found = super().handle_request(request)
        if not self.is_lost:
            self.is_lost = True
            found.close()
            raise httpx.ReadError("reset")
        return found


async def test_a_submission_whose_answer_was_lost_is_one_request(database: str) -> None:
    """The API did it both times, and once."""
    await register_people()
    await give_card(NOURA["registration_number"], expires_on=riyadh_day(utc_now()) + timedelta(90))
    key = await key_of(now=utc_now())
    waits: list[float] = []

    with serving() as api:
        losing = LosingTheFirst()
        with Mumaris(api, key, transport=losing, wait=waits.append) as mumaris:
            sent = mumaris.submit_profile_update(wish(), key="mobile-0001")
            listed = mumaris.submit_profile_update(wish(), key="mobile-0001")

    assert (losing.is_lost, waits) == (True, [1])
    assert sent["tracking_code"] == listed["tracking_code"]
