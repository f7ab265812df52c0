"""Approving, returning and rejecting: first the e-mails as they will be sent, then the decision."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from desk.accounts.signed_in import SignedIn
from desk.cases.case import Case, read_case
from desk.looks import Looker
from desk.requests.at_the_gate import ClaimedByAnother, DecisionWaits, ReviewAlreadyDecided
from desk.requests.emails_ahead import EmailAhead, emails_ahead
from desk.requests.landing import put_down
from desk.requests.review import (
    NOTE_LENGTH,
    AlreadyApprovedByOfficer,
    Ruling,
)
from desk.requests.second_look import ChangedSinceReview, NotApprovable
from desk.requests.ticked import NotAllTicked
from portal.forms.sending import texts_of
from portal.officers.acting import Hand, hand_of
from portal.officers.case import words_of
from portal.officers.home import after_deciding
from portal.officers.keys import are_keys_on
from portal.officers.start import CASE, REFUSED, UNREADABLE, Reviewer, code_of, name_of, round_in
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.sentences import said
from rules.errors import MumarisError
from rules.findings.both_languages import InBoth
from rules.findings.problems import ValueRefused
from rules.register.fields import label_of
from rules.requests.correctable import Correctable
from rules.requests.review import REASONS, WANT_A_NOTE
from rules.requests.verdicts import Origin, Verdict

router = APIRouter()

DECIDE = CASE + "/decide/{verdict}"
_DECIDED = "decide"
_TICKED = "yes"
#: An e-mail's HTML brings styles of its own; it may do nothing else, and reaches nothing of ours.
_AS_EMAIL = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
#: What stands against a decision as things are now, by what is said of it.
_REFUSED: Mapping[type[MumarisError], str] = {
    ReviewAlreadyDecided: "decide.no_more",
    ClaimedByAnother: "decide.anothers",
    DecisionWaits: "decide.waits",
    AlreadyApprovedByOfficer: "decide.approved_by_you",
    ChangedSinceReview: "decide.changed",
}


@dataclass(frozen=True, repr=False)
class Chosen:
    """What stands in the form."""

    reason: str = ""
    note: str = ""
    fields: frozenset[Correctable] = frozenset()
    #: The round that the officer was shown, as the form brings it back.
    round: int = 0

    @property
    def digest(self) -> str:
        """Tells what was shown from what was written over it since."""
        said = json.dumps([self.reason, self.note, sorted(self.fields), self.round])
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, repr=False)
class PageSays:
    """What the page says of it."""

    #: By the name of the box, or "" for the whole.
    mistakes: Mapping[str, Sequence[InBoth]] = field(default_factory=dict)
    #: None until it was asked for; then what would be sent.
    emails: Sequence[EmailAhead] | None = None
    status: int = 200


@router.get(DECIDE)
async def ask(code: str, verdict: str, request: Request, who: Reviewer, now: Now) -> Response:
    """What is to be said; an approval needs nothing more, so its e-mails stand here already."""
    asked = _verdict(verdict)
    case = await _case(code, who, now)
    chosen = Chosen(round=case.gate.round)
    answer = PageSays()
    if asked is Verdict.APPROVE:
        answer = await _ahead(case, asked, chosen, who, now)
    return _form(request, case, asked, chosen, answer, hand_of(case, name_of(who), now))


@router.post(DECIDE)
async def press(code: str, verdict: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Decide, where the very e-mails were shown before; else show them, or say what is wrong."""
    asked = _verdict(verdict)
    case = await _case(code, who, now)
    sent, chosen = await _sent_form(request, case)
    if sent[SWITCH]:
        answer = PageSays()
    elif not is_ours(request, sent[FIELD]):
        answer = PageSays({"": (said("form.again"),)}, status=REFUSED)
    elif sent["step"] == _DECIDED and sent["shown"] == chosen.digest:
        tracking_code = case.gate.tracking_code
        try:
            lands_at = await put_down(tracking_code, _ruling(asked, chosen, who), now=now)
        except MumarisError as refusal:
            answer = _refused(refusal, case)
        else:
            return after_deciding(request, tracking_code, asked, is_made=lands_at is None)
    else:
        answer = await _ahead(case, asked, chosen, who, now)
    return _form(request, case, asked, chosen, answer, hand_of(case, name_of(who), now))


