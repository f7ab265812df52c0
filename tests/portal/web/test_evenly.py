"""Whoever waits for an even answer keeps nobody from pressing."""

import asyncio
import time

import httpx

from models.settings import DatabaseSettings
from portal.web.evenly import EVENLY
from support.accounts import OURS, hidden_fields, press, with_password


async def test_every_answer_comes_after_the_same_time(browser: httpx.AsyncClient) -> None:
    """Also one that is refused at once."""
    began = time.monotonic()
    answer = await browser.post("/first-sign-in", data={}, headers=OURS)

    assert answer.status_code == 403
    assert time.monotonic() - began >= EVENLY


async def test_those_who_wait_hold_no_place(browser: httpx.AsyncClient) -> None:
    """Three times as many as there are places ask; somebody signs in meanwhile."""
    member = await with_password()
    shown = await browser.get("/forgotten-password")
    fields = {**hidden_fields(shown.text, "/forgotten-password"), "name": "?"}
    many = 3 * DatabaseSettings().pool_size

    asking = [
        asyncio.create_task(browser.post("/forgotten-password", data=fields, headers=OURS))
        for _ in range(many)
    ]
    signed_in = await press(
        browser, "/sign-in", {"name": member.email, "password": member.password}
    )
    answers = await asyncio.gather(*asking)

    assert signed_in.status_code == 303
    assert {answer.status_code for answer in answers} == {200}
