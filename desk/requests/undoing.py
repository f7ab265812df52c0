"""Taking a changed e-mail address back, by the link that went to the address before.

What an officer approved stays: only contact details come into force with nobody having looked, so
only they are taken back. The holder of the address before is not believed for ever either: both
addresses are told, and for a time an officer decides on changes of contact details.
"""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import as_applicant
from desk.policy import current_policy
from desk.requests.queueing import queue_undone
from models.door import OLD_ADDRESS, record, ring
from models.practitioners import LOCK, ProfileVersion, get_practitioner
from models.requests import Request, lock_requests_awaiting_activation
from models.undoing import undoing_of, version_of
from rules.register.fields import Field, Group
from rules.requests.events import EventName
from rules.requests.statuses import Status


async def can_undo(session: AsyncSession, request: Request, *, now: datetime) -> bool:
    """Whether the address before may take back what this request brought."""
    days = current_policy().activation.undo_email_change_days
    if request.status != Status.ACTIVATED or request.status_since + timedelta(days=days) <= now:
        return False
    version = await version_of(session, request.id)
    return (
        version is not None
        and Field.EMAIL in version.changes
        and await undoing_of(session, request.id) is None
    )


async def undo_in(session: AsyncSession, request: Request, *, now: datetime) -> list[Request]:
    """Put the contact details back as they were before this request, in the caller's transaction.

    The caller holds the request's lock and has asked `can_undo`. What later requests made of the
    same details is taken back too: whoever took an address over may have changed it again. Returns
    the open requests that wait for a link: theirs may have gone to the disputed address.
    """
    # Requests first, as in every other transaction: the practitioner's lock is the last.
    practitioner = await get_practitioner(session, request.practitioner_id)
    waiting = await lock_requests_awaiting_activation(session, practitioner.id)
    await session.refresh(practitioner, with_for_update=LOCK)
    version = await version_of(session, request.id)
    if version is None:
        raise RuntimeError("what never came into force cannot be taken back")
    disputed = practitioner.email
    changes: dict[str, dict[str, str]] = {}
    for name, change in version.changes.items():
        present = str(getattr(practitioner, name))
        if Field(name).group is Group.CONTACT and present != change["from"]:
            changes[name] = {"from": present, "to": change["from"]}
            setattr(practitioner, name, change["from"])
    practitioner.version += 1
    session.add(
        ProfileVersion(
            practitioner_id=practitioner.id,
            version=practitioner.version,
            undoes_request_id=request.id,
            changed_by=OLD_ADDRESS.kind,
            changed_at=now,
            changes=changes,
        )
    )
    fields = tuple(Field(name) for name in changes)
    emails = frozenset({disputed, practitioner.email})
    person = as_applicant(practitioner)
    await queue_undone(session, request, person, changed=fields, emails=emails, now=now)
    record(session, request, EventName.UNDONE, by=OLD_ADDRESS, now=now)
    await ring(session)
    return waiting
