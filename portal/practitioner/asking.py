"""Ask for the link that sets a password; whoever asks sees the same page, after as long a time."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.asking import ask_for_first_sign_in, ask_for_new_password
from desk.accounts.counting import TooManyTries
from desk.policy import current_policy
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.guessing import network_of
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.proxies import client_of
from portal.web.waits import retry_after
from portal.web.who import HOME, our_path

router = APIRouter()

#: What is answered as late for nobody as for somebody (`portal.web.evenly`).
EVEN_PATHS = ("/first-sign-in", "/forgotten-password")


@router.api_route("/first-sign-in", methods=["GET", "HEAD"])
async def ask_for_numbers(request: Request) -> Response:
    """The form."""
    return _form(request, "first_sign_in.html", to=our_path(request.query_params.get("to", HOME)))


@router.post("/first-sign-in")
async def ask_first(request: Request, now: Now) -> Response:
    """Mail the link, where both numbers are one person's."""
    sent = await fields_of(request, FIELD, SWITCH, "to", "registration_number", "identity_number")
    to = our_path(sent["to"])
    typed = {name: sent[name] for name in ("registration_number", "identity_number")}
    refused = _refused(request, sent, typed)
    if refused is not None:
        return _form(request, "first_sign_in.html", to=to, **typed, **refused)
    try:
        await ask_for_first_sign_in(**typed, network=_network(request), goes_to=to, now=now)
    except TooManyTries as refusal:
        return _form(request, "first_sign_in.html", to=to, **typed, **_too_many(refusal, now))
    return _asked(request)


@router.api_route("/forgotten-password", methods=["GET", "HEAD"])
async def ask_whose_password(request: Request) -> Response:
    """The form."""
    to = our_path(request.query_params.get("to", HOME))
    return _form(request, "forgotten_password.html", to=to)


@router.post("/forgotten-password")
async def ask_new(request: Request, now: Now) -> Response:
    """Mail the link, where an account has this name."""
    sent = await fields_of(request, FIELD, SWITCH, "to", "name")
    to = our_path(sent["to"])
    typed = {"name": sent["name"]}
    refused = _refused(request, sent, typed)
    if refused is not None:
        return _form(request, "forgotten_password.html", to=to, **typed, **refused)
    try:
        await ask_for_new_password(sent["name"], _network(request), goes_to=to, now=now)
    except TooManyTries as refusal:
        return _form(request, "forgotten_password.html", to=to, **typed, **_too_many(refusal, now))
    return _asked(request)


def _refused(
    request: Request, sent: dict[str, str], typed: dict[str, str]
) -> dict[str, Any] | None:
    """What the form is shown again with; None where it is to be acted on."""
    if sent[SWITCH]:
        return {}
    if not is_ours(request, sent[FIELD]):
        return {"error": "again", "status": 403}
    missing = [name for name, text in typed.items() if not text.strip()]
    return {"missing": missing, "status": 422} if missing else None


def _too_many(refusal: TooManyTries, now: Now) -> dict[str, Any]:
    return {
        "error": "too_many",
        "again": refusal.again_at,
        "status": refusal.page_status,
        "headers": retry_after(refusal.again_at, now),
    }


def _network(request: Request) -> str:
    return network_of(client_of(request))


def _form(request: Request, template: str, *, to: str, **facts: Any) -> Response:
    shown = {
        "name": "",
        "registration_number": "",
        "identity_number": "",
        "missing": (),
        "error": None,
        "again": None,
        **facts,
    }
    return page(template, request, page_language(request), to=to, **shown)


def _asked(request: Request) -> Response:
    minutes = current_policy().accounts.link_minutes
    return page("link_asked.html", request, page_language(request), minutes=minutes)
