"""Where webhooks may go: addresses on the internet, and networks that policy names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from rules.errors import Refused
from rules.policy.webhooks import WebhookPolicy

_LONGEST = 2_000
_PORTS = {"https": 443, "http": 80}
#: A name as DNS has it, or an address; another alphabet comes as ``xn--``.
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]{2,45}", re.ASCII)
_WRITTEN = re.compile(r"[!-~]+", re.ASCII)
#: Each carries an IPv4 address to which a gateway may pass it on, and counts as global.
_EMBEDDING = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96")))
#: Of protocols, of a site, and of a relay of old: some count as global.
_SITES = tuple(map(ip_network, ("192.0.0.0/24", "fec0::/10", "192.88.99.0/24")))


class ReceiverRefused(Refused):
    """A webhook goes to an https address on the internet, with nothing of a user in it."""


@dataclass(frozen=True)
class Receiver:
    """Where a webhook goes, taken apart."""

    url: str
    scheme: str
    host: str
    port: int
    #: Path and query.
    target: str


def read_receiver(typed: str, policy: WebhookPolicy) -> Receiver:
    """The address; raises `ReceiverRefused`. What its name leads to is asked when it is reached."""
    text = typed.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ReceiverRefused from None
    host = parts.hostname or ""
    schemes = {"https", "http"} if policy.plain_http else {"https"}
    is_written = len(text) <= _LONGEST and _WRITTEN.fullmatch(text) and "\\" not in text
    if not is_written or parts.scheme not in schemes or not _HOST.fullmatch(host):
        raise ReceiverRefused
    if "@" in parts.netloc or "#" in text or port == 0:
        raise ReceiverRefused
    if _is_address(host) and not may_reach(host, policy.networks):
        raise ReceiverRefused
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Receiver(text, parts.scheme, host, port or _PORTS[parts.scheme], target)


def may_reach(address: str, networks: Sequence[str]) -> bool:
    """Whether a webhook may go to this IP address: a public one, or one of policy's networks.

    Not to this machine, the networks behind it, what is reserved, and what embeds another address.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if any(_is_in(found, network) for network in networks):
        return True
    embeds = any(found in network for network in (*_EMBEDDING, *_SITES))
    return found.is_global and not found.is_multicast and not found.is_reserved and not embeds


def _is_in(address: IPv4Address | IPv6Address, network: str) -> bool:
    return address in ip_network(network)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
