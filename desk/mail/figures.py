"""What became of the e-mails of the last days, by letter and language, and who gets none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from models.mail_figures import CountedMail, count_letters, count_reminders
from models.reminders.suppressions import count_suppressions
from rules.reminders.suppression import Why

#: For so long what was sent is counted; what waits is counted however old it is.
COUNTED_FOR = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class MailFigures:
    """Nobody's data."""

    by_letter: Sequence[CountedMail]
    #: Reasons in force against reminders; one address may have several.
    suppressions: Sequence[tuple[Why, int]]


async def read_mail_figures(session: AsyncSession, *, now: datetime) -> MailFigures:
    """Read the figures; changes nothing."""
    since = now - COUNTED_FOR
    letters = await count_letters(session, since=since)
    reminders = await count_reminders(session, since=since)
    return MailFigures(
        by_letter=sorted(letters + reminders), suppressions=await count_suppressions(session)
    )
