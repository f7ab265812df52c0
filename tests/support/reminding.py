"""Cards with their holders, and runs of reminders on a clock that tests set."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select, update

from desk.clock import utc_now
from desk.policy import current_policy
from mail.settings import MailSettings
from models.cards import Card
from models.database import transaction
from models.practitioners import Practitioner, ProfileConfirmation
from models.reminders.reminders import Reminder, reminder_id, reminders_of
from models.requests import Request
from rules.policy.quiet_days import quiet
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.requests.statuses import Status
from support.people import NOURA, luhn_number
from support.smtp import SmtpRecorder
from tasks.reminders.delivery import reminder_sender
from tasks.reminders.planning import Plan, plan_chunk

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

    async def reminders(self, topic: Topic = Topic.CARD) -> list[Reminder]:
        """The holder's reminders on one topic, by anchor and threshold."""
        async with transaction() as session:
            rows = await reminders_of(session, self.practitioner_id)
        return [row for row in rows if row.topic == topic]

    def reminder_id(self, anchor: date, threshold: int, topic: Topic = Topic.CARD) -> UUID:
        """What the Message-ID of a reminder is made of."""
        return reminder_id(self.practitioner_id, topic, anchor, threshold)

    async def change(self, **values: Any) -> None:
        """Change its row, as a renewal or an officer does."""
        async with transaction() as session:
            await session.exec(update(Card).where(col(Card.id) == self.id).values(**values))

    async def profile(self) -> Practitioner:
        """The holder's row as it stands now."""
        async with transaction() as session:
            return await session.get_one(Practitioner, self.practitioner_id)

    async def change_profile(self, **values: Any) -> None:
        """Change the holder's row, as whoever maintains the register does."""
        query = update(Practitioner).where(col(Practitioner.id) == self.practitioner_id)
        async with transaction() as session:
            await session.exec(query.values(**values))

    async def confirmations(self) -> list[ProfileConfirmation]:
        """What the holder confirmed by links, oldest first."""
        async with transaction() as session:
            found = await session.exec(
                select(ProfileConfirmation)
                .where(col(ProfileConfirmation.practitioner_id) == self.practitioner_id)
                .order_by(col(ProfileConfirmation.confirmed_at))
            )
            return list(found)

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


@dataclass(frozen=True)
class Asked:
    """Somebody whom a letter asks to confirm the profile."""

    person: OnFile
    letter: EmailMessage

    @property
    def token(self) -> str:
        """Of the link that confirms."""
        return confirm_token(self.letter)

    @property
    def stop_token(self) -> str:
        """Of the link that ends the reminders."""
        return str(self.letter["List-Unsubscribe"]).strip("<>").rpartition("/")[2]


def confirm_token(letter: EmailMessage) -> str:
    """The token of the link by which this letter's reader confirms the profile."""
    found = re.search(r"https://portal\.example\.org/confirm/([\w-]{43})\s", text_of(letter))
    assert found is not None
    return found[1]


async def statuses() -> Counter[str]:
    """How many reminders stand where."""
    async with transaction() as session:
        query = select(Reminder.status, func.count()).group_by(col(Reminder.status))
        return Counter(dict((await session.exec(query)).all()))


async def asked_to_confirm(runs: "Runs", **person: Any) -> Asked:
    """An English reader who confirmed a year before `SUNDAY`, and that day's letter."""
    facts = {"confirmed_at": noon(SUNDAY - timedelta(days=365)), "preferred_language": "en"}
    asked = await card_on_file(SUNDAY + timedelta(days=700), **facts | person)
    (letter,) = await runs.run(SUNDAY, Topic.PROFILE)
    return Asked(asked, letter)


async def reminded_card(runs: "Runs") -> OnFile:
    """A card whose holder was reminded on `SUNDAY`, two weeks before it expires."""
    card = await card_on_file(SUNDAY + timedelta(days=14))
    await runs.run(SUNDAY)
    return card


def noon(day: date) -> datetime:
    """An instant of this day in which letters leave."""
    return datetime.combine(day, time(9), UTC)


def running(since: datetime) -> Callable[[], datetime]:
    """A clock that shows this instant now, and goes on from there."""
    began = utc_now()
    return lambda: since + (utc_now() - began)


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
        #: Seconds for each of the server's answers.
        self.smtp_patience = 2.0

    @property
    def settings(self) -> MailSettings:
        """Where letters go out."""
        return MailSettings(
            smtp_host="127.0.0.1",
            smtp_port=self.smtp.port,
            smtp_timeout_seconds=self.smtp_patience,
            mail_from="cards@example.org",
            portal_url="https://portal.example.org",
        )

    async def plan(
        self, day: date, *, topic: Topic = Topic.CARD, at: datetime | None = None
    ) -> Plan:
        """Plan a day, at that instant."""
        plan, now = Plan(topic), at or noon(day)
        while await plan_chunk(plan, day=day, now=now, run="test", policy=self.policy):
            pass
        return plan

    async def send(self, day: date, *, at: datetime | None = None) -> Counter[str]:
        """Send what is planned, at that instant, or at noon of the day."""
        now = at or noon(day)
        sender = reminder_sender(policy=self.policy, settings=self.settings, clock=lambda: now)
        return await sender.run()

    async def run(self, day: date, topic: Topic = Topic.CARD) -> list[EmailMessage]:
        """A whole run; the letters that arrived in it."""
        before = len(self.smtp.accepted)
        await self.plan(day, topic=topic)
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
