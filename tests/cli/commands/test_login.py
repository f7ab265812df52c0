"""`mumaris login`: who decides by the command is who has shown that they are it."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from pyotp import TOTP
from typer.testing import Result

from cli.session_file import KeptSession, keep_session, read_session
from desk.accounts.managing import end_sessions_of
from desk.clock import utc_now
from documents.keys import new_master_key
from models.database import transaction
from models.requests import find_request, history
from rules.accounts.kinds import Role
from support.accounts import with_password
from support.requests import NOW, request_at_gate
from support.shell import mumaris
from support.staff import Staff, has_left, ready, with_password_alone

SOON = (NOW.date() + timedelta(days=2)).isoformat()
pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the session is kept; no folder of it is there yet."""
    return tmp_path / "state" / "mumaris" / "session"


@pytest.fixture(autouse=True)
def master_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


def kept_in(file: Path) -> str:
    """What it holds."""
    return file.read_text()


def mode_of(path: Path) -> int:
    """Who may do what with it."""
    return stat.S_IMODE(path.stat().st_mode)


def beside(file: Path) -> list[Path]:
    """The file, where there is one, and whatever else lies in its folder."""
    return list(file.parent.iterdir()) if file.parent.exists() else []


def written(file: Path, content: str, *, mode: int = 0o600) -> None:
    """Somebody else wrote the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    file.chmod(mode)


async def login(file: Path, *typed: str) -> Result:
    """What is typed at its questions, a line each."""
    return await mumaris("login", stdin="\n".join(typed).encode(), session=file)


async def signed_in(file: Path, *roles: Role) -> tuple[Staff, TOTP]:
    """An officer with these roles, signed in to the command."""
    staff, app = await ready(*roles)
    done = await login(file, staff.email, staff.password, app.at(utc_now()))
    assert done.exit_code == 0, done.output
    return staff, app


async def test_who_has_signed_in_is_who_decides(file: Path) -> None:
    """In the history and in the round; nothing names them on the command line."""
    code = await request_at_gate()
    staff, _ = await signed_in(file, Role.OFFICER)

    decided = await mumaris("request", "decide", code, "--approve", session=file)

    assert decided.stdout == "approved\n"
    async with transaction() as session:
        request = await find_request(session, code)
        last = (await history(session, request.id))[-1]
    assert last.actor == staff.user_name


async def test_the_session_is_in_a_file_for_its_owner_alone(file: Path) -> None:
    """And it is one of those that the account's page lists."""
    staff, _ = await signed_in(file, Role.OFFICER)

    (kept,) = await staff.sessions()
    assert (mode_of(file), mode_of(file.parent)) == (0o600, 0o700)
    assert kept.browser == "mumaris"
    assert beside(file) == [file]


@pytest.mark.parametrize("wrong", ["name", "password", "code"])
async def test_what_is_wrong_signs_nobody_in(file: Path, wrong: str) -> None:
    """And is not repeated; whether a name is known is not said."""
    staff, app = await ready(Role.OFFICER)
    typed = {"name": staff.email, "password": staff.password, "code": app.at(utc_now())}

    refused = await login(file, *(typed | {wrong: "nobody@example.com"}).values())

    assert refused.exit_code == 1
    assert "nobody@example.com" not in refused.output
    assert beside(file) == []
    assert await staff.sessions() == []


async def test_a_password_alone_is_never_enough(file: Path) -> None:
    """Where no app is set up, the line says what to do."""
    staff = await with_password_alone(Role.OFFICER)

    refused = await login(file, staff.email, staff.password, "000000")

    assert (refused.exit_code, beside(file)) == (1, [])
    assert "in the browser" in refused.stderr


async def test_a_practitioner_does_not_sign_in_to_the_command(file: Path) -> None:
    """Their session ends at once."""
    member = await with_password()
    refused = await login(file, member.email, member.password)

    assert (refused.exit_code, beside(file)) == (1, [])
    *_, newest = await member.sessions()
    assert newest.ended_at is not None


@pytest.mark.parametrize(
    "command",
    [
        ("review", "show"),
        ("review", "claim"),
        ("review", "release"),
        ("review", "skip", "--reason", "why"),
        ("review", "hold", "--reason", "why", "--until", SOON),
        ("review", "read", "1", "--as-stated"),
        ("review", "next"),
        ("review", "queue", "--queue", "mine"),
        ("review", "search"),
        ("review", "assign", "--officer", "basim"),
        ("review", "release-all", "--reason", "why"),
        ("request", "restart", "--reason", "why"),
        ("letters", "resend", "--yes", "--reason", "why"),
        ("request", "decide", "--approve"),
        ("request", "decide", "--approve", "--preview"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("who", ["nobody", "an auditor"])
async def test_whoever_may_not_decide_gets_nothing(
    file: Path, command: tuple[str, ...], who: str
) -> None:
    """Neither who has not signed in, nor who has another role."""
    code = await request_at_gate()
    if who != "nobody":
        await signed_in(file, Role.AUDITOR)
    group, name, *options = command
    about = [] if name in {"next", "queue", "search", "resend"} else [code]

    refused = await mumaris(group, name, *about, *options, stdin=b"Noura\n", session=file)

    assert (refused.exit_code, refused.stdout) == (1, "")
    said = "mumaris login" if who == "nobody" else "none of the roles"
    assert said in refused.stderr


@pytest.mark.parametrize("how", ["logout", "ended by operations", "left", "another file"])
async def test_a_session_that_is_over_decides_nothing(file: Path, how: str) -> None:
    """However it ended."""
    code = await request_at_gate()
    staff, _ = await signed_in(file, Role.OFFICER)
    if how == "logout":
        done = await mumaris("logout", "--json", session=file)
        assert json.loads(done.stdout) == {"signed_out": True}
    elif how == "left":
        await has_left(staff.user_name)
    elif how == "another file":
        keep_session(KeptSession(session="f" * 43), file)
    else:
        await end_sessions_of(staff.user_name, now=utc_now())

    refused = await mumaris("request", "decide", code, "--approve", session=file)

    assert refused.exit_code == 1
    assert "mumaris login" in refused.stderr


async def test_signing_out_twice_is_the_same(file: Path) -> None:
    """The place itself stays known, so that the next sign-in is no news to its owner."""
    await signed_in(file, Role.OFFICER)
    await mumaris("logout", session=file)

    again = await mumaris("logout", session=file)

    assert (again.exit_code, again.stdout) == (0, "nobody was signed in\n")
    assert (read_session(file).session, bool(read_session(file).device)) == ("", True)


async def test_a_file_that_others_may_read_is_not_used(file: Path) -> None:
    """The line says what to do; another sign-in keeps no session there either."""
    code = await request_at_gate()
    await signed_in(file, Role.OFFICER)
    written(file, kept_in(file), mode=0o644)

    refused = await mumaris("request", "decide", code, "--approve", session=file)

    assert refused.exit_code == 1
    assert "chmod 600" in refused.stderr


@pytest.mark.parametrize("content", ["", "{", '{"session": 7}', "\x00", "[]"])
async def test_a_file_with_something_else_is_nobody_s(file: Path, content: str) -> None:
    """As if nobody had signed in."""
    written(file, content)

    refused = await mumaris("review", "next", session=file)

    assert refused.exit_code == 1
    assert "mumaris login" in refused.stderr
