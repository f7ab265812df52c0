"""Sign in by an identity provider: the way there, and the page that a browser comes back to.

The way there is a form, as a stranger's page must not begin it. What answers is a page that leads
on: a redirect would make the browser hold the provider, and whoever that sends it on to, to the
form's own policy (``form-action 'self'``).
"""

import logging
import secrets
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.by_provider import NotLinked, TripOver, come_back, depart, sign_in_by_provider
from desk.accounts.counting import TooManyTries
from desk.policy import current_policy
from identity.provider import (
    AnswerNotTrusted,
    Arrival,
    IdentityProvider,
    ProviderAway,
    ProviderDeclined,
)
from identity.providers import providers
from mail.wording.languages import Language
from portal.practitioner.signing_in import browser_of, goes_on, sign_in_form
from portal.web.clock import Now
from portal.web.cookies import Cookie, keep_cookie, read_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import fields_of
from portal.web.guessing import network_of
from portal.web.languages import page_language
from portal.web.pages import error_page, page
from portal.web.proxies import client_of
from portal.web.settings import portal_origin
from portal.web.waits import retry_after
from portal.web.who import HOME, our_path
from rules.accounts.kinds import AccountKind
from rules.errors import MumarisError

logger = logging.getLogger("mumaris.portal")
router = APIRouter()

#: How all of these pages begin.
PATHS = "/sign-in/with/"
#: Longer values of an address are not looked at.
_LONGEST = 4096
#: What is said of each refusal, on the page on which people sign in.
_SENTENCES: dict[type[MumarisError], str] = {
    ProviderAway: "provider_away",
    ProviderDeclined: "provider_declined",
    AnswerNotTrusted: "provider_not_trusted",
    TripOver: "provider_over",
    NotLinked: "provider_not_linked",
}
_REFUSALS = tuple(_SENTENCES)


@router.post("/sign-in/with/{whose}")
async def leave(whose: str, request: Request, now: Now) -> Response:
    """To the provider."""
    kind, provider = _provider(whose)
    if provider is None:
        return error_page(request, 404)
    sent = await fields_of(request, FIELD, "to")
    to, shown = our_path(sent["to"]), page_language(request)
    if not is_ours(request, sent[FIELD]):
        return sign_in_form(request, to=to, error="provider_again", status=403)
    secret = read_cookie(request, Cookie.AWAY) or secrets.token_urlsafe(32)
    try:
        address = await depart(
            provider,
            kind,
            secret,
            back=_back(kind),
            to_path=to,
            language=str(shown) if "lang" in request.query_params else "",
            shown_in=str(shown),
            network=network_of(client_of(request)),
            now=now,
        )
    except ProviderAway as refusal:
        return _refused(request, refusal, to=to, language=shown)
    except TooManyTries as refusal:
        return sign_in_form(
            request,
            to=to,
            error="too_many",
            again=refusal.again_at,
            status=refusal.page_status,
            headers=retry_after(refusal.again_at, now),
        )
    answer = page(
        "to_provider.html",
        request,
        shown,
        path="/sign-in",
        headers={"Refresh": f"0; url={address}", "Referrer-Policy": "no-referrer"},
        address=address,
    )
    seconds = current_policy().accounts.provider_minutes * 60
    keep_cookie(answer, Cookie.AWAY, secret, seconds=seconds)
    return answer


@router.get("/sign-in/with/{whose}/back")
async def arrive(whose: str, request: Request, now: Now) -> Response:
    """Back from the provider, which sends the browser here: a session, or why there is none."""
    kind, provider = _provider(whose)
    if provider is None:
        return error_page(request, 404)
    state, secret = _said(request, "state"), read_cookie(request, Cookie.AWAY)
    try:
        trip = await come_back(state, secret, kind, now=now)
    except TripOver as refusal:
        return _refused(request, refusal, to=HOME, language=page_language(request))
    language = page_language(request, trip.language or None)
    try:
        done = await sign_in_by_provider(
            provider,
            kind,
            Arrival(
                code=_said(request, "code"),
                error=_said(request, "error"),
                issuer=_said(request, "iss"),
            ),
            trip,
            browser_of(request),
            back=_back(kind),
            now=now,
        )
    except _REFUSALS as refusal:
        if isinstance(refusal, AnswerNotTrusted | ProviderAway):
            logger.warning("no sign-in by an identity provider: %s", refusal)
        return _refused(request, refusal, to=trip.to_path, language=language)
    answer = goes_on(request, trip.to_path, done)
    if trip.language:
        location = answer.headers["location"]
        mark = "&" if "?" in location else "?"
        answer.headers["location"] = f"{location}{mark}{urlencode({'lang': trip.language})}"
    return answer


def _refused(request: Request, refusal: MumarisError, *, to: str, language: Language) -> Response:
    return sign_in_form(
        request,
        to=to,
        error=_SENTENCES[_branch(refusal)],
        language=language,
        status=refusal.page_status,
    )


def _branch(refusal: MumarisError) -> type[MumarisError]:
    """The one of the errors that have a sentence; one may stand under another."""
    return next(known for known in _SENTENCES if isinstance(refusal, known))


def _provider(whose: str) -> tuple[AccountKind, IdentityProvider | None]:
    kind = AccountKind.OFFICER if whose == AccountKind.OFFICER else AccountKind.PRACTITIONER
    return kind, providers().get(kind) if kind == whose else None


def _back(kind: AccountKind) -> str:
    """Where the provider sends browsers, by our own settings: whatever host a browser names."""
    return f"{portal_origin()}{PATHS}{kind}/back"


def _said(request: Request, name: str) -> str:
    """The one value of this name in the address; empty for none, several, or a very long one."""
    values = request.query_params.getlist(name)
    return values[0] if len(values) == 1 and len(values[0]) <= _LONGEST else ""
