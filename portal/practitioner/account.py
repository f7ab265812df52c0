"""One's own account: another password, and the sessions that are open."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.counting import TooManyTries
from desk.accounts.passwords import PasswordRefused, change_password
from desk.accounts.signed_in import SignedIn, end_other_sessions, end_session, sessions_of
from desk.accounts.signing_in import NotSignedIn
from portal.practitioner.signing_in import browser_of, signed_in_to
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import fields_of
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.password_faults import password_facts, sentence_of
from portal.web.waits import retry_after
from portal.web.who import Anybody

router = APIRouter()

SESSIONS = "/account/sessions"
_READ = ["GET", "HEAD"]


@router.api_route("/account/password", methods=_READ)
async def ask_for_password(request: Request, who: Anybody) -> Response:
    """The form."""
    return _form(request, who, {})


@router.post("/account/password")
async def change(request: Request, who: Anybody, now: Now) -> Response:
    """Set another password, by the one before; the other sessions end."""
    sent = await fields_of(request, FIELD, "before", "password", "repeated")
    if not is_ours(request, sent[FIELD]):
        return _form(request, who, {"form": "again"}, status=403)
    if sent["password"] != sent["repeated"]:
        return _form(request, who, {"repeated": "differs"}, status=422)
    try:
        tokens = await change_password(
            who, sent["before"], sent["password"], browser_of(request), now=now
        )
    except NotSignedIn as refusal:
        return _form(request, who, {"before": "before_wrong"}, status=refusal.page_status)
    except PasswordRefused as refusal:
        errors = {"password": sentence_of(refusal.fault)}
        return _form(request, who, errors, status=refusal.page_status)
    except TooManyTries as refusal:
        return _form(
            request,
            who,
            {"form": "too_many"},
            status=refusal.page_status,
            again=refusal.again_at,
            headers=retry_after(refusal.again_at, now),
        )
    return signed_in_to(request, SESSIONS, tokens)


@router.api_route("/account/sessions", methods=_READ)
async def show_sessions(request: Request, who: Anybody, now: Now) -> Response:
    """Where one is signed in."""
    return await _sessions(request, who, now)


@router.post("/account/sessions/end-others")
async def end_others(request: Request, who: Anybody, now: Now) -> Response:
    """Sign out everywhere else."""
    sent = await fields_of(request, FIELD)
    if not is_ours(request, sent[FIELD]):
        return await _sessions(request, who, now, refused=True)
    await end_other_sessions(who, now=now)
    return RedirectResponse(with_language(request, SESSIONS), status_code=303)


@router.post("/account/sessions/{session_id}/end")
async def end_one(session_id: UUID, request: Request, who: Anybody, now: Now) -> Response:
    """End one of one's own sessions."""
    sent = await fields_of(request, FIELD)
    if not is_ours(request, sent[FIELD]):
        return await _sessions(request, who, now, refused=True)
    await end_session(who, session_id, now=now)
    return RedirectResponse(with_language(request, SESSIONS), status_code=303)


async def _sessions(
    request: Request, who: SignedIn, now: Now, *, refused: bool = False
) -> Response:
    return page(
        "sessions.html",
        request,
        page_language(request, who.language),
        status=403 if refused else 200,
        path=SESSIONS,
        sessions=await sessions_of(who, now=now),
        refused=refused,
    )


def _form(request: Request, who: SignedIn, errors: dict[str, str], **facts: Any) -> Response:
    shown = {"again": None, **password_facts(who.kind), **facts}
    language = page_language(request, who.language)
    return page("password.html", request, language, errors=errors, **shown)
