"""The activation link: look at it, use it, stop by it, ask for a new one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant
from desk.kinds.registry import applicants_of, kind_of
from desk.policy import current_policy
from desk.requests.link_views import LinkState, LinkView, view_of
from desk.requests.queueing import (
    activation,
    old_address_notice,
    queue_activated,
    queue_link_expired,
)
from desk.requests.undoing import undo_in
from desk.requests.withdrawal import withdraw_in
from models.constraints import AlreadyTaken
from models.database import transaction
from models.door import (
    APPLICANT,
    CLOCK,
    OLD_ADDRESS,
    OPERATIONS,
    Actor,
    change_status,
    record,
    ring,
)
from models.letters import Letter, queue_letters, skip_letters
from models.links import (
    ActivationLink,
    LinkPurpose,
    find_link,
    issue_links,
    newest_link,
    newest_links,
)
from models.requests import Request, find_request, happened_since
from rules.errors import Conflict, TooOften
from rules.requests.events import EventName
from rules.requests.statuses import Status


class NothingToResend(Conflict):
    """The request does not wait for its activation link to be used."""

    def __init__(self, tracking_code: str, status: Status) -> None:
        super().__init__(f"request {tracking_code} does not wait for a link: it is {status}")
        self.status = status


class ResentTooOften(TooOften):
    """The limit of new links in a time is reached; ``again_at`` is when one can be asked for."""

    def __init__(self, tracking_code: str, again_at: datetime) -> None:
        super().__init__(
            f"request {tracking_code}: a new link can be asked for again at "
            f"{again_at:%Y-%m-%d %H:%M} UTC"
        )
        self.again_at = again_at


async def look(token: str, *, now: datetime) -> LinkView:
    """What this token is good for; changes nothing, so a mail scanner may open it."""
    async with transaction() as session:
        link = await find_link(session, token)
        if link is None:
            return LinkView(LinkState.UNKNOWN)
        request = await session.get_one(Request, link.request_id)
        return await view_of(session, link, request, now=now)


async def use(token: str, purpose: LinkPurpose, *, now: datetime) -> LinkView:
    """Use the link: bring the request into force, stop it, or take it back.

    One transaction: the link, the status, and all that comes into force. Used again, it answers
    `LinkState.USED` and changes nothing; of two uses at once one does the work and both get the
    same answer. A link that cannot be used answers with its state, and so does that of a request
    which may not come into force any more: it is withdrawn on behalf of operations. Where policy
    holds a change of e-mail address, the first use is kept, and `release_held` does the rest. The
    stop link, for some days after such a change came into force, takes it back
    (`desk.requests.undoing`). It never needs Prefect: the run is woken by the doorbell, or by the
    sweep when Prefect is back.
    """
    try:
        return await _use(token, purpose, now=now)
    except AlreadyTaken:
        # A register was loaded in the same moment: what stands in the way can be seen now.
        return await _use(token, purpose, now=now)


async def _use(token: str, purpose: LinkPurpose, *, now: datetime) -> LinkView:
    async with transaction() as session:
        link = await find_link(session, token)
        if link is None or link.purpose != purpose:
            return LinkView(LinkState.UNKNOWN)
        request = await session.get_one(Request, link.request_id, with_for_update=True)
        await session.refresh(link)
        state = (await view_of(session, link, request, now=now)).state
        if state is LinkState.UNDOABLE:
            link.used_at = now
            for other in await undo_in(session, request, now=now):
                await mail_link(session, other, now=now)
        elif state is LinkState.USABLE and purpose is LinkPurpose.STOP:
            link.used_at = now
            await withdraw_in(session, request, by=OLD_ADDRESS, now=now)
        elif state is LinkState.USABLE:
            await _activate(session, request, link, now=now)
        return await view_of(session, link, request, now=now)


async def _activate(
    session: AsyncSession, request: Request, link: ActivationLink, *, now: datetime
) -> None:
    held_until = await _held_until(session, request)
    if held_until is None or held_until <= now:
        await _bring_into_force(session, request, link, now=now)
        return
    request.held_until = held_until
    request.closes_at = None  # nothing is asked of the applicant any more
    record(session, request, EventName.ACTIVATION_HELD, by=APPLICANT, now=now)
    await ring(session)


async def _held_until(session: AsyncSession, request: Request) -> datetime | None:
    """When the address on file has had its time to object; None where it is not replaced."""
    hours = current_policy().activation.hold_email_change_hours
    notice = await newest_link(session, request.id, LinkPurpose.STOP) if hours else None
    return notice.issued_at + timedelta(hours=hours) if notice else None


async def release_held(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """Bring into force what was activated and held, in the sweep's transaction."""
    link = await newest_link(session, request.id, LinkPurpose.ACTIVATE)
    if link is None:
        raise RuntimeError("what was activated had a link")
    await _bring_into_force(session, request, link, now=now)


