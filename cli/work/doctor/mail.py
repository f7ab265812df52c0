"""The mail server, and what the world's mail servers find out about the sender's domain."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dns.exception import DNSException
from dns.rdatatype import RdataType
from dns.resolver import NXDOMAIN, NoAnswer, resolve

from cli.work.doctor.findings import Finding
from mail.delivering.trying import trouble_with_server
from mail.settings import MailSettings
from rules.values.hosts import LOOPBACK

#: For all servers that this machine asks about one name.
_SECONDS = 3.0


def of_mail_server() -> Iterator[Finding]:
    """Whether it takes us, as whoever sends signs in; no e-mail is sent."""
    settings = MailSettings()
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    trouble = asyncio.run(trouble_with_server(settings))
    if trouble is not None:
        yield Finding(
            code="mail_server_unusable",
            stops=True,
            what=f"The mail server {server} cannot be used: {trouble}.",
            why="No e-mail leaves.",
            command="export MUMARIS_SMTP_HOST=… MUMARIS_SMTP_PORT=… MUMARIS_SMTP_TLS=…",
        )
    if settings.mail_caught:
        yield Finding(
            code="mail_caught",
            stops=True,
            what=f"The mail server {server} is said to deliver to nobody (MUMARIS_MAIL_CAUGHT).",
            why="Nobody gets an e-mail, or gets one with a link to this machine.",
            command="unset MUMARIS_MAIL_CAUGHT",
        )
    if settings.smtp_tls == "none" and settings.smtp_host not in LOOPBACK:
        yield Finding(
            code="mail_without_tls",
            stops=False,
            what=f"E-mails go to {server} without TLS.",
            why="Activation links and codes could be read on the way.",
            command="export MUMARIS_SMTP_TLS=starttls",
        )


@dataclass(frozen=True)
class DomainSeen:
    """What DNS says of the domain that e-mails come from."""

    name: str
    #: What its texts say, and those of `_dmarc` and of the key's name.
    texts: Sequence[str]
    dmarc: Sequence[str]
    #: None where nobody has told which key it is.
    key: Sequence[str] | None
    #: Whether e-mails to it, reports among them, have a server to go to.
    takes_mail: bool


def of_sender_domain() -> Iterator[Finding]:
    """What other mail servers look up before they take an e-mail of ours."""
    settings = MailSettings()
    domain = settings.mail_from.rpartition("@")[2]
    if domain in LOOPBACK:
        return  # told with the settings
    try:
        seen = _look(domain, settings.mail_dkim_selector)
    except NXDOMAIN:
        yield Finding(
            code="sender_unknown",
            stops=True,
            what=f"E-mails are from {settings.mail_from}, and there is no domain {domain}.",
            why="Other servers refuse them, and nobody can answer.",
            command="export MUMARIS_MAIL_FROM=…",
        )
        return
    except (DNSException, OSError) as error:
        yield Finding(
            code="dns_away",
            stops=False,
            what=f"Nothing is known of {domain}: DNS does not answer ({type(error).__name__}).",
            why="What other mail servers find there decides whether they take our e-mails.",
            command=f"dig TXT {domain}",
        )
        return
    for check in (_mail_servers, _spf, _dkim, _dmarc):
        yield from check(seen)


def _look(domain: str, selector: str) -> DomainSeen:
    texts = _asked(domain, RdataType.TXT)
    return DomainSeen(
        name=domain,
        texts=texts,
        # Where a domain says nothing, the one above it speaks for it (RFC 7489, 6.6.3).
        dmarc=[said for name in _upwards(domain) for said in _texts_at(f"_dmarc.{name}")],
        key=_texts_at(f"{selector}._domainkey.{domain}") if selector else None,
        takes_mail=any(
            _asked(domain, kind) for kind in (RdataType.MX, RdataType.A, RdataType.AAAA)
        ),
    )


def _asked(name: str, kind: RdataType) -> list[str]:
    try:
        return [each.to_text() for each in resolve(name, kind, lifetime=_SECONDS)]
    except NoAnswer:
        return []


def _texts_at(name: str) -> list[str]:
    try:
        return _asked(name, RdataType.TXT)
    except NXDOMAIN:
        return []


def _upwards(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(len(labels) - 1, 1))]


def _mail_servers(seen: DomainSeen) -> Iterator[Finding]:
    if not seen.takes_mail:
        yield Finding(
            code="sender_takes_no_mail",
            stops=False,
            what=f"No server takes e-mails to {seen.name}.",
            why="Reports of what did not arrive are lost, and some servers refuse such senders.",
            command=f"dig MX {seen.name}",
        )


def _spf(seen: DomainSeen) -> Iterator[Finding]:
    if not any("v=spf1" in said for said in seen.texts):
        yield Finding(
            code="no_spf",
            stops=False,
            what=f"{seen.name} does not say which servers send for it (SPF).",
            why="Large providers refuse such e-mails, or hide them among the unwanted.",
            command=f"dig TXT {seen.name}",
        )


def _dkim(seen: DomainSeen) -> Iterator[Finding]:
    if seen.key is None:
        yield Finding(
            code="dkim_unknown",
            stops=False,
            what="Nobody has said by which key outgoing e-mails are signed (DKIM).",
            why="Unsigned ones are refused by large providers, and show no unsubscribe button.",
            command="export MUMARIS_MAIL_DKIM_SELECTOR=…",
        )
    elif not any("p=" in said for said in seen.key):
        yield Finding(
            code="no_dkim",
            stops=False,
            what=f"{seen.name} has no key by the name that was said (MUMARIS_MAIL_DKIM_SELECTOR).",
            why="A signature that nobody can check counts as none.",
            command=f"dig TXT SELECTOR._domainkey.{seen.name}",
        )


def _dmarc(seen: DomainSeen) -> Iterator[Finding]:
    if not any("v=DMARC1" in said for said in seen.dmarc):
        yield Finding(
            code="no_dmarc",
            stops=False,
            what=f"{seen.name} does not say what becomes of e-mails that are not ours (DMARC).",
            why="Anybody can write to practitioners in the authority's name.",
            command=f"dig TXT _dmarc.{seen.name}",
        )
