"""The page that asks whoever is signed in to show once more that it is them."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.counting import TooManyTries
from desk.accounts.proving import askable, prove_again
from desk.accounts.second_step import CodeWrong
from desk.accounts.signed_in import SignedIn
from desk.accounts.signing_in import NotSignedIn
from portal.practitioner.signing_in import browser_of, signed_in_to
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.passkeys import passkey_site
from portal.web.proving import CONFIRM
from portal.web.waits import retry_after
from portal.web.who import HOME, Anybody, our_path
from rules.accounts.kinds import Factor

router = APIRouter()


@router.api_route(CONFIRM, methods=["GET", "HEAD"])
async def ask_again(request: Request, who: Anybody) -> Response:
    """The form."""
    return await proof_form(request, who, our_path(request.query_params.get("to", HOME)))


@router.post(CONFIRM)
async def take(request: Request, who: Anybody, now: Now) -> Response:
    """Go on where the password is right, and the code, where there is to be one."""
    sent = await fields_of(request, FIELD, "password", "code", "to", SWITCH)
    to = our_path(sent["to"])
    if sent[SWITCH]:
        return await proof_form(request, who, to)
    if not is_ours(request, sent[FIELD]):
        return await proof_form(request, who, to, {"": "again"}, status=403)
    try:
        tokens = await prove_again(
            who, sent["password"], sent["code"], browser_of(request), now=now
        )
    except NotSignedIn as refusal:
        return await proof_form(
            request, who, to, {"password": "password"}, status=refusal.page_status
        )
    except CodeWrong as refusal:
        return await proof_form(request, who, to, {"code": "code"}, status=refusal.page_status)
    except TooManyTries as refusal:
        return await too_many(request, who, to, refusal, now=now)
    return signed_in_to(request, to, tokens)


async def too_many(
    request: Request, who: SignedIn, to: str, refusal: TooManyTries, *, now: datetime
) -> Response:
    """The form, and when it may be sent again."""
    return await proof_form(
        request,
        who,
        to,
        {"": "too_many"},
        status=refusal.page_status,
        again=refusal.again_at,
        headers=retry_after(refusal.again_at, now),
    )


async def proof_form(
    request: Request, who: SignedIn, to: str, errors: dict[str, str] | None = None, **facts: Any
) -> Response:
    """What the account can be asked for; ``fault`` is what went wrong with a passkey."""
    language = page_language(request, who.language)
    asks = await askable(who)
    shown = {
        "again": None,
        "errors": errors or {},
        "fault": None,
        "has_passkey": Factor.PASSKEY in asks.factors and passkey_site(language) is not None,
        **facts,
    }
    return page("prove.html", request, language, path=CONFIRM, to=to, asks=asks, **shown)
