"""A client of the Mumaris API, for other systems: `Mumaris`, and `AsyncMumaris` for asyncio.

::

    with Mumaris("https://portal.example/api/v1", key) as mumaris:
        sent = mumaris.submit_card_renewal(renewal, key="renewal-2026-0042")
        print(sent["tracking_code"], sent["status"])

`verify_webhook` reads what Mumaris tells by itself, once its signature is right.

It knows nothing of the rest of this repository: the package can be copied as it is.
"""

from mumaris_client.client import AsyncMumaris, Mumaris
from mumaris_client.errors import ApiProblem, FoundProblem
from mumaris_client.shapes import (
    Amount,
    Bill,
    Card,
    Changes,
    CheckedCard,
    CheckedCards,
    Document,
    Eligibility,
    Happened,
    Job,
    JobRow,
    JobRows,
    RequestInShort,
    RequestRead,
)
from mumaris_client.webhooks import RequestMoved, WebhookEvent, WebhookRefused, verify_webhook

__all__ = [
    "Amount",
    "ApiProblem",
    "AsyncMumaris",
    "Bill",
    "Card",
    "Changes",
    "CheckedCard",
    "CheckedCards",
    "Document",
    "Eligibility",
    "FoundProblem",
    "Happened",
    "Job",
    "JobRow",
    "JobRows",
    "Mumaris",
    "RequestInShort",
    "RequestMoved",
    "RequestRead",
    "WebhookEvent",
    "WebhookRefused",
    "verify_webhook",
]
