"""Who is asking: the address behind the proxies that we know, and behind no others."""

import logging
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from fastapi import Request

from portal.web.settings import Network, portal_settings

logger = logging.getLogger("mumaris.portal")

Address = IPv4Address | IPv6Address
#: Hops that are looked at; a longer list is somebody's invention.
_MOST_HOPS = 20
_told: set[str] = set()


def client_of(request: Request) -> str:
    """The client's address: the last hop that is no proxy of ours.

    Proxies write whom they got the request from at the end of ``X-Forwarded-For``, so the list is
    read from its end, for as long as it comes from `PortalSettings.trusted_proxies`. What stands
    before that is the client's own claim.
    """
    peer = request.client.host if request.client else "unknown"
    trusted = portal_settings().trusted_proxies
    hops = request.headers.getlist("x-forwarded-for")
    if hops and not _is_within(_address(peer), trusted):
        _tell_once()
    return last_untrusted(peer, hops, trusted)


def last_untrusted(peer: str, headers: Iterable[str], trusted: tuple[Network, ...]) -> str:
    """The address that is counted: the peer's, or that of a hop that trusted proxies tell."""
    hops = [hop.strip() for line in headers for hop in line.split(",")][-_MOST_HOPS:]
    client = _address(peer)
    if client is None:
        return peer
    while hops and _is_within(client, trusted):
        hop = _address(hops.pop())
        if hop is None:
            break  # not an address: whoever wrote it is as far as we see
        client = hop
    return str(client)


def _address(text: str) -> Address | None:
    """An address with or without a port; IPv4 within IPv6 as IPv4."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _is_within(address: Address | None, networks: tuple[Network, ...]) -> bool:
    return address is not None and any(address in network for network in networks)


def _tell_once() -> None:
    if not _told:
        _told.add("told")
        logger.warning(
            "X-Forwarded-For comes from an address that MUMARIS_TRUSTED_PROXIES does not name: "
            "wrong tracking codes are counted for that address, whoever stands behind it"
        )
