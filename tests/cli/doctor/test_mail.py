"""What the doctor has against mail server and domain: each is brought about, and told."""

import pytest

from cli.work.doctor import mail as examined
from stack.ports import free_port
from support.doctor import DOMAIN, Names, findings_of, found
from support.shell import mumaris
from support.smtp import SmtpRecorder


async def test_a_server_is_told_that_does_not_take_us(
    monkeypatch: pytest.MonkeyPatch, mail_server: SmtpRecorder
) -> None:
    """Away, or refusing: without what it said."""
    mail_server.will("EHLO", "554 go away nobody@example.com", times=4)
    assert await found(exit_code=1) == {"mail_server_unusable": True}

    mail_server.will("EHLO", "554 go away nobody@example.com", times=4)
    assert "nobody@example.com" not in (await mumaris("doctor")).stdout

    mail_server.heal()
    monkeypatch.setenv("MUMARIS_SMTP_PORT", str(free_port(0)))
    assert await found(exit_code=1) == {"mail_server_unusable": True}


async def test_a_server_without_the_tls_that_is_wanted_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing would leave."""
    monkeypatch.setenv("MUMARIS_SMTP_TLS", "starttls")

    assert await found(exit_code=1) == {"mail_server_unusable": True}


async def test_a_password_that_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, mail_server: SmtpRecorder
) -> None:
    """And not shown."""
    mail_server.credentials = ("us", "five herons")
    monkeypatch.setenv("MUMARIS_SMTP_USERNAME", "us")
    monkeypatch.setenv("MUMARIS_SMTP_PASSWORD", "six herons")

    told = (await findings_of(exit_code=1))["mail_server_unusable"]

    assert "does not let us sign in (535)" in told["what"]
    assert "herons" not in str(told)


async def test_a_server_elsewhere_without_tls_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked under its own name; that it is elsewhere is put in its mouth."""
    monkeypatch.setattr(examined, "LOOPBACK", frozenset({"localhost"}))

    assert await found(exit_code=0) == {"mail_without_tls": False}


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        (DOMAIN, "MX", "sender_takes_no_mail"),
        (DOMAIN, "TXT", "no_spf"),
        (f"_dmarc.{DOMAIN}", "TXT", "no_dmarc"),
        (f"mumaris._domainkey.{DOMAIN}", "TXT", "no_dkim"),
    ],
)
async def test_what_the_domain_does_not_say_is_told(
    names: Names, name: str, kind: str, code: str
) -> None:
    """What large providers look for."""
    del names.answers[name, kind]

    assert await found(exit_code=0) == {code: False}


@pytest.mark.parametrize(
    ("name", "said", "code"),
    [
        (DOMAIN, '"some-site-verification=1"', "no_spf"),
        (f"_dmarc.{DOMAIN}", '"something else"', "no_dmarc"),
        (f"mumaris._domainkey.{DOMAIN}", '"v=DKIM1"', "no_dkim"),
    ],
)
async def test_what_the_domain_says_of_something_else_does_not_count(
    names: Names, name: str, said: str, code: str
) -> None:
    """A text is not what it is looked for."""
    names.answers[name, "TXT"] = said

    assert await found(exit_code=0) == {code: False}


async def test_the_domain_above_speaks_for_one_that_says_nothing(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As DMARC has it."""
    monkeypatch.setenv("MUMARIS_MAIL_FROM", f"mumaris@cards.{DOMAIN}")
    names.answers |= {
        (f"cards.{DOMAIN}", "A"): "192.0.2.1",
        (f"cards.{DOMAIN}", "TXT"): '"v=spf1 a -all"',
        (f"mumaris._domainkey.cards.{DOMAIN}", "TXT"): '"p=MIIB"',
    }

    assert await found(exit_code=0) == {}


async def test_a_domain_that_there_is_not_is_told(names: Names) -> None:
    """Nobody takes e-mails from it."""
    names.answers.clear()

    assert await found(exit_code=1) == {"sender_unknown": True}


async def test_dns_that_does_not_answer_is_told(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said of a domain that nobody could ask for."""
    monkeypatch.setattr(examined, "_SECONDS", 0.2)
    monkeypatch.setattr(names, "datagram_received", lambda *_: None)

    assert await found(exit_code=0) == {"dns_away": False}
