"""What operators do by hand in Chromium, as everybody has it: axe, and 320 px to 1280 px."""

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col

from models.database import transaction
from models.letters import Letter
from rules.accounts.kinds import Role
from rules.requests.letter_status import LetterStatus
from support.browsing import served
from support.page_looks import Looks
from support.people import register_people
from support.requests import request_at_gate
from support.screens import screen
from support.staff import ready

from .test_in_a_browser import sign_in, typed

pytestmark = pytest.mark.usefixtures("master_keys")
PAGE = "/desk/operations"


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_everybody_can_act_by_hand(portal: FastAPI, language: str) -> None:
    """The forms, what is wrong in them, and what was done."""
    await register_people()
    await request_at_gate()
    async with transaction() as session:
        await session.exec(
            update(Letter)
            .where(col(Letter.request_id).is_not(None))
            .values(status=LetterStatus.FAILED)
        )
    staff, app = await ready(Role.OPERATOR)
    async with served(portal) as site, screen(locale=language) as page:
        looks = Looks(page, language)
        await sign_in(page, site, staff, app)
        for act in ("send-again", "release-claims"):
            await page.goto(f"{site}{PAGE}/{act}?lang={language}")
            await looks.look(act)
        await typed(page, f"{site}{PAGE}/restart-run?lang={language}", code="what", reason="why")
        await looks.look("restart-run-mistaken")
        await typed(page, f"{site}{PAGE}/send-again?lang={language}", reason="Mended")
        await looks.look("operations-done")

    assert looks.faults == []
