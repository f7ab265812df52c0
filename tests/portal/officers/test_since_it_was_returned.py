"""A request that came back: what has changed stands first, and the rest is folded."""

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

from desk.requests.claims import claim
from desk.requests.review import Ruling, decide
from desk.requests.submission import resubmit
from rules.register.fields import Field
from rules.requests.verdicts import Verdict
from support.at_the_desk import boxes_of, ticked
from support.people import employer_letter, specialty_change
from support.requests import NOW, request_at_gate
from support.staff import Staff
from tasks.steps.validation import validate

FIRST = {"specialty": "critical care nursing", "rank": "senior specialist"}
ANOTHER_LETTER = employer_letter(NOW.date()) | {"sha256": "cd" * 32}
RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code="differs_from_document",
    note="See page 2 <b>",
    fields=[Field.SPECIALTY],
)
NOTHING = {
    "ar": "لم يتغيّر شيء مما يتضمنه الطلب.",
    "en": "Nothing that it asks for has changed.",
}


async def came_back(officer: Staff, *, by: str = "amal", **more: Any) -> str:
    """A new specialty and rank that was returned and is corrected so; claimed by this officer."""
    code = await request_at_gate(specialty_change(NOW.date(), changes=FIRST))
    await decide(code, replace(RETURN, officer=by), now=NOW)
    await resubmit(
        code,
        specialty_change(NOW.date(), idempotency_key="noura-again", **{"changes": FIRST} | more),
        now=NOW,
    )
    await validate.task.fn(code)
    await claim(code, officer.user_name, now=NOW)
    return f"/desk/cases/{code}"


def parted(page: str) -> tuple[str, str]:
    """What stands in the page, and what is folded in it."""
    folded = re.findall(r"<details.*?</details>", page, re.DOTALL)
    return re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL), " ".join(folded)


async def test_what_has_changed_stands_before_what_has_not(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """From which value to which, what was to be corrected, and the officer's note, escaped."""
    case = await came_back(
        officer, changes=FIRST | {"specialty": "cardiology"}, documents=[ANOTHER_LETTER]
    )

    shown, folded = parted((await browser.get(case)).text)

    assert "Since it was returned" in shown
    assert "See page 2 &lt;b&gt;" in shown
    assert re.search(
        r"Asked before:</span>.*critical care nursing.*New:.*cardiology", shown, re.DOTALL
    )
    assert "introduction letter: another file" in shown
    assert ("senior specialist" in shown, "senior specialist" in folded) == (False, True)
    assert ("Critical care course" in shown, "Critical care course" in folded) == (False, True)


async def test_whoever_returned_it_is_told_so(browser: httpx.AsyncClient, officer: Staff) -> None:
    """They come back to their own words."""
    case = await came_back(officer, by=officer.user_name)

    shown = (await browser.get(case)).text

    assert "Since you returned it" in shown
    assert "Since it was returned" not in shown


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_where_nothing_has_changed_it_is_said(
    browser: httpx.AsyncClient, officer: Staff, language: str
) -> None:
    """And everything is folded, the letter too."""
    case = await came_back(officer)

    shown, folded = parted((await browser.get(f"{case}?lang={language}")).text)

    nothing = {
        "ar": "لم يتغيّر شيء مما يتضمنه الطلب.",
        "en": "Nothing that it asks for has changed.",
    }
    assert nothing[language] in shown
    assert 'value="documents[0]"' in folded
    assert 'value="specialty"' in folded


async def test_everything_is_ticked_once_in_either_part(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """What is folded too: it is a new round; where it is missing, it is unfolded."""
    case = await came_back(officer, changes=FIRST | {"specialty": "cardiology"}, certificates=[])
    page = (await browser.get(case)).text

    missing = (await ticked(browser, case, {"specialty"}, "approve")).text
    done = await ticked(browser, case, step="approve")

    names = ["specialty", "rank", "documents[0]"]
    assert sorted(re.findall(r'id="tick-([^"]*)"', page)) == sorted(names)
    assert boxes_of(page) == dict.fromkeys(names, False)
    assert "taken out" in parted(page)[0]
    assert '<details class="card" open>' in missing
    assert '<details class="paper" open>' in missing
    assert done.status_code == 303
