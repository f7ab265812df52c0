"""What policy decides about webhooks: the table ``[webhooks]``."""

from dataclasses import dataclass, field
from ipaddress import ip_network

from rules.policy.reader import PolicyReader


@dataclass(frozen=True, kw_only=True)
class WebhookPolicy:
    """Where webhooks may go, how long they are tried, and how long they are kept."""

    #: Whether a receiver may be an http address: in tests on one machine.
    plain_http: bool
    #: Networks that a webhook may reach although they are not of the internet.
    networks: tuple[str, ...]
    #: Seconds within which a receiver must have answered, whole.
    answer_seconds: int = field(metadata={"minimum": 1, "maximum": 15})
    #: Minutes from each failed attempt to the next; after the last one a webhook is given up.
    retry_minutes: tuple[int, ...]
    #: Hours in which the secret before signs beside a new one.
    secret_overlap_hours: int = field(metadata={"maximum": 720})
    #: Days that a webhook which was delivered, or given up, is kept: as long it can be sent again.
    keep_days: int = field(metadata={"minimum": 1})


def check_webhooks_agreement(webhooks: WebhookPolicy, reader: PolicyReader) -> None:
    """Note what cannot be used."""
    if not webhooks.retry_minutes or 0 in webhooks.retry_minutes:
        reader.refuse("webhooks.retry_minutes", "must list at least one number, and none below 1")
    for network in webhooks.networks:
        try:
            ip_network(network)
        except ValueError:
            reader.refuse("webhooks.networks", f"{network!r} is no network such as 10.20.0.0/16")
