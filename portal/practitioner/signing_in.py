"""Sign in and out."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.counting import TooManyTries
from desk.accounts.signed_in import sign_out
from desk.accounts.signing_in import Browser, HalfWay, NotSignedIn, Tokens, sign_in
from desk.policy import current_policy
from identity.providers import providers
from mail.wording.languages import Language
from portal.web.clock import Now
from portal.web.cookies import Cookie, drop_cookie, keep_cookie, read_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.guessing import network_of
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.passkeys import passkey_site
from portal.web.proxies import client_of
from portal.web.waits import retry_after
from portal.web.who import HOME, Visitor, our_path

router = APIRouter()

#: Where the second half of a sign-in is.
SECOND_STEP = "/sign-in/second"
#: Where an officer sets up what that half asks for.
SET_UP = "/sign-in/set-up"
_DAY = 86_400


@router.api_route("/sign-in", methods=["GET", "HEAD"])
async def ask_for_name(request: Request, who: Visitor) -> Response:
    """The form; whoever is signed in goes on."""
    to = our_path(request.query_params.get("to", HOME))
    if who is not None:
        return RedirectResponse(to, status_code=303)
    return sign_in_form(request, to=to)


@router.post("/sign-in")
async def sign_in_here(request: Request, now: Now) -> Response:
    """Begin a session; whatever is wrong with name or password reads the same."""
    sent = await fields_of(request, FIELD, "name", "password", "to", SWITCH)
    name, to = sent["name"], our_path(sent["to"])
    if sent[SWITCH]:
        return sign_in_form(request, to=to, name=name)
    if not is_ours(request, sent[FIELD]):
        return sign_in_form(request, to=to, name=name, error="again", status=403)
    try:
        done = await sign_in(name, sent["password"], browser_of(request), now=now)
    except NotSignedIn as refusal:
        status = refusal.page_status
        return sign_in_form(request, to=to, name=name, error="not_signed_in", status=status)
    except TooManyTries as refusal:
        return sign_in_form(
            request,
            to=to,
            name=name,
            error="too_many",
            again=refusal.again_at,
            status=refusal.page_status,
            headers=retry_after(refusal.again_at, now),
        )
    return goes_on(request, to, done)


@router.post("/sign-out")
async def sign_out_here(request: Request, who: Visitor, now: Now) -> Response:
    """End this session, and let the browser forget it; the browser itself stays known."""
    sent = await fields_of(request, FIELD)
    if not is_ours(request, sent[FIELD]):
        return page("refused.html", request, page_language(request), status=403, to=HOME)
    if who is not None:
        await sign_out(who, now=now)
    response = RedirectResponse(with_language(request, "/sign-in"), status_code=303)
    drop_cookie(response, Cookie.SESSION)
    drop_cookie(response, Cookie.VISIT)
    return response


def browser_of(request: Request) -> Browser:
    """Where somebody is who wants to sign in."""
    return Browser(
        network=network_of(client_of(request)),
        agent=request.headers.get("user-agent", ""),
        device=read_cookie(request, Cookie.DEVICE),
        session=read_cookie(request, Cookie.SESSION),
    )


def signed_in_to(request: Request, path: str, tokens: Tokens) -> Response:
    """To this page, with what the browser is to keep."""
    response = RedirectResponse(with_language(request, path), status_code=303)
    keep_tokens(response, tokens)
    return response


def keep_tokens(response: Response, tokens: Tokens) -> None:
    """Let the browser keep what it signed in with, and nothing from before."""
    keep_cookie(response, Cookie.SESSION, tokens.session)
    keep_device(response, tokens.device)
    drop_cookie(response, Cookie.VISIT)
    drop_cookie(response, Cookie.HALF_WAY)


def goes_on(request: Request, path: str, done: Tokens | HalfWay) -> Response:
    """To this page, or first to the one that asks for what an account has beside its password."""
    if isinstance(done, Tokens):
        return signed_in_to(request, path, done)
    target = with_language(request, f"{SECOND_STEP}?{urlencode({'to': path})}")
    response = RedirectResponse(target, status_code=303)
    keep_cookie(response, Cookie.HALF_WAY, done.token)
    return response


def keep_device(response: Response, token: str) -> None:
    """Let the browser be known for as many days as policy says."""
    days = current_policy().accounts.device_days
    keep_cookie(response, Cookie.DEVICE, token, seconds=days * _DAY)


def sign_in_form(
    request: Request,
    *,
    to: str,
    error: str | None = None,
    language: Language | None = None,
    **facts: Any,
) -> Response:
    """The page on which people sign in, with what went wrong; in the reader's language."""
    language = language or page_language(request)
    shown = {
        "name": "",
        "again": None,
        "path": "/sign-in",
        "providers": [*providers()],
        "passkeys_possible": passkey_site(language) is not None,
        **facts,
    }
    return page("sign_in.html", request, language, to=to, error=error, **shown)
