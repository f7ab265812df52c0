"""A profile update that is being written: saved part by part, until it is sent.

Everything here is asked by its owner, who is named by the registration number of their account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.drafts.keeping import (
    OnDraft,
    PartUnknown,
    Seen,
    fitting,
    keepable,
    kept_since,
    put,
    put_if_new,
    to_write,
)
from desk.policy import current_policy
from desk.requests.addresses import address_brought, address_typed
from models.accounts.address_codes import end_address_codes
from models.database import transaction
from models.drafts import (
    Draft,
    destroy_draft,
    find_draft,
    sweep_drafts,
)
from models.newcomers import blank_newcomers, sweep_newcomers
from models.open_requests import open_request
from models.practitioners import find_practitioner
from rules.errors import Conflict
from rules.profile_update.drafted import (
    Content,
    Entry,
    Section,
    entry_of,
    kept,
    next_part,
    on_file_as_typed,
    parts_of,
)
from rules.register.fields import Field
from rules.register.profile import ProfileOnFile
from rules.requests.statuses import Kind

KIND = Kind.PROFILE_UPDATE


class TooManyEntries(Conflict):
    """The draft has as many of these as one request may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"one request may have {limit} of these")
        self.limit = limit


@dataclass(frozen=True, repr=False)
class Written(OnDraft):
    """What is on file about its owner, and what they have typed."""

    on_file: ProfileOnFile

    def boxes_of(self, part: str) -> dict[str, str]:
        """What the boxes of the part's page hold: what is on file, and over it what was typed.

        Raises `PartUnknown`, also for an entry that was not begun.
        """
        _check_part(part, self.content)
        return {**on_file_as_typed(part, self.on_file), **self.content.get(part, {})}


async def look(owner: str, *, now: datetime) -> Written:
    """The draft of this registration number as it stands; begins none."""
    async with transaction() as session:
        return await read_written(session, owner, now)


async def save(
    owner: str, part: str, typed: Mapping[str, str], *, seen: Seen, now: datetime
) -> Written:
    """Keep what was typed on this part's page, right or wrong: nothing typed is lost.

    Saved again it changes nothing. What equals the data on file is not kept. Raises `DraftMoved`
    where the part was saved since the page was shown, with other content; `RequestIsOpen`,
    `PartUnknown`.
    """
    cleaned = keepable(typed)
    async with transaction() as session:
        written = await _to_write(session, owner, now)
        draft = _draft_of(written)
        _check_part(part, written.content)
        new = kept(part, cleaned, on_file_as_typed(part, written.on_file))
        if put_if_new(draft, part, new, seen=seen, now=now) and part == Section.CONTACT:
            await end_address_codes(session, draft.id, now=now, but=new_address(written))
        return written


def new_address(written: Written) -> str | None:
    """The e-mail address that the draft would put on file and that needs a code, as rules read it.

    None for none, for one that they refuse, and for what a returned request has brought already.
    """
    address = address_typed(written.content.get(Section.CONTACT, {}).get(Field.EMAIL))
    brought = address_brought(written.corrects) if written.corrects else None
    return None if address in {None, written.on_file.email, brought} else address


async def add_entry(
    owner: str, entry: Entry, typed: Mapping[str, str], *, seen: Seen, now: datetime
) -> str:
    """Begin one more certificate, experience or document; returns its part.

    A page that is sent twice adds one. Raises `TooManyEntries`, `RequestIsOpen`.
    """
    cleaned = keepable(typed)
    async with transaction() as session:
        written = await _to_write(session, owner, now)
        draft = _draft_of(written)
        part = next_part(written.content, entry)
        new, there = kept(part, cleaned, {}), parts_of(written.content, entry)
        for known in there:
            if draft.version_of(known) > seen.version and written.content[known] == new:
                return known
        if len(there) >= _most(entry):
            raise TooManyEntries(_most(entry))
        put(draft, part, new, now)
        return part


async def remove_entry(owner: str, part: str, *, now: datetime) -> None:
    """Take a certificate, experience or document out of the draft; again, it changes nothing."""
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        draft = await find_draft(session, practitioner.id, KIND, since=kept_since(now), lock=True)
        if draft is not None and entry_of(part) is not None and part in draft.content:
            put(draft, part, None, now)


async def discard(owner: str) -> None:
    """Destroy the draft with all that was typed."""
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        await destroy_draft(session, practitioner.id, KIND)


async def sweep(*, now: datetime, limit: int) -> int:
    """Destroy drafts that policy no longer keeps, up to so many; returns how many."""
    async with transaction() as session:
        return await sweep_drafts(session, saved_before=kept_since(now), limit=limit)


async def forget_newcomers(*, now: datetime, limit: int) -> int:
    """Forget who began to register, and has nothing here any more, up to so many of each; how many.

    Where numbers of an emptied request are left, the mailbox is what goes. It looks at every
    newcomer, so it is not for each pass.
    """
    begun_before = kept_since(now)
    async with transaction() as session:
        gone = await sweep_newcomers(session, begun_before=begun_before, limit=limit)
        return gone + await blank_newcomers(session, begun_before=begun_before, limit=limit)


async def read_written(
    session: AsyncSession, owner: str, now: datetime, *, lock: bool = False
) -> Written:
    """As `look`, in the caller's transaction; with ``lock`` nobody else writes the draft."""
    practitioner = await find_practitioner(session, owner)
    draft = await find_draft(session, practitioner.id, KIND, since=kept_since(now), lock=lock)
    request = await open_request(session, practitioner.id, KIND)
    return Written(practitioner.on_file(), draft=fitting(draft, request), open_request=request)


async def _to_write(session: AsyncSession, owner: str, now: datetime) -> Written:
    practitioner = await find_practitioner(session, owner)
    draft, request = await to_write(session, practitioner.id, KIND, now=now)
    return Written(practitioner.on_file(), draft=draft, open_request=request)


def _draft_of(written: Written) -> Draft:
    if written.draft is None:
        raise RuntimeError("a draft that was begun is not there")
    return written.draft


def _check_part(part: str, content: Content) -> None:
    if part not in set(Section) and (entry_of(part) is None or part not in content):
        raise PartUnknown


def _most(entry: Entry) -> int:
    limits = current_policy().limits
    return {
        Entry.CERTIFICATE: limits.certificates,
        Entry.EXPERIENCE: limits.experience,
        Entry.DOCUMENT: limits.documents,
    }[entry]
