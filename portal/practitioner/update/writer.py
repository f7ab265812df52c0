"""Who writes a draft: also somebody whose session ran out while the form stood open."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from desk.accounts.signed_in import SignedIn, who_was_signed_in
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from desk.drafts.update import TooManyEntries, add_entry, look, save
from models.drafts import DraftMoved
from portal.forms.sending import texts_of
from portal.practitioner.update.forms import form_of
from portal.practitioner.update.rows import may_change
from portal.practitioner.update.seen import SEEN, seen_of
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.who import NotForOfficers, SignInNeeded, visitor
from rules.profile_update.drafted import Entry

#: A draft that somebody else wrote meanwhile, or that cannot be written: nothing is kept then.
_NOT_KEPT = (DraftMoved, PartUnknown, RequestIsOpen, TooManyEntries)


async def writer(request: Request, now: Now) -> SignedIn:
    """The practitioner who is signed in; raises `SignInNeeded`, and `NotForOfficers`.

    What somebody sent whose session had run out is kept in their draft first, and the sign-in
    leads to the page that shows it: to them alone, as it is their draft.
    """
    found = await visitor(request, now)
    if found is None:
        await _keep_for_later(request, now)
        raise SignInNeeded
    if found.practitioner_id is None:
        raise NotForOfficers
    return found


Writer = Annotated[SignedIn, Depends(writer)]


async def _keep_for_later(request: Request, now: datetime) -> None:
    token = read_cookie(request, Cookie.SESSION)
    who = await who_was_signed_in(token, now=now) if token is not None else None
    if who is None or who.registration_number is None:
        return
    try:
        part = await _kept(request, who.registration_number, now)
    except _NOT_KEPT:
        return
    if part is not None:
        request.state.goes_on_at = f"/update/edit/{part}"


async def _kept(request: Request, owner: str, now: datetime) -> str | None:
    """The part under which it was kept; None where no page of ours has sent it."""
    named = str(request.path_params.get("part") or request.path_params.get("entry"))
    written = await look(owner, now=now)
    is_new = named in set(Entry)
    part = f"{named}-0" if is_new else named
    before = {} if is_new else written.boxes_of(part)
    boxes = form_of(part).only(may_change(written, part)).boxes
    sent = await texts_of(request, (FIELD, SEEN, "switch", *boxes))
    if not is_ours(request, sent[FIELD]):
        return None
    typed, seen = before | {box: sent[box] for box in boxes}, seen_of(sent[SEEN])
    if is_new:
        return await add_entry(owner, Entry(named), typed, seen=seen, now=now)
    await save(owner, part, typed, seen=seen, now=now)
    return part
