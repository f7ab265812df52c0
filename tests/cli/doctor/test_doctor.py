"""`mumaris doctor`: an installation that may go live, and what its settings have against it."""

import json
from pathlib import Path

import pytest

from documents.settings import DocumentSettings
from rules.policy.assumed import assumed_in
from support.doctor import findings_of, found
from support.policies import FROZEN, SHIPPED
from support.shell import mumaris
from support.smtp import SmtpRecorder


async def test_an_installation_that_lacks_nothing_may_go_live(
    mail_server: SmtpRecorder, home: Path
) -> None:
    """The mail server was asked, and got no e-mail; nothing is left in the store."""
    assert await found(exit_code=0) == {}

    shown = await mumaris("doctor")
    assert "Nothing that was looked at stands against going live." in shown.stdout
    assert mail_server.commands == ["EHLO example.org", "QUIT"] * 2
    assert mail_server.accepted == []
    assert list((home / "documents").iterdir()) == []
    assert DocumentSettings().address == (home / "documents").as_uri()


@pytest.mark.parametrize(
    ("name", "value", "code", "stops"),
    [
        ("MUMARIS_PORTAL_URL", "http://localhost:8000", "portal_here", True),
        ("MUMARIS_PORTAL_URL", "http://[::1]:8000", "portal_here", True),
        ("MUMARIS_PORTAL_URL", "http://mumaris.example.org", "portal_without_tls", True),
        ("MUMARIS_PORTAL_URL", "https://203.0.113.7", "portal_by_number", False),
        ("MUMARIS_PORTAL_URL", "ftp://mumaris.example.org", "settings_unusable", True),
        ("MUMARIS_TRUSTED_PROXIES", "", "no_trusted_proxy", False),
        ("MUMARIS_MAIL_FROM", "mumaris@localhost", "sender_here", True),
        ("MUMARIS_MAIL_REPLY_TO", "help@localhost", "contact_here", True),
        ("MUMARIS_MAIL_RETURN_PATH", "", "no_return_path", False),
        ("MUMARIS_MAIL_CAUGHT", "true", "mail_caught", True),
        ("MUMARIS_MAIL_DKIM_SELECTOR", "", "dkim_unknown", False),
        ("MUMARIS_CLAMD", "", "no_scanner", False),
        ("MUMARIS_CLAMD", "127.0.0.1:1", "scanner_unusable", True),
        ("MUMARIS_DOCUMENTS", "file:///proc/nowhere", "store_unusable", True),
        ("MUMARIS_DOCUMENTS", "ftp://store.example.org", "store_unusable", True),
        ("MUMARIS_DOCUMENT_KEYS", "no key", "documents_unusable", True),
        ("MUMARIS_OIDC_ISSUER", "https://idp.example.org", "settings_unusable", True),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "database_unusable", True),
        ("DATABASE_URL", "no address", "database_unusable", True),
        ("PREFECT_API_URL", "", "prefect_unusable", True),
        ("PREFECT_API_URL", "http://127.0.0.1:1/api", "prefect_unusable", True),
        ("MUMARIS_POLICY", "/nonexistent/policy.toml", "policy_unusable", True),
    ],
)
async def test_each_setting_that_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: str, *, stops: bool
) -> None:
    """By a code that stays, and alone."""
    monkeypatch.setenv(name, value)

    findings = await findings_of(exit_code=int(stops))

    findings.pop("assumed", None)
    assert {each: finding["stops"] for each, finding in findings.items()} == {code: stops}
    assert findings[code]["why"]


async def test_a_finding_names_the_command_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stops comes first, and the last line says whether anything does."""
    monkeypatch.setenv("MUMARIS_PORTAL_URL", "http://localhost:8000")

    shown = (await mumaris("doctor")).stdout.splitlines()

    assert shown[0] == "MUST  The links in e-mails lead to http://localhost:8000."
    assert shown[2].strip() == "export MUMARIS_PORTAL_URL=https://…"
    assert shown[-1] == "It must not go live: 1 of 2 findings stand against it."


async def test_what_policy_assumes_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its line, as it stands in the file."""
    monkeypatch.setenv("MUMARIS_POLICY", str(SHIPPED))

    listed = (await findings_of(exit_code=0))["assumed"]

    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    assert listed["details"] == [
        f"{number}: {lines[number - 1].strip()}" for number in assumed_in("\n".join(lines))
    ]
    assert listed["fixable"] is False
    shown = (await mumaris("doctor")).stdout
    assert shown.count("assumed\n") <= 10
    assert f"… and {len(listed['details']) - 10} more" in shown


def test_what_is_assumed_is_counted_by_its_lines() -> None:
    """What stands before the first table speaks of the file."""
    policy = (
        '# or "assumed"\n[a]\nb = 1 # assumed\nc = 2 # [3]\n# The rest is assumed.\nd = "assumed"'
    )

    assert assumed_in(policy) == (3, 5)
    for file in (SHIPPED, FROZEN):
        assert assumed_in(file.read_text(encoding="utf-8"))
    assert assumed_in("") == ()


async def test_what_needs_no_decision_is_mended(home: Path) -> None:
    """Looked at anew afterwards; done again, there is nothing left to mend."""
    (home / "prefect-sign-in").write_text("user:password")
    (home / "prefect-sign-in").chmod(0o644)
    assert set(await found(exit_code=1)) == {"secret_readable"}

    mended = await mumaris("doctor", "--fix", "--json")
    again = await mumaris("doctor", "--fix", "--json")

    assert (mended.exit_code, json.loads(mended.stdout)["mended"]) == (0, ["secret_readable"])
    assert json.loads(again.stdout)["mended"] == []
    assert (home / "prefect-sign-in").stat().st_mode & 0o777 == 0o600
