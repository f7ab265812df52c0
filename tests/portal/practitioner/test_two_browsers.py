"""One person in two browsers: the same button at the same time does its work once."""

import asyncio

import httpx
from fastapi import FastAPI

from desk.cases.own import own_requests
from models.database import transaction
from models.practitioners import find_practitioner
from support.accounts import OURS, Member, hidden_fields, sign_in_as
from support.pages import fill

REVIEW = "/update/review"


async def test_next_pressed_in_two_browsers_at_once_is_one_request(
    portal: FastAPI, browser: httpx.AsyncClient, member: Member
) -> None:
    """Both are led to its number, and one e-mail says that it arrived."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test"
    ) as second:
        await sign_in_as(second, member)
        both = (browser, second)
        forms = [hidden_fields((await each.get(REVIEW)).text, REVIEW) for each in both]

        answers = await asyncio.gather(
            *(
                each.post(REVIEW, data={**form, "sure": "yes"}, headers=OURS)
                for each, form in zip(both, forms, strict=True)
            )
        )

    async with transaction() as session:
        person = await find_practitioner(session, member.registration_number)
    (request,) = await own_requests(person.id)
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.headers["location"].partition("?")[0] for answer in answers} == {
        f"/requests/{request.tracking_code}/sent"
    }
