"""Cards with their holders, and runs of reminders on a clock that tests set."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Any
from uuid import UUID

from sqlmodel import col, update

from desk.policy import current_policy
from desk.reminders import Plan, plan_chunk
from mail.settings import MailSettings
from models.cards import Card
from models.database import transaction
from models.practitioners import Practitioner
from models.reminders import Reminder, reminder_id, reminders_of
from models.requests import Request
from rules.quiet_days import quiet
from rules.reminder_policy import ReminderPolicy
from rules.statuses import Status
from rules.thresholds import About
from support.people import NOURA, luhn_number
from support.smtp import SmtpRecorder
from tasks.reminder_letters import Sender

#: A Sunday; no holiday is near.
SUNDAY = date(2026, 11, 22)
_numbers = count(50_000_001)


@dataclass(frozen=True)
class OnFile:
    """A card on file."""

    id: UUID
    practitioner_id: UUID
    number: str
    email: str

    async def reminders(self, about: About = About.CARD) -> list[Reminder]:
        """The holder's reminders of one kind, by anchor and threshold."""
        async with transaction() as session:
            rows = await reminders_of(session, self.practitioner_id)
        return [row for row in rows if row.about == about]

    def reminder_id(self, anchor: date, threshold: int, about: About = About.CARD) -> UUID:
        """What the Message-ID of a reminder is made of."""
        return reminder_id(self.practitioner_id, about, anchor, threshold)

    async def change(self, **values: Any) -> None:
        """Change its row, as a renewal or an officer does."""
        async with transaction() as session:
            await session.exec(update(Card).where(col(Card.id) == self.id).values(**values))

    async def open_renewal(self, status: Status) -> str:
        """Open a renewal that stands there; returns its tracking code."""
        return await self.open_request("card_renewal", status)

    async def open_request(self, kind: str, status: Status) -> str:
        """Open a request of this kind that stands there; returns its tracking code."""
        code = f"{'RNW' if kind == 'card_renewal' else 'UPD'}{self.number[-5:]}"
        async with transaction() as session:
            session.add(
                Request(
                    kind=kind,
                    tracking_code=code,
                    practitioner_id=self.practitioner_id,
                    status=status,
                    idempotency_key=code,
                    submission={},
                    submitted_at=noon(SUNDAY),
                    status_since=noon(SUNDAY),
                )
            )
        return code


async def card_on_file(expires_on: date, *, status: str = "active", **person: Any) -> OnFile:
    """A card that expires on this day, and a holder whom no other test knows."""
    number = str(next(_numbers))
    facts = NOURA | {
        "registration_number": number,
        "identity_number": luhn_number(number),
        "email": f"holder.{number}@example.com",
        "confirmed_at": datetime(2026, 11, 1, tzinfo=UTC),
        **person,
    }
    async with transaction() as session:
        holder = Practitioner(**facts)
        session.add(holder)
        await session.flush()
        card = Card(
            practitioner_id=holder.id,
            status=status,
            category="nursing",
            valid_from=expires_on - timedelta(days=730),
            expires_on=expires_on,
        )
        session.add(card)
    return OnFile(card.id, holder.id, number, facts["email"])


def noon(day: date) -> datetime:
    """An instant of this day in which letters leave."""
    return datetime.combine(day, time(9), UTC)


def unhurried(**changes: Any) -> ReminderPolicy:
    """The shipped policy without its pace."""
    return replace(
        current_policy().reminders,
        letters_per_second=0,
        letters_per_second_per_domain=0,
        **changes,
    )


class Runs:
    """Runs of reminders against a mail server, day by day."""

    def __init__(self, smtp: SmtpRecorder) -> None:
        self.smtp = smtp
        self.policy: ReminderPolicy = unhurried()

    @property
    def settings(self) -> MailSettings:
        """Where letters go out."""
        return MailSettings(
            smtp_host="127.0.0.1",
            smtp_port=self.smtp.port,
            smtp_timeout_seconds=2,
            mail_from="cards@example.org",
            portal_url="https://portal.example.org",
        )

    async def plan(
        self, day: date, *, about: About = About.CARD, at: datetime | None = None
    ) -> Plan:
        """Plan a day, at that instant."""
        plan, now = Plan(about), at or noon(day)
        while await plan_chunk(plan, day=day, now=now, run="test", policy=self.policy):
            pass
        return plan

    async def send(self, day: date, *, at: datetime | None = None) -> Counter[str]:
        """Send what is planned, at that instant."""
        now = at or noon(day)
        sender = Sender(day=day, policy=self.policy, settings=self.settings, clock=lambda: now)
        return await sender.run()

    async def run(self, day: date, about: About = About.CARD) -> list[EmailMessage]:
        """A whole run; the letters that arrived in it."""
        before = len(self.smtp.accepted)
        await self.plan(day, about=about)
        if quiet(day, self.policy) is None:
            await self.send(day)
        return self.letters()[before:]

    def letters(self) -> list[EmailMessage]:
        """Every letter that arrived."""
        return [_parsed(taken.content) for taken in self.smtp.accepted]


def _parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(letter: EmailMessage) -> str:
    """Its plain text."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
