"""The pages that the links in e-mails about an account open: a password is set there.

Opening one (GET, HEAD) changes nothing, as mail scanners open every link. The address holds the
link's secret, so the page sends no referrer; its form is bound to the browser all the same, or a
stranger could have somebody press with the stranger's own link, and be in the stranger's account.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.passwords import (
    UNKNOWN_LINK,
    AccountLinkState,
    AccountLinkView,
    IdentityDiffers,
    LinkNotUsable,
    PasswordRefused,
    look_at_link,
    set_by_link,
)
from portal.practitioner.signing_in import browser_of, goes_on, keep_device
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import fields_of
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.password_faults import password_facts, sentence_of
from portal.web.tokens import is_token
from portal.web.who import HOME, our_path
from rules.accounts.kinds import LinkUse

router = APIRouter()

_PATHS = {LinkUse.FIRST_SIGN_IN: "/first-sign-in", LinkUse.RESET: "/new-password"}
_STATUS_CODES = {
    AccountLinkState.USABLE: 200,
    AccountLinkState.USED: 410,
    AccountLinkState.EXPIRED: 410,
    AccountLinkState.UNKNOWN: 404,
}
_READ = ["GET", "HEAD"]


@router.api_route("/first-sign-in/{token}", methods=_READ)
async def show_first(token: str, request: Request, now: Now) -> Response:
    """The form for the first password, or why there is none."""
    return await _show(token, LinkUse.FIRST_SIGN_IN, request, now)


@router.post("/first-sign-in/{token}")
async def set_first(token: str, request: Request, now: Now) -> Response:
    """Set the first password, and sign in."""
    return await _set(token, LinkUse.FIRST_SIGN_IN, request, now)


@router.api_route("/new-password/{token}", methods=_READ)
async def show_new(token: str, request: Request, now: Now) -> Response:
    """The form for a new password, or why there is none."""
    return await _show(token, LinkUse.RESET, request, now)


@router.post("/new-password/{token}")
async def set_new(token: str, request: Request, now: Now) -> Response:
    """Set a new password; it is used to sign in at once, on the page that follows."""
    return await _set(token, LinkUse.RESET, request, now)


async def _show(token: str, use: LinkUse, request: Request, now: datetime) -> Response:
    return _page(request, token, use, await _look(token, use, now))


async def _look(token: str, use: LinkUse, now: datetime) -> AccountLinkView:
    return await look_at_link(token, use, now=now) if is_token(token) else UNKNOWN_LINK


async def _set(token: str, use: LinkUse, request: Request, now: datetime) -> Response:
    view = await _look(token, use, now)
    if view.state is not AccountLinkState.USABLE:
        return _page(request, token, use, view)
    sent = await fields_of(request, FIELD, "password", "repeated", "identity_number")
    if not is_ours(request, sent[FIELD], by_link=True):
        return _page(request, token, use, view, {"form": "again"}, status=403)
    if sent["password"] != sent["repeated"]:
        return _page(request, token, use, view, {"repeated": "differs"}, status=422)
    try:
        done = await set_by_link(
            token,
            use,
            sent["password"],
            sent["identity_number"],
            browser_of(request),
            now=now,
        )
    except IdentityDiffers as refusal:
        errors = {"identity_number": "identity_differs"}
        view = await _look(token, use, now)
        return _page(request, token, use, view, errors, status=refusal.page_status)
    except PasswordRefused as refusal:
        errors = {"password": sentence_of(refusal.fault)}
        return _page(request, token, use, view, errors, status=refusal.page_status)
    except LinkNotUsable:
        return _page(request, token, use, await _look(token, use, now))
    to = our_path(view.goes_to or HOME)
    if isinstance(done, str):
        language = page_language(request, view.language)
        response = page("password_set.html", request, language, to=to)
        keep_device(response, done)
        return response
    return goes_on(request, to, done)


def _page(
    request: Request,
    token: str,
    use: LinkUse,
    view: AccountLinkView,
    errors: dict[str, str] | None = None,
    *,
    status: int | None = None,
) -> Response:
    usable = view.state is AccountLinkState.USABLE
    return page(
        "set_password.html",
        request,
        page_language(request, view.language),
        status=status if status is not None and usable else _STATUS_CODES[view.state],
        path=f"{_PATHS[use]}/{token}",
        headers={"Referrer-Policy": "no-referrer"},
        view=view,
        to=our_path(view.goes_to or HOME),
        use=use,
        errors=errors or {},
        **password_facts(view.kind),
    )
