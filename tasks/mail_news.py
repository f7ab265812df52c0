"""Tell operations, by Prefect's events, that mail does not leave and that it leaves again."""

import re
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from prefect.client.orchestration import PrefectClient
from prefect.events import emit_event

from models.database import patiently, transaction
from models.mail_outages import MailOutage, outage, untold_outages

#: A reply's words are a stranger's; its codes are enough to look it up.
_CODES = re.compile(r"[245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?")


async def announce_mail(client: PrefectClient, *, now: datetime) -> None:
    """Emit ``mumaris.mail.away`` and ``mumaris.mail.back``, each once for an outage.

    Told again after a crash, an event bears the same id, so that it is the same event. Raises
    `httpx.HTTPError` while Prefect is away; the next pass finds the same news.
    """
    async with transaction() as session:
        found = await untold_outages(session)
        if not found:
            return
        # Events go out beside us, and are lost where nobody listens.
        (await client.hello()).raise_for_status()
        for one in found:
            if one.began_told_at is None:
                _emit("away", one, one.began_at)
                one.began_told_at = now
            if one.ended_at is not None and one.ended_told_at is None:
                _emit("back", one, one.ended_at)
                one.ended_told_at = now


@patiently
async def is_mail_away() -> bool:
    """Whether it is known that nothing leaves, because of us or of our mail server."""
    async with transaction() as session:
        return await outage(session) is not None


def _emit(what: Literal["away", "back"], one: MailOutage, at: datetime) -> None:
    codes = _CODES.match(one.reason)
    emit_event(
        event=f"mumaris.mail.{what}",
        resource={
            "prefect.resource.id": "mumaris.mail",
            "prefect.resource.name": "outgoing e-mail",
        },
        occurred=at,
        id=uuid5(NAMESPACE_URL, f"mumaris:mail:{one.id}:{what}"),
        payload={
            "reason": codes[0] if codes else one.reason,
            "since": one.began_at.isoformat(),
        },
    )
