"""Signing in and out."""

from html import escape

import httpx
import pytest

from support.accounts import PASSWORD, on_register, press, with_password

ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(
    "name",
    [
        lambda member: member.identity_number,
        lambda member: member.identity_number.translate(ARABIC_INDIC),
        lambda member: f" {member.identity_number} ",
        lambda member: member.email,
        lambda member: member.email.upper(),
    ],
)
async def test_one_field_takes_the_address_and_the_number(
    browser: httpx.AsyncClient, name: object
) -> None:
    """However they are typed."""
    member = await with_password()
    assert callable(name)

    answer = await press(browser, "/sign-in", {"name": name(member), "password": member.password})
    home = await browser.get("/home?lang=en")

    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    assert home.status_code == 200
    assert "Noura Salem Hamad Alqahtani" in home.text


async def test_every_failure_reads_the_same(browser: httpx.AsyncClient) -> None:
    """A wrong password, a name of nobody, no name at all, and a person without a password."""
    member, stranger = await with_password(), await on_register()
    tries = [
        (member.identity_number, "not the password"),
        (member.email, "not the password"),
        ("1234567897", PASSWORD),
        ("nobody@example.com", PASSWORD),
        ("what is this", PASSWORD),
        ("", ""),
        (stranger.identity_number, PASSWORD),
        (member.registration_number, PASSWORD),
    ]

    answers = [
        await press(browser, "/sign-in", {"name": name, "password": password})
        for name, password in tries
    ]

    said = {
        answer.text.replace(escape(name), "")
        for answer, (name, _) in zip(answers, tries, strict=True)
    }
    assert {answer.status_code for answer in answers} == {422}
    assert len(said) == 1
    assert "The sign-in details are not correct" in answers[0].text
    assert not any("session" in answer.headers.get("set-cookie", "") for answer in answers)
