"""Tell operations, by Prefect's events, that mail does not leave and that it leaves again."""

import re
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from prefect.client.orchestration import PrefectClient
from prefect.events import emit_event

from models.database import transaction
from models.mail_outages import MailOutage, untold_outages

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
        for outage in found:
            if outage.began_told_at is None:
                _emit("away", outage, outage.began_at)
                outage.began_told_at = now
            if outage.ended_at is not None and outage.ended_told_at is None:
                _emit("back", outage, outage.ended_at)
                outage.ended_told_at = now


def _emit(what: Literal["away", "back"], outage: MailOutage, at: datetime) -> None:
    codes = _CODES.match(outage.reason)
    emit_event(
        event=f"mumaris.mail.{what}",
        resource={
            "prefect.resource.id": "mumaris.mail",
            "prefect.resource.name": "outgoing e-mail",
        },
        occurred=at,
        id=uuid5(NAMESPACE_URL, f"mumaris:mail:{outage.id}:{what}"),
        payload={
            "reason": codes[0] if codes else outage.reason,
            "since": outage.began_at.isoformat(),
        },
    )
