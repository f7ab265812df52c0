"""Waiting out the times when Prefect's server cannot be reached."""

import httpx
import pytest

from worker.patience import Patience, is_outage, lost_server

_API = httpx.URL("http://127.0.0.1:4200/api")


def _refused(url: str) -> httpx.ConnectError:
    return httpx.ConnectError("refused", request=httpx.Request("POST", url))


def _answered(code: int) -> httpx.HTTPStatusError:
    request = httpx.Request("POST", f"{_API}/flow_runs")
    return httpx.HTTPStatusError("", request=request, response=httpx.Response(code))


@pytest.mark.parametrize(
    ("error", "heals"),
    [
        (_refused(f"{_API}/flow_runs"), True),
        (TimeoutError(), True),
        (_answered(503), True),
        (_answered(401), False),
        (LookupError(), False),
    ],
)
def test_only_an_outage_heals_by_waiting(error: Exception, heals: bool) -> None:
    """A refused key does not."""
    assert is_outage(error) is heals


def test_an_outage_of_somebody_else_is_not_one_of_prefects_server() -> None:
    """A flow that asks the official register and gets no answer has failed by itself."""
    assert lost_server(_refused(f"{_API}/flow_runs"), _API) is True
    assert lost_server(_refused("http://register.example/people"), _API) is False


async def test_a_job_is_attempted_until_it_gets_through() -> None:
    """With a pause between."""
    outcomes: list[Exception | None] = [_refused(str(_API)), None]

    async def job() -> None:
        if (error := outcomes.pop(0)) is not None:
            raise error

    await Patience().insist(job)

    assert outcomes == []


async def test_what_waiting_will_not_heal_is_raised() -> None:
    """At once."""

    async def job() -> None:
        raise _answered(401)

    with pytest.raises(httpx.HTTPStatusError):
        await Patience().insist(job)
