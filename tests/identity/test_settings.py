"""Which providers there are: whole settings or none, and secrets that others cannot read."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from identity.providers import providers
from identity.settings import SecretFileMissing, SecretFileReadable
from rules.accounts.kinds import AccountKind

WHOLE = {
    "ISSUER": "https://sso.example.org/realms/staff",
    "CLIENT_ID": "mumaris",
    "CLIENT_SECRET": "a secret",
}


def name(patch: pytest.MonkeyPatch, **settings: str) -> None:
    """Let the environment say so."""
    for key, value in settings.items():
        patch.setenv(f"MUMARIS_OIDC_{key}", value)


def test_nothing_set_is_no_provider() -> None:
    """Nor a complaint."""
    assert providers() == {}


def test_whole_settings_are_officers_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked whether it is there."""
    name(monkeypatch, **WHOLE)

    assert list(providers()) == [AccountKind.OFFICER]
    assert providers()[AccountKind.OFFICER].issuer == WHOLE["ISSUER"]


@pytest.mark.parametrize("missing", WHOLE)
def test_half_settings_are_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """A button that cannot work is worse than none."""
    name(monkeypatch, **{key: value for key, value in WHOLE.items() if key != missing})

    with pytest.raises(ValidationError, match="set together"):
        providers()


@pytest.mark.parametrize(
    "issuer",
    [
        "http://sso.example.org",
        "http://127.0.0.1.evil.example",
        "https://sso.example.org?realm=staff",
        "https://sso.example.org#staff",
        "sso.example.org",
        "https://",
        "file:///etc",
    ],
)
def test_an_issuer_is_an_address_over_tls(monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    """Plain HTTP stays on this machine."""
    name(monkeypatch, **WHOLE | {"ISSUER": issuer})

    with pytest.raises(ValidationError):
        providers()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_an_issuer_on_this_machine_needs_none(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """As in tests, and on a developer's own machine."""
    name(monkeypatch, **WHOLE | {"ISSUER": f"http://{host}:8080/realms/staff"})

    assert list(providers()) == [AccountKind.OFFICER]


def test_the_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """That its owner alone reads."""
    file = tmp_path / "secret"
    file.write_text("a secret\n")
    name(monkeypatch, ISSUER=WHOLE["ISSUER"], CLIENT_ID="m", CLIENT_SECRET_FILE=str(file))

    file.chmod(0o644)
    with pytest.raises(SecretFileReadable):
        providers()
    file.chmod(0o600)
    assert list(providers()) == [AccountKind.OFFICER]
    name(monkeypatch, CLIENT_SECRET_FILE=str(tmp_path / "another"))
    with pytest.raises(SecretFileMissing):
        providers()


def test_one_secret_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of two nobody knows which is meant."""
    name(monkeypatch, **WHOLE, CLIENT_SECRET_FILE=str(tmp_path / "secret"))

    with pytest.raises(ValidationError, match="not both"):
        providers()


def test_a_refusal_does_not_show_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is printed and logged."""
    name(monkeypatch, ISSUER=WHOLE["ISSUER"], CLIENT_SECRET="five blue herons")

    with pytest.raises(ValidationError) as refused:
        providers()
    assert "five blue herons" not in str(refused.value)
