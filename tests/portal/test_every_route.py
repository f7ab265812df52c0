"""Every route of the portal against everybody who may come: a route that is missing fails."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from rules.accounts.kinds import Role
from support.accounts import (
    OURS,
    Member,
    hidden_fields,
    sign_in_as,
    with_password,
)
from support.passkeys import passkey_of, passkeys
from support.people import contact_change
from support.portal import routes_of
from support.registering_routes import ROUTES, TO_OFFICERS
from support.requests import request_awaiting_activation
from support.roles import operators, reviewers
from support.staff import ready, sign_in_wholly
from support.uploads import name_a_shelf, upload_row

pytestmark = pytest.mark.usefixtures("shelf")

TOKEN = "x" * 43


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place for documents."""
    name_a_shelf(tmp_path, monkeypatch)


#: What nobody, a practitioner and another practitioner get. The other one's own things do not exist
#: for a practitioner: ``{code}``, ``{session_id}`` and ``{passkey_id}`` are the practitioner's.
PUBLIC = (200, 200, 200)
NO_SUCH_LINK = (404, 404, 404)
SIGNED_IN = (303, 200, 200)
#: Where operators act; a form without a reason is refused.
_ACTS = ("send-again", "release-claims", "restart-run")
OPERATING = [f"/desk/operations/{act}" for act in _ACTS]
TABLE: dict[tuple[str, str], tuple[int, int, int]] = {
    ("GET", "/"): (200, 303, 303),
    ("GET", "/accessibility"): PUBLIC,
    ("GET", "/health"): PUBLIC,
    # No token is set: nobody watches this one.
    ("GET", "/metrics"): (404, 404, 404),
    ("GET", "/portal.css"): PUBLIC,
    ("GET", "/icon.svg"): PUBLIC,
    ("GET", "/passkey.js"): PUBLIC,
    ("GET", "/desk.js"): PUBLIC,
    ("GET", "/track"): PUBLIC,
    ("POST", "/track"): (422, 422, 422),
    ("GET", "/c/{card_code}"): NO_SUCH_LINK,
    ("GET", "/activate/{token}"): NO_SUCH_LINK,
    ("POST", "/activate/{token}"): NO_SUCH_LINK,
    ("POST", "/activate/{token}/new-link"): (303, 303, 303),
    ("GET", "/stop/{token}"): NO_SUCH_LINK,
    ("POST", "/stop/{token}"): NO_SUCH_LINK,
    ("GET", "/unsubscribe/{token}"): NO_SUCH_LINK,
    ("POST", "/unsubscribe/{token}"): NO_SUCH_LINK,
    ("GET", "/confirm/{token}"): NO_SUCH_LINK,
    ("POST", "/confirm/{token}"): NO_SUCH_LINK,
    ("GET", "/first-sign-in"): PUBLIC,
    ("POST", "/first-sign-in"): (422, 422, 422),
    ("GET", "/first-sign-in/{token}"): NO_SUCH_LINK,
    ("POST", "/first-sign-in/{token}"): NO_SUCH_LINK,
    ("GET", "/forgotten-password"): PUBLIC,
    ("POST", "/forgotten-password"): (422, 422, 422),
    ("GET", "/new-password/{token}"): NO_SUCH_LINK,
    ("POST", "/new-password/{token}"): NO_SUCH_LINK,
    **ROUTES,
    ("GET", "/sign-in"): (200, 303, 303),
    ("POST", "/sign-in"): (422, 422, 422),
    # None of them is half way.
    ("GET", "/sign-in/second"): (303, 303, 303),
    ("POST", "/sign-in/second"): (303, 303, 303),
    # Nor has any sent an answer; whoever is signed in asks as anybody may.
    ("POST", "/sign-in/second/passkey/options"): (409, 409, 409),
    ("POST", "/sign-in/second/passkey"): (303, 303, 303),
    ("GET", "/sign-in/passkey"): (200, 303, 303),
    ("POST", "/sign-in/passkey/options"): PUBLIC,
    ("POST", "/sign-in/passkey"): (422, 422, 422),
    # No identity provider is set; tests/portal/providers has one.
    ("POST", "/sign-in/with/{whose}"): NO_SUCH_LINK,
    ("GET", "/sign-in/with/{whose}/back"): NO_SUCH_LINK,
    ("GET", "/sign-in/set-up"): (303, 303, 303),
    ("POST", "/sign-in/set-up/app"): (303, 303, 303),
    ("GET", "/sign-in/set-up/app"): (303, 303, 303),
    ("POST", "/sign-in/set-up/app/confirm"): (303, 303, 303),
    ("POST", "/sign-in/set-up/passkey/options"): (409, 409, 409),
    ("POST", "/sign-in/set-up/passkey"): (303, 303, 303),
    ("GET", "/home"): SIGNED_IN,
    ("GET", "/requests/{code}"): (303, 200, 404),
    ("GET", "/card"): SIGNED_IN,
    # Neither has a card.
    ("GET", "/card/wallet"): (303, 404, 404),
    ("GET", "/card/file"): (303, 404, 404),
    ("GET", "/renewal"): SIGNED_IN,
    ("GET", "/renewal/needs"): SIGNED_IN,
    ("POST", "/renewal/needs"): (303, 303, 303),
    ("GET", "/renewal/tasks"): (303, 303, 303),
    ("GET", "/renewal/document/{part}"): (303, 303, 303),
    ("POST", "/renewal/document/{part}"): (303, 303, 303),
    ("GET", "/renewal/file/{part}"): (303, 303, 303),
    ("POST", "/renewal/file/{part}"): (303, 303, 303),
    ("POST", "/renewal/remove/{part}"): (303, 303, 303),
    ("GET", "/renewal/discard"): (303, 303, 303),
    ("POST", "/renewal/discard"): (303, 303, 303),
    ("GET", "/renewal/held/{part}"): (303, 303, 303),
    ("POST", "/renewal/held/{part}"): (303, 303, 303),
    ("GET", "/renewal/review"): (303, 303, 303),
    ("POST", "/renewal/review"): (303, 303, 303),
    ("GET", "/requests/{code}/sent"): (303, 200, 404),
    ("GET", "/requests/{code}/correct"): (303, 303, 404),
    ("POST", "/requests/{code}/correct"): (303, 303, 404),
    ("GET", "/requests/{code}/withdraw"): (303, 200, 404),
    ("POST", "/requests/{code}/withdraw"): (303, 409, 404),
    ("POST", "/requests/{code}/resend"): (303, 303, 404),
    ("GET", "/requests/{code}/resent"): (303, 200, 404),
    ("GET", "/update"): SIGNED_IN,
    ("POST", "/update"): (303, 422, 422),
    ("GET", "/update/details"): SIGNED_IN,
    # The practitioner has an open request, and nothing can be written beside it.
    ("GET", "/update/review"): (303, 303, 200),
    ("POST", "/update/review"): (303, 303, 303),
    ("GET", "/update/discard"): SIGNED_IN,
    ("POST", "/update/discard"): (303, 303, 303),
    ("GET", "/update/edit/{part}"): (303, 404, 404),
    ("POST", "/update/edit/{part}"): (303, 404, 404),
    ("GET", "/update/email"): (303, 303, 303),
    ("POST", "/update/email"): (303, 303, 303),
    ("POST", "/update/email/send"): (303, 303, 303),
    ("GET", "/update/add/{entry}"): (303, 404, 200),
    ("POST", "/update/add/{entry}"): (303, 303, 422),
    ("POST", "/update/remove/{part}"): (303, 303, 303),
    ("GET", "/update/held/{kind}"): (303, 404, 200),
    ("POST", "/update/held/{kind}"): (303, 404, 409),
    ("GET", "/my-documents/{upload_id}"): (303, 200, 404),
    ("GET", "/my-documents/{upload_id}/pages/{number}"): (303, 409, 404),
    ("GET", "/update/file/{part}"): (303, 404, 404),
    ("POST", "/update/file/{part}"): (303, 404, 404),
    ("GET", "/account/password"): SIGNED_IN,
    ("POST", "/account/password"): (303, 422, 422),
    ("GET", "/account/passkeys"): SIGNED_IN,
    ("POST", "/account/passkeys/options"): SIGNED_IN,
    ("POST", "/account/passkeys"): (303, 422, 422),
    ("GET", "/account/passkeys/{passkey_id}"): (303, 200, 404),
    ("POST", "/account/passkeys/{passkey_id}"): (303, 422, 404),
    ("POST", "/account/passkeys/{passkey_id}/remove"): (303, 303, 303),
    ("GET", "/account/sessions"): SIGNED_IN,
    ("GET", "/account/looks"): SIGNED_IN,
    ("GET", "/account/copy"): SIGNED_IN,
    ("GET", "/account/copy/page"): SIGNED_IN,
    ("GET", "/account/copy/file"): SIGNED_IN,
    ("POST", "/account/sessions/{session_id}/end"): (303, 303, 303),
    ("POST", "/account/sessions/end-others"): (303, 303, 303),
    # From here on the practitioner's request is withdrawn.
    ("GET", "/requests/{code}/address"): (303, 200, 404),
    ("POST", "/requests/{code}/address"): (303, 303, 404),
    ("GET", "/account/confirm"): SIGNED_IN,
    ("POST", "/account/confirm"): (303, 422, 422),
    ("POST", "/account/confirm/passkey/options"): SIGNED_IN,
    ("POST", "/account/confirm/passkey"): (303, 422, 422),
    ("GET", "/account/second-factor"): SIGNED_IN,
    # Nothing was begun, and there is nothing to take off.
    ("GET", "/account/second-factor/app"): (303, 303, 303),
    ("POST", "/account/second-factor/app/confirm"): (303, 303, 303),
    ("POST", "/account/second-factor/app"): (303, 303, 303),
    ("POST", "/account/second-factor/app/remove"): (303, 303, 303),
    ("POST", "/account/second-factor/codes"): (303, 303, 303),
    ("GET", "/desk"): (303, 403, 403),
    ("GET", "/desk/operations"): (303, 403, 403),
    **dict.fromkeys(((m, p) for p in OPERATING for m in ("GET", "POST")), (303, 403, 403)),
    ("POST", "/desk/next"): (303, 403, 403),
    ("GET", "/desk/queue"): (303, 403, 403),
    ("GET", "/desk/away"): (303, 403, 403),
    ("POST", "/desk/away"): (303, 403, 403),
    ("POST", "/desk/away/back"): (303, 403, 403),
    ("GET", "/desk/bulk"): (303, 403, 403),
    ("POST", "/desk/bulk"): (303, 403, 403),
    ("GET", "/desk/workload"): (303, 403, 403),
    ("POST", "/desk/hand-over"): (303, 403, 403),
    ("GET", "/desk/cases/{code}/hand-over"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/hand-over"): (303, 403, 403),
    ("GET", "/desk/cases/{code}"): (303, 403, 403),
    ("POST", "/desk/keys"): (303, 403, 403),
    ("GET", "/desk/readers/{code}"): (303, 403, 403),
    ("POST", "/desk/cases/{code}"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/claim"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/release"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/take-back"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/take-over"): (303, 403, 403),
    ("GET", "/desk/cases/{code}/skip"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/skip"): (303, 403, 403),
    ("GET", "/desk/cases/{code}/hold"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/hold"): (303, 403, 403),
    ("GET", "/desk/cases/{code}/documents/{upload_id}"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/documents/{upload_id}"): (303, 403, 403),
    ("GET", "/desk/cases/{code}/documents/{upload_id}/pages/{number}"): (303, 403, 403),
    ("GET", "/desk/cases/{code}/decide/{verdict}"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/decide/{verdict}"): (303, 403, 403),
    ("POST", "/desk/cases/{code}/decide/{verdict}/email"): (303, 403, 403),
    ("GET", "/desk/search"): (303, 403, 403),
    ("POST", "/desk/search"): (303, 403, 403),
    ("GET", "/desk/access-log"): (303, 403, 403),
    ("POST", "/desk/access-log"): (303, 403, 403),
    ("GET", "/desk/export"): (303, 403, 403),
    ("POST", "/desk/export"): (303, 403, 403),
    # The last one: nobody is signed in afterwards.
    ("POST", "/sign-out"): (303, 303, 303),
}


FOR_AUDITORS = dict.fromkeys(Role, 403) | dict.fromkeys((Role.AUDITOR, Role.SUPERVISOR), 200)

#: What officers get, where it is not the rule: a page that leads nobody to the sign-in page is a
#: practitioner's and refuses them, and any other is the same for them as for nobody. By role where
#: roles differ.
OF_OFFICERS: dict[tuple[str, str], int | dict[Role, int]] = {
    ("GET", "/"): 303,
    **TO_OFFICERS,
    ("GET", "/sign-in"): 303,
    ("GET", "/sign-in/passkey"): 303,
    ("GET", "/sign-in/second"): 303,
    ("POST", "/sign-in/second"): 303,
    ("POST", "/sign-in/second/passkey"): 303,
    ("GET", "/sign-in/set-up"): 303,
    ("POST", "/sign-in/set-up/app"): 303,
    ("GET", "/sign-in/set-up/app"): 303,
    ("POST", "/sign-in/set-up/app/confirm"): 303,
    ("POST", "/sign-in/set-up/passkey"): 303,
    ("POST", "/activate/{token}/new-link"): 303,
    ("GET", "/home"): 303,  # to their own
    ("GET", "/desk"): 200,
    ("GET", "/desk/operations"): operators(200),
    **dict.fromkeys((("GET", p) for p in OPERATING), operators(200)),
    **dict.fromkeys((("POST", p) for p in OPERATING), operators(422)),
    ("POST", "/desk/next"): reviewers(200),
    ("GET", "/desk/queue"): reviewers(200),
    ("GET", "/desk/away"): reviewers(200),
    ("POST", "/desk/away"): reviewers(422),
    ("POST", "/desk/away/back"): reviewers(303),
    ("GET", "/desk/bulk"): reviewers(303),  # to the queue, where a kind is chosen
    ("POST", "/desk/bulk"): reviewers(303),
    ("GET", "/desk/workload"): dict.fromkeys(Role, 403) | {Role.SUPERVISOR: 200},
    ("POST", "/desk/hand-over"): dict.fromkeys(Role, 403) | {Role.SUPERVISOR: 200},
    ("GET", "/desk/cases/{code}/hand-over"): reviewers(303),
    ("POST", "/desk/cases/{code}/hand-over"): reviewers(422),
    # The practitioner's request is not at the gate, and names no document.
    ("GET", "/desk/cases/{code}"): reviewers(200),
    ("POST", "/desk/keys"): reviewers(303),
    ("GET", "/desk/readers/{code}"): reviewers(204),
    ("POST", "/desk/cases/{code}"): reviewers(303),
    ("POST", "/desk/cases/{code}/claim"): reviewers(303),
    ("POST", "/desk/cases/{code}/release"): reviewers(303),
    ("POST", "/desk/cases/{code}/take-back"): reviewers(303),
    ("POST", "/desk/cases/{code}/take-over"): dict.fromkeys(Role, 403) | {Role.SUPERVISOR: 303},
    ("GET", "/desk/cases/{code}/skip"): reviewers(303),
    ("POST", "/desk/cases/{code}/skip"): reviewers(422),
    ("GET", "/desk/cases/{code}/hold"): reviewers(303),
    ("POST", "/desk/cases/{code}/hold"): reviewers(422),
    ("GET", "/desk/cases/{code}/documents/{upload_id}"): reviewers(404),
    ("POST", "/desk/cases/{code}/documents/{upload_id}"): reviewers(404),
    ("GET", "/desk/cases/{code}/documents/{upload_id}/pages/{number}"): reviewers(404),
    ("GET", "/desk/cases/{code}/decide/{verdict}"): reviewers(409),
    ("POST", "/desk/cases/{code}/decide/{verdict}"): reviewers(409),
    ("POST", "/desk/cases/{code}/decide/{verdict}/email"): reviewers(409),
    ("GET", "/desk/search"): reviewers(200),
    ("POST", "/desk/search"): reviewers(422),
    ("GET", "/desk/access-log"): FOR_AUDITORS,
    ("POST", "/desk/access-log"): FOR_AUDITORS,
    ("GET", "/desk/export"): FOR_AUDITORS,
    ("POST", "/desk/export"): {role: 422 if FOR_AUDITORS[role] == 200 else 403 for role in Role},
    ("GET", "/account/password"): 200,
    ("POST", "/account/password"): 422,
    ("GET", "/account/sessions"): 200,
    ("POST", "/account/sessions/{session_id}/end"): 303,
    ("POST", "/account/sessions/end-others"): 303,
    ("GET", "/account/passkeys"): 200,
    ("POST", "/account/passkeys/options"): 200,
    ("POST", "/account/passkeys"): 422,
    ("GET", "/account/passkeys/{passkey_id}"): 404,
    ("POST", "/account/passkeys/{passkey_id}"): 404,
    ("POST", "/account/passkeys/{passkey_id}/remove"): 303,
    ("GET", "/account/confirm"): 200,
    ("POST", "/account/confirm"): 422,
    ("POST", "/account/confirm/passkey/options"): 200,
    ("POST", "/account/confirm/passkey"): 422,
    ("GET", "/account/second-factor"): 200,
    ("GET", "/account/second-factor/app"): 303,
    ("POST", "/account/second-factor/app/confirm"): 303,
    ("POST", "/account/second-factor/app"): 303,
    # It is their last.
    ("POST", "/account/second-factor/app/remove"): 409,
    ("POST", "/account/second-factor/codes"): 200,
    ("POST", "/sign-out"): 303,
}


def expected_of(route: tuple[str, str], role: Role) -> int:
    """What an officer with this role gets."""
    said = OF_OFFICERS.get(route)
    if said is None:
        nobody = TABLE[route][0]
        return 403 if nobody == 303 else nobody
    return said if isinstance(said, int) else said[role]


def test_every_route_is_in_the_table(portal: FastAPI) -> None:
    """Whoever adds one says who may come."""
    assert routes_of(portal) == set(TABLE)


async def own_code(member: Member) -> str:
    """The tracking code of a request of this person."""
    submission = contact_change(
        registration_number=member.registration_number,
        idempotency_key=member.registration_number,
        changes={"mobile": "0551112233"},
    )
    return (await request_awaiting_activation(submission))[0]


async def answers(
    browser: httpx.AsyncClient, names: dict[str, str], *, form: tuple[str, str], end: Member | None
) -> dict[tuple[str, str], int]:
    """What each route answers, in the order of the table; ``form`` is a page with a form of it.

    ``end`` is who ends their own session on the way, and signs in again.
    """
    found = {}
    for method, path in TABLE:
        address = path.format(**names) if "{" in path else path
        fields: dict[str, str] = {}
        if method == "POST":
            shown = await browser.get(form[0])
            fields = hidden_fields(shown.text, form[1])
        answer = await browser.request(
            method, address, data=fields or None, headers=OURS if method == "POST" else {}
        )
        if (method, path) == ("POST", "/account/sessions/{session_id}/end") and end is not None:
            await sign_in_as(browser, end)
        if (method, path) == ("POST", "/account/passkeys/{passkey_id}/remove"):
            assert len(await passkeys()) == (1 if end is None else 0)
        found[method, path] = answer.status_code
    return found


async def names_of(browser: httpx.AsyncClient, owner: Member) -> dict[str, str]:
    """What stands in the addresses: the practitioner's own things, who is signed in."""
    code = await own_code(owner)
    await sign_in_as(browser, owner)
    mine = (await owner.sessions())[-1].id
    passkey = await passkey_of(owner)
    return {
        "token": TOKEN,
        "card_code": TOKEN[:22],
        "code": code,
        "session_id": str(mine),
        "passkey_id": str(passkey.id),
        "part": "no",
        "kind": "employer_letter",
        # It is still being checked.
        "upload_id": (await upload_row(owner=owner.registration_number)).id,
        "number": "1",
        "entry": "experience",
        "whose": "officer",
        "verdict": "approve",
    }


@pytest.mark.parametrize("who", [0, 1, 2], ids=["nobody", "practitioner", "another practitioner"])
async def test_everybody_gets_what_is_theirs(browser: httpx.AsyncClient, who: int) -> None:
    """In the order of the table."""
    owner, other = await with_password(), await with_password()
    names = await names_of(browser, owner)
    if who != 1:
        browser.cookies.clear()
    if who == 2:
        await sign_in_as(browser, other)

    form = ("/home", "/sign-out") if who else ("/sign-in", "/sign-in")
    found = await answers(browser, names, form=form, end=owner if who == 1 else None)

    assert found == {route: expected[who] for route, expected in TABLE.items()}
    if who != 1:
        assert all(one.ended_at is None for one in await owner.sessions())


@pytest.mark.parametrize("role", Role)
async def test_an_officer_gets_an_officer_s_pages(browser: httpx.AsyncClient, role: Role) -> None:
    """None of a practitioner's, whatever the role."""
    owner = await with_password()
    names = await names_of(browser, owner)
    browser.cookies.clear()
    staff, app = await ready(role)
    await sign_in_wholly(browser, staff, app)

    found = await answers(browser, names, form=("/desk", "/sign-out"), end=None)

    assert found == {route: expected_of(route, role) for route in TABLE}
    assert all(one.ended_at is None for one in await owner.sessions())