async def _bring_into_force(
    session: AsyncSession, request: Request, link: ActivationLink, *, now: datetime
) -> None:
    kind = kind_of(request)
    hindrance = await kind.hindrance(session, request)
    if hindrance is not None:
        # Whoever took the right away did so after the approval: for the applicant it is as if
        # operations had withdrawn the request.
        await withdraw_in(session, request, by=OPERATIONS, now=now, reason_code=hindrance)
        return
    link.used_at = now
    in_force = await kind.bring_into_force(session, request, now=now)
    await change_status(session, request, Status.ACTIVATED, by=APPLICANT, now=now)
    await queue_activated(
        session,
        request,
        await kind.applicant_of(session, request),
        changed=kind.changed_fields(request),
        in_force=in_force,
        now=now,
    )


async def mail_link(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """Owe the letter with a new activation link; see `mail_links`."""
    await mail_links(session, [request], now=now)


async def mail_links(
    session: AsyncSession, requests: Sequence[Request], *, now: datetime, is_reminder: bool = False
) -> None:
    """Owe the letters with new activation links, in the transaction that has locked the requests.

    A link supersedes earlier ones, whose letters do not leave any more; a reminder is the last.
    Where the e-mail address changes, the link goes to the new one, and the old one is told once.
    """
    limits = current_policy().activation
    known = await applicants_of(session, requests)
    letters = await _notices(session, requests, known, now=now)
    earlier = await newest_links(session, list(known), LinkPurpose.ACTIVATE)
    if earlier:
        ids = [link.id for link in earlier.values()]
        await skip_letters(session, link_ids=ids, reason="superseded", now=now)
    links = await issue_links(
        session,
        list(known),
        LinkPurpose.ACTIVATE,
        earlier=earlier,
        now=now,
        expires_at=now + timedelta(hours=limits.link_lifetime_hours),
        reminded_at=now if is_reminder else None,
    )
    letters += [
        activation(
            each,
            known[each.id],
            links[each.id],
            changed=kind_of(each).changed_fields(each),
            email=kind_of(each).wanted_email(each, known[each.id]),
            now=now,
            is_reminder=is_reminder,
        )
        for each in requests
    ]
    await queue_letters(session, letters)


async def _notices(
    session: AsyncSession,
    requests: Sequence[Request],
    known: Mapping[UUID, Applicant],
    *,
    now: datetime,
) -> list[Letter]:
    """To the addresses on file that are to be replaced, and were not told of it before."""
    replaced = {
        each.id: each
        for each in requests
        if kind_of(each).wanted_email(each, known[each.id]) != known[each.id].email
    }
    if not replaced:
        return []
    told = await newest_links(session, list(replaced), LinkPurpose.STOP)
    links = await issue_links(
        session,
        replaced.keys() - told.keys(),
        LinkPurpose.STOP,
        earlier={},
        now=now,
        expires_at=now + timedelta(days=current_policy().activation.close_after_days),
    )
    return [
        old_address_notice(replaced[each], known[each], link, now=now)
        for each, link in links.items()
    ]


async def resend(tracking_code: str, *, by: Actor = APPLICANT, now: datetime) -> None:
    """Mail a new activation link, which supersedes the earlier ones.

    Limited per hour and per day by policy: beyond it raises `ResentTooOften`. Raises
    `NothingToResend` where the request does not wait for activation.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if request.status != Status.AWAITING_ACTIVATION or request.held_until is not None:
            raise NothingToResend(tracking_code, Status(request.status))
        await _check_rate(session, request, now)
        record(session, request, EventName.LINK_RESENT, by=by, now=now)
        await mail_link(session, request, now=now)
        await ring(session)


async def resend_by_token(token: str, *, now: datetime) -> LinkView:
    """Mail a new link to the request that an old link of it opens; see `resend`."""
    view = await look(token, now=now)
    if not view.can_resend or view.tracking_code is None:
        return view
    await resend(view.tracking_code, now=now)
    return view


async def _check_rate(session: AsyncSession, request: Request, now: datetime) -> None:
    limits = current_policy().activation
    windows = (
        (timedelta(hours=1), limits.resends_per_hour),
        (timedelta(days=1), limits.resends_per_day),
    )
    for window, most in windows:
        resent = EventName.LINK_RESENT
        count, oldest = await happened_since(session, request.id, resent, now - window)
        if count >= most:
            raise ResentTooOften(request.tracking_code, (oldest or now) + window)


async def remind_of_link(
    session: AsyncSession, request: Request, link: ActivationLink, *, now: datetime
) -> None:
    """Mail a new link before this unused one expires; once a request, in the sweep's transaction.

    The new link supersedes this one: a token is only in the letter it was minted for, so the
    reminder cannot repeat it.
    """
    link.reminded_at = now
    await mail_links(session, [request], now=now, is_reminder=True)
    record(session, request, EventName.LINK_REMINDED, by=CLOCK, now=now)
    await ring(session)


async def tell_link_expired(
    session: AsyncSession, request: Request, link: ActivationLink, *, now: datetime
) -> None:
    """Write that this link expired unused, once, in the sweep's transaction."""
    link.expiry_told_at = now
    kind = kind_of(request)
    applicant = await kind.applicant_of(session, request)
    email = kind.wanted_email(request, applicant)
    await queue_link_expired(session, request, applicant, link, email=email, now=now)
    record(session, request, EventName.LINK_EXPIRED, by=CLOCK, now=now)
    await ring(session)
