"""`mumaris doctor`: an installation that may go live, and each thing that stands against it."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from cli.work.doctor import services
from cli.work.prefect_look import answers_strangers
from documents.key_file import make_key_file
from models.database import transaction
from models.statements import execute
from rules.policy.assumed import assumed_in
from stack.ports import free_port
from stack.prefect_server import PrefectServer
from support.policies import FROZEN, SHIPPED, policy_with
from support.shell import mumaris
from support.smtp import SmtpRecorder

PASSWORD = "operations:secret"
LIVE = {
    "MUMARIS_PORTAL_URL": "https://mumaris.example.org",
    "MUMARIS_TRUSTED_PROXIES": "10.0.0.5",
    "MUMARIS_MAIL_FROM": "mumaris@example.org",
    "MUMARIS_MAIL_RETURN_PATH": "bounces+{mark}@example.org",
    "MUMARIS_CLAMD": "/run/clamav/clamd.ctl",
    "PREFECT_API_AUTH_STRING": PASSWORD,
}


class Prefect(BaseHTTPRequestHandler):
    """Its API, as far as it is asked: a password, and one worker."""

    workers = b'[{"status": "ONLINE"}]'
    asks_for_password = True

    def do_POST(self) -> None:
        """Whatever is asked."""
        self.rfile.read(int(self.headers["Content-Length"]))
        refused = self.asks_for_password and not self.headers.get("Authorization")
        self.send_response(401 if refused else 200)
        self.end_headers()
        self.wfile.write(b"" if refused else self.workers)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Prefect]]:
    """A Prefect of this test's own, which the environment names."""
    own = type("OwnPrefect", (Prefect,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), own) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
        yield own
        server.shutdown()


@pytest.fixture(autouse=True)
async def home(
    database: str,
    mail_server: SmtpRecorder,
    prefect: type[Prefect],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The home of an installation that lacks nothing; its values are invented."""
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MUMARIS_HOME", str(tmp_path))
    make_key_file(tmp_path / "document-keys")
    return tmp_path


async def found(*, exit_code: int) -> dict[str, bool]:
    """What is found, and whether it stops, besides what policy assumes."""
    answer = await mumaris("doctor", "--json")
    assert answer.exit_code == exit_code, answer.output
    findings = json.loads(answer.stdout)["findings"]
    stops = {each["code"]: each["stops"] for each in findings}
    assert stops.pop("assumed") is False
    return stops


async def test_an_installation_that_lacks_nothing_may_go_live(mail_server: SmtpRecorder) -> None:
    """The mail server was asked, and got no e-mail."""
    assert await found(exit_code=0) == {}

    shown = await mumaris("doctor")
    assert "Nothing that was looked at stands against going live." in shown.stdout
    assert "lines of" in shown.stdout
    assert mail_server.commands == ["EHLO example.org", "QUIT"] * 2
    assert mail_server.accepted == []


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
        ("MUMARIS_CLAMD", "", "no_scanner", False),
        ("MUMARIS_DOCUMENT_KEYS", "no key", "documents_unusable", True),
        ("MUMARIS_OIDC_ISSUER", "https://idp.example.org", "settings_unusable", True),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "database_unusable", True),
        ("DATABASE_URL", "no address", "database_unusable", True),
        ("PREFECT_API_URL", "", "prefect_unusable", True),
        ("MUMARIS_POLICY", "/nonexistent/policy.toml", "policy_unusable", True),
    ],
)
async def test_each_setting_that_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: str, *, stops: bool
) -> None:
    """By a code that stays, and alone."""
    monkeypatch.setenv(name, value)

    answer = await mumaris("doctor", "--json")

    findings = {each["code"]: each for each in json.loads(answer.stdout)["findings"]}
    findings.pop("assumed", None)
    assert {each: finding["stops"] for each, finding in findings.items()} == {code: stops}
    assert answer.exit_code == int(stops)
    assert findings[code]["why"]


async def test_a_schema_of_another_version_is_told(database: str) -> None:
    """A newer one, which the other version's processes expect."""
    async with transaction() as session:
        await execute(session, text("UPDATE alembic_version SET version_num = '9999'"))

    assert set(await found(exit_code=1)) <= {"schema_ahead", "database_unusable"}


async def test_clocks_that_differ_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By how much."""
    monkeypatch.setattr(services, "utc_now", lambda: datetime.now(UTC) + timedelta(minutes=2))

    assert await found(exit_code=0) == {"clocks_differ": False}
    assert "clock is +120 s off" in (await mumaris("doctor")).stdout


async def test_a_mail_server_is_told_that_does_not_take_us(
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


async def test_a_prefect_that_answers_strangers_is_told(prefect: type[Prefect]) -> None:
    """Whoever reaches it could cancel, and so withdraw, any request."""
    prefect.asks_for_password = False

    assert await found(exit_code=1) == {"prefect_open": True}


async def test_a_prefect_without_a_worker_is_told(prefect: type[Prefect]) -> None:
    """Nothing would move."""
    prefect.workers = b"[]"

    assert await found(exit_code=1) == {"no_worker": True}


def test_a_real_prefect_without_a_password_answers_strangers(prefect_server: PrefectServer) -> None:
    """What is asked is an address of its API."""
    assert answers_strangers(prefect_server.api_url)
    assert not answers_strangers(f"http://127.0.0.1:{free_port(0)}/api")


async def test_what_prefects_form_means_is_said_where_it_is_on(tmp_path: Path) -> None:
    """It knows no signed-in officer."""
    with policy_with(tmp_path, ("prefect_form_decides = false", "prefect_form_decides = true")):
        assert await found(exit_code=0) == {"prefect_form_decides": False}
        shown = await mumaris("doctor")

    assert "whoever reaches Prefect's API can decide as any officer" in shown.stdout


async def test_without_a_scanner_a_policy_that_wants_one_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file would be taken."""
    monkeypatch.delenv("MUMARIS_CLAMD")
    with policy_with(tmp_path, ('unscanned = "accept"', 'unscanned = "refuse"')):
        assert await found(exit_code=1) == {"no_scanner": True}


async def test_a_secret_that_others_may_read_is_told(home: Path) -> None:
    """With the command that mends it."""
    secret = home / "prefect-sign-in"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)

    assert await found(exit_code=1) == {"secret_readable": True}
    shown = (await mumaris("doctor")).stdout
    assert f"chmod 600 {secret}" in shown
    assert PASSWORD not in shown


async def test_a_disk_that_is_nearly_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=100, free=9))

    assert await found(exit_code=1) == {"disk_nearly_full": True}


def test_what_is_assumed_is_counted_by_its_lines() -> None:
    """What stands before the first table speaks of the file."""
    policy = (
        '# or "assumed"\n[a]\nb = 1 # assumed\nc = 2 # [3]\n# The rest is assumed.\nd = "assumed"'
    )

    assert assumed_in(policy) == (3, 5)
    for file in (SHIPPED, FROZEN):
        assert assumed_in(file.read_text(encoding="utf-8"))
    assert assumed_in("") == ()
