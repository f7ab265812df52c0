"""What aiosmtplib does by itself: ready-made bytes, nothing composed, nothing stored."""

import asyncio
import time
from uuid import UUID

from aiosmtplib import SMTP

from mail.composing.message import compose
from mail.preview.samples import CREATED_AT, samples
from mail.settings import MailSettings
from mail.wording.languages import Language


def ready_made(settings: MailSettings) -> bytes:
    """A reminder as it travels."""
    sample = next(s for s in samples(Language.AR) if s.name == "card-reminder-30-days")
    return compose(
        sample.facts,
        to="p1@mail1.example.org",
        letter_id=UUID(int=1),
        created_at=CREATED_AT,
        settings=settings,
    ).content


async def send_ready_made(
    message: bytes, settings: MailSettings, count: int, connections: int
) -> float:
    """Letters a second of this process, over so many connections."""
    left = iter(range(count))

    async def one_connection() -> None:
        smtp = SMTP(
            hostname=settings.smtp_host, port=settings.smtp_port, use_tls=False, start_tls=False
        )
        async with smtp:
            for number in left:
                await smtp.mail("cards@example.org")
                await smtp.rcpt(f"p{number}@mail{number % 50}.example.org")
                await smtp.data(message)

    began = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return count / (time.perf_counter() - began)
