"""What operators do on the page: send e-mails again, release claims, restart a run.

Each has a page of its own, which asks for the proof that one is oneself and for a reason.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.mail.resending import undelivered
from desk.operations.acts import (
    NoRunToRestart,
    OperatorAsks,
    RunAtWork,
    release_claims,
    restart_run,
    send_again,
)
from desk.requests.reasons import ReasonNotSaid
from mail.facts.stored import LETTERS
from models.requests import RequestUnknown
from portal.forms.sending import texts_of
from portal.officers.start import READ, REFUSED, UNREADABLE, name_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.proving import ProofNeeded, is_proved
from portal.web.sentences import said
from portal.web.who import desk
from rules.accounts.kinds import OPERATING
from rules.findings.both_languages import InBoth
from rules.findings.problems import ValueRefused
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

OPERATIONS = "/desk/operations"
SEND_AGAIN = f"{OPERATIONS}/send-again"
RELEASE = f"{OPERATIONS}/release-claims"
RESTART = f"{OPERATIONS}/restart-run"
Operator = Annotated[SignedIn, Depends(desk(*OPERATING))]
Mistakes = Mapping[str, InBoth]


async def lately(request: Request, who: Operator, now: Now) -> SignedIn:
    """An operator who has shown lately that it is them; whoever has not is asked, and led back."""
    if not is_proved(who, now=now):
        raise ProofNeeded(request.url.path)
    return who


ProvedOperator = Annotated[SignedIn, Depends(lately)]


class _NoSuchLetter(Exception):
    """The form names an e-mail that there is not."""


@dataclass(frozen=True)
class _Sent:
    """What a form of this page sent."""

    reason: str = ""
    letter: str = ""
    code: str = ""


_NOTHING = _Sent()


@router.api_route(SEND_AGAIN, methods=READ)
async def ask_which(request: Request, _: ProvedOperator) -> Response:
    """Asks which e-mails, and why."""
    return await _form(request, SEND_AGAIN)


@router.post(SEND_AGAIN)
async def send_letters(request: Request, who: ProvedOperator, now: Now) -> Response:
    """Send again what failed or came back: all, all of one sort, or one request's."""
    return await _act(request, who, SEND_AGAIN, now=now)


@router.api_route(RELEASE, methods=READ)
async def ask_why(request: Request, _: ProvedOperator) -> Response:
    """Asks why the claims of who has left are put back."""
    return await _form(request, RELEASE)


@router.post(RELEASE)
async def put_back(request: Request, who: ProvedOperator, now: Now) -> Response:
    """Put them back; pressed again, it is the same."""
    return await _act(request, who, RELEASE, now=now)


@router.api_route(RESTART, methods=READ)
async def ask_whose(request: Request, _: ProvedOperator) -> Response:
    """Asks which request, and why."""
    return await _form(request, RESTART)


@router.post(RESTART)
async def restart(request: Request, who: ProvedOperator, now: Now) -> Response:
    """Have another run made; the sweep makes it. Pressed twice, it is one."""
    return await _act(request, who, RESTART, now=now)


async def _act(request: Request, who: SignedIn, act: str, *, now: datetime) -> Response:
    found = await texts_of(request, (FIELD, SWITCH, "reason", "letter", "code"))
    sent = _Sent(found["reason"], found["letter"], found["code"])
    if found[SWITCH]:
        return await _form(request, act, sent)
    if not is_ours(request, found[FIELD]):
        return await _form(request, act, sent, {"": said("form.again")}, REFUSED)
    try:
        await _do(act, sent, OperatorAsks(name_of(who), sent.reason), now=now)
    except _NoSuchLetter:
        mistakes = {"letter": said("operating.letter.mistake")}
    except ReasonNotSaid:
        mistakes = {"reason": said("operating.reason.mistake")}
    except ValueRefused as refusal:
        mistakes = {"reason": refusal.about("reason").sentence}
    except (NotATrackingCode, RequestUnknown):
        mistakes = {"code": said("operating.code.mistake")}
    except (RunAtWork, NoRunToRestart):
        mistakes = {"code": said("operating.restart.needless")}
    else:
        return RedirectResponse(with_language(request, OPERATIONS), status_code=303)
    return await _form(request, act, sent, mistakes, UNREADABLE)


async def _do(act: str, sent: _Sent, asked: OperatorAsks, *, now: datetime) -> None:
    if act == RELEASE:
        await release_claims(asked, now=now)
    elif act == RESTART:
        await restart_run(parse_tracking_code(sent.code), asked, now=now)
    else:
        if sent.letter not in {"", *LETTERS}:
            raise _NoSuchLetter
        code = parse_tracking_code(sent.code) if sent.code.strip() else None
        which = await undelivered(tracking_code=code, letter=sent.letter or None)
        await send_again(which, asked, now=now)


async def _form(
    request: Request,
    act: str,
    sent: _Sent = _NOTHING,
    mistakes: Mistakes | None = None,
    status: int = 200,
) -> Response:
    language = page_language(request)
    mistakes = mistakes or {}
    letters = await undelivered() if act == SEND_AGAIN else []
    return page(
        "desk/operating.html",
        request,
        language,
        status=status,
        path=act,
        what=act.rpartition("/")[2].replace("-", "_"),
        back=OPERATIONS,
        sent=sent,
        letters=sorted(Counter(one.letter for one in letters).items()),
        mistakes=mistakes,
        summary=[(box, sentence.in_(language)) for box, sentence in mistakes.items()],
    )
