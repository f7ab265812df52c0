"""What the environment says of e-mails and of the portal's address."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from cli.work.doctor.findings import Finding
from mail.settings import MailSettings
from portal.web.settings import PortalSettings
from rules.values.hosts import LOOPBACK


def of_addresses() -> Iterator[Finding]:
    """Raises pydantic's ``ValidationError`` where a setting cannot be read."""
    settings = MailSettings()
    yield from _of_portal(settings.portal_url)
    yield from _of_mailboxes(settings)


def _of_portal(url: str) -> Iterator[Finding]:
    address = urlsplit(url)
    host = address.hostname or ""
    command = "export MUMARIS_PORTAL_URL=https://…"
    if host in LOOPBACK:
        yield Finding(
            code="portal_here",
            stops=True,
            what=f"The links in e-mails lead to {url}.",
            why="Nobody at another machine can open them.",
            command=command,
        )
        return
    if address.scheme != "https":
        yield Finding(
            code="portal_without_tls",
            stops=True,
            what=f"People reach the portal at {url}, without TLS.",
            why="Passwords and activation links could be read on the way.",
            command=command,
        )
    elif not PortalSettings().trusted_proxies:
        yield Finding(
            code="no_trusted_proxy",
            stops=False,
            what="No proxy is trusted.",
            why="If one stands before the portal, all its visitors count as one for every limit.",
            command="export MUMARIS_TRUSTED_PROXIES=…",
        )
    if _is_number(host):
        yield Finding(
            code="portal_by_number",
            stops=False,
            what=f"The portal's address, {url}, has no name.",
            why="Browsers make passkeys for names alone.",
            command=command,
        )


def _of_mailboxes(settings: MailSettings) -> Iterator[Finding]:
    if _is_here(settings.mail_from):
        yield Finding(
            code="sender_here",
            stops=True,
            what=f"E-mails are from {settings.mail_from}.",
            why="Other servers refuse an address that only this machine knows.",
            command="export MUMARIS_MAIL_FROM=…",
        )
    elif _is_here(settings.contact):
        yield Finding(
            code="contact_here",
            stops=True,
            what=f"People are told to write to {settings.contact}.",
            why="What they write reaches nobody.",
            command="export MUMARIS_MAIL_REPLY_TO=…",
        )
    if not settings.mail_return_path:
        yield Finding(
            code="no_return_path",
            stops=False,
            what="Reports of e-mails that did not arrive go to the sender, without a mark.",
            why="A report that quotes nothing of its e-mail cannot be matched to it.",
            command="export MUMARIS_MAIL_RETURN_PATH='bounces+{mark}@…'",
        )


def _is_here(mailbox: str) -> bool:
    return mailbox.rpartition("@")[2] in LOOPBACK


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