@router.post(DECIDE + "/email")
async def show_email(
    code: str, verdict: str, request: Request, who: Reviewer, now: Now
) -> Response:
    """The HTML part of one of the e-mails, as a mail program shows it, by what stands in the form.

    Nothing is decided. What cannot be shown is answered as the form would be.
    """
    asked = _verdict(verdict)
    case = await _case(code, who, now)
    sent, chosen = await _sent_form(request, case)
    if is_ours(request, sent[FIELD]):
        answer = await _ahead(case, asked, chosen, who, now)
    else:
        answer = PageSays({"": (said("form.again"),)}, status=REFUSED)
    parts = {str(place): each.words.html for place, each in enumerate(answer.emails or ())}
    if sent["email"] in parts:
        return HTMLResponse(parts[sent["email"]], headers={"Content-Security-Policy": _AS_EMAIL})
    return _form(request, case, asked, chosen, answer, hand_of(case, name_of(who), now))


async def _sent_form(request: Request, case: Case) -> tuple[Mapping[str, str], Chosen]:
    """What was sent with the form, and what was chosen in it."""
    boxes = {each: f"field-{each}" for each in case.correctable}
    sent = await texts_of(
        request,
        (FIELD, SWITCH, "step", "email", "reason", "note", "round", "shown", *boxes.values()),
    )
    chosen = Chosen(
        reason=sent["reason"],
        note=sent["note"],
        fields=frozenset(each for each, box in boxes.items() if sent[box] == _TICKED),
        round=round_in(sent["round"]),
    )
    return sent, chosen


def _verdict(typed: str) -> Verdict:
    if typed not in set(Verdict):
        raise HTTPException(404)
    return Verdict(typed)


async def _case(code: str, who: SignedIn, now: datetime) -> Case:
    return await read_case(code_of(code), by=Looker.officer(name_of(who)), now=now)


async def _ahead(
    case: Case, verdict: Verdict, chosen: Chosen, who: SignedIn, now: datetime
) -> PageSays:
    if missing := _missing(verdict, chosen):
        return PageSays(missing, status=UNREADABLE)
    ruling = _ruling(verdict, chosen, who)
    try:
        return PageSays(emails=await emails_ahead(case.gate.tracking_code, ruling, now=now))
    except MumarisError as refusal:
        return _refused(refusal, case)


def _missing(verdict: Verdict, chosen: Chosen) -> Mapping[str, Sequence[InBoth]]:
    """Everything that is still to be chosen, at once; the desk refuses one after the other."""
    boxes = {
        "fields": verdict is Verdict.RETURN and not chosen.fields,
        "reason": bool(REASONS[verdict]) and chosen.reason not in REASONS[verdict],
        "note": chosen.reason in WANT_A_NOTE and not chosen.note.strip(),
    }
    return {box: (said(f"decide.{box}.mistake"),) for box, is_wrong in boxes.items() if is_wrong}


def _ruling(verdict: Verdict, chosen: Chosen, who: SignedIn) -> Ruling:
    return Ruling(
        verdict=verdict,
        officer=name_of(who),
        reason_code=chosen.reason or None,
        note=chosen.note or None,
        fields=sorted(chosen.fields),
        origin=Origin.DESK_PAGE,
        round=chosen.round,
    )


def _refused(refusal: MumarisError, case: Case) -> PageSays:
    """What the page says; raises the refusal again where it is no officer's to mend."""
    if isinstance(refusal, NotAllTicked):
        missing = words_of(case, refusal.missing)
        return PageSays({"": (said("case.not_ticked"), *missing)}, status=refusal.page_status)
    if isinstance(refusal, ValueRefused):
        return PageSays({"note": (refusal.about("note").sentence,)}, status=UNREADABLE)
    if isinstance(refusal, NotApprovable):
        against = tuple(
            InBoth(
                f"{label_of(found.field, 'ar')}: {found.sentence.ar}",
                f"{label_of(found.field, 'en')}: {found.sentence.en}",
            )
            for found in refusal.problems
        )
        return PageSays({"": (said("decide.not_approvable"), *against)}, status=refusal.page_status)
    for error, name in _REFUSED.items():
        if isinstance(refusal, error):
            return PageSays({"": (said(name),)}, status=refusal.page_status)
    raise refusal


def _form(
    request: Request, case: Case, verdict: Verdict, chosen: Chosen, answer: PageSays, hand: Hand
) -> Response:
    language = page_language(request)
    return page(
        "desk/decide.html",
        request,
        language,
        status=answer.status,
        path=DECIDE.format(code=case.gate.tracking_code, verdict=verdict),
        case=case,
        keys_on=are_keys_on(request),
        verdict=verdict,
        chosen=chosen,
        reasons=REASONS[verdict],
        most=NOTE_LENGTH,
        mistakes=answer.mistakes,
        summary=[
            (box, sentence.in_(language))
            for box, sentences in answer.mistakes.items()
            for sentence in sentences
        ],
        emails=answer.emails,
        is_open=hand in {Hand.MINE, Hand.FREE},
        wants_another=verdict is Verdict.APPROVE and case.gate.approvals_missing > 1,
    )
