import pytest
from pydantic import ValidationError

from mail.settings import ContactMissing, MailSettings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each as MUMARIS_ and its name."""
    monkeypatch.setenv("MUMARIS_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("MUMARIS_SMTP_PORT", "587")
    monkeypatch.setenv("MUMARIS_AUTHORITY_NAME_AR", "هيئة المثال")

    settings = MailSettings()

    assert settings.smtp_host == "mail.example.org"
    assert settings.smtp_port == 587
    assert settings.authority_name_ar == "هيئة المثال"


def test_the_password_is_never_shown() -> None:
    """Settings end up in logs and tracebacks."""
    settings = MailSettings(smtp_password="very-secret")

    assert "very-secret" not in repr(settings)


def test_a_password_does_not_travel_in_the_clear() -> None:
    """Signing in to another machine needs TLS."""
    with pytest.raises(ValidationError, match="MUMARIS_SMTP_TLS"):
        MailSettings(smtp_host="mail.example.org", smtp_username="us", smtp_tls="none")


def test_a_relay_on_this_machine_may_be_signed_in_to_without_tls() -> None:
    """Nobody else hears the loopback."""
    settings = MailSettings(smtp_host="127.0.0.1", smtp_username="us")

    assert settings.smtp_username == "us"


def test_a_portal_that_is_not_on_the_web_is_refused() -> None:
    """It becomes a link in every letter."""
    with pytest.raises(ValidationError):
        MailSettings(portal_url="javascript:alert(1)")


def test_people_are_always_told_where_to_write_to() -> None:
    """To the sender, where nobody else is named."""
    assert MailSettings(mail_reply_to=None).contact == "mumaris@localhost"
    assert MailSettings(mail_reply_to="help@example.org").contact == "help@example.org"


def test_an_address_of_this_machine_is_no_contact_for_the_world() -> None:
    """Whoever is told to contact us must be able to."""
    public = MailSettings(portal_url="https://portal.example.org")

    with pytest.raises(ContactMissing, match="MUMARIS_MAIL_REPLY_TO"):
        public.check_contact()
    MailSettings(
        portal_url="https://portal.example.org", mail_reply_to="help@example.org"
    ).check_contact()
    MailSettings(portal_url="http://127.0.0.1:8000").check_contact()


def test_a_refusal_does_not_show_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is printed and logged."""
    for name, value in {
        "HOST": "mail.example",
        "USERNAME": "us",
        "PASSWORD": "five herons",
    }.items():
        monkeypatch.setenv(f"MUMARIS_SMTP_{name}", value)

    with pytest.raises(ValidationError) as refused:
        MailSettings()
    assert "five herons" not in str(refused.value)
