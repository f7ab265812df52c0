"""`make demo`, as it is run on a fresh machine."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from desk.clock import utc_now
from rules.values.dates import RIYADH
from support.accounts import OURS, hidden_fields
from support.policies import changed_policy
from support.stack import open_folder

#: The demo gives up by itself on a step that does not happen; this is for a demo that hangs.
pytestmark = pytest.mark.timeout(1200)
MUMARIS = str(Path(sys.executable).with_name("mumaris"))


@contextmanager
def demo(home: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """The command behind `make demo`, with a home of its own; it is stopped at the end."""
    with subprocess.Popen(
        [MUMARIS, "demo", *options],
        env=environment(home),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.send_signal(signal.SIGINT)


def environment(home: Path) -> dict[str, str]:
    """What a person has set who has read nothing yet, beside a home for the test."""
    policy = home / "policy.toml"
    chosen = {"MUMARIS_POLICY": str(policy)} if policy.exists() else {}
    return {"PATH": "/usr/bin:/bin", "MUMARIS_HOME": str(home), "HOME": str(home), **chosen}


def at_night(home: Path) -> Path:
    """The same home, with a policy by which reminders leave at another time of the day than now."""
    begins, ends = (14, 20) if utc_now().astimezone(RIYADH).hour < 12 else (1, 2)
    changed_policy(
        home,
        ("send_from_hour = 7", f"send_from_hour = {begins}"),
        ("send_until_hour = 20", f"send_until_hour = {ends}"),
    )
    return home


def read_until(running: "subprocess.Popen[str]", sign: str) -> str:
    """What it has said, up to the line with this sign; an AssertionError where it ends before."""
    said = ""
    assert running.stdout is not None
    for line in running.stdout:
        said += line
        if sign in line:
            return said
    raise AssertionError(said)


def processes_of(home: Path) -> list[str]:
    """The command lines of what still runs for this home."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(home) in command:
            found.append(command)
    return found


@pytest.mark.prove
def test_it_ends_by_itself_and_leaves_nothing_running() -> None:
    """With ``--exit``; a demo that stays says and does the same before, below."""
    with open_folder() as home:
        with demo(home, "--exit") as running:
            said = running.communicate()[0]
        left = processes_of(home)

    assert running.returncode == 0, said
    says_what_happened(said)
    assert left == []


def says_what_happened(said: str) -> None:
    """In a screenful."""
    assert "Every step happened" in said
    assert len(re.findall(r"^  \S{4}-\S{4}  (?!amal)", said, re.MULTILINE)) == 8
    assert len(re.findall(r"^  \S{4}-\S{4}  amal looks at its letter", said, re.MULTILINE)) == 1
    assert len(said.splitlines()) <= 44


_PASSWORD = re.compile(r"everybody's password is (\S+)$", re.MULTILINE)
_COMMAND = re.compile(
    r"^  [a-z ]+: +mumaris (re(?:quest|view) .*?)(?:  \(as (\w+)\))?$", re.MULTILINE
)
_CODES = re.compile(r"^  (\w+)@example\.com: +(\S+) (\S+) ", re.MULTILINE)
_PAGE = re.compile(r"^  ([a-z ]+): +(http://\S+?)(/\S*) as (\S+)", re.MULTILINE)


def shell(home: Path, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """The command, as whoever reads the demo's lines types it beside the demo."""
    return subprocess.run(
        [MUMARIS, *words],
        env=environment(home),
        cwd=home,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def opened(site: str, path: str, name: str, password: str) -> httpx.Response:
    """The page, as somebody gets it who goes there, signs in as they are told, and is led back."""
    with httpx.Client(base_url=site, follow_redirects=True, timeout=120) as browser:
        asked = browser.get(path)
        assert asked.url.path == "/sign-in", asked.url.path
        form = hidden_fields(asked.text, "/sign-in") | {"name": name, "password": password}
        return browser.post("/sign-in", data=form, headers=OURS)


def test_what_it_says_to_try_works_as_it_stands() -> None:
    """Each command ends the wait that it is printed for, also at night, and needs nothing set.

    Each page opens for whoever it names, with the password that is printed and kept nowhere. Every
    step has happened before, and nothing is left running afterwards.
    """
    with open_folder() as home, demo(at_night(home)) as running:
        said = read_until(running, "Ctrl-C")
        (password,) = _PASSWORD.findall(said)
        pages = {
            waits_for: opened(site, path, name, password)
            for waits_for, site, path, name in _PAGE.findall(said)
        }
        addresses = {waits_for: path for waits_for, _, path, _ in _PAGE.findall(said)}
        commands = _COMMAND.findall(said)
        codes = {name: [*others] for name, *others in _CODES.findall(said)}
        done = []
        for command, officer in commands:
            if officer:
                told = "\n".join((f"{officer}@example.com", password, codes[officer].pop()))
                shell(home, "login", stdin=told)
            done.append(shell(home, *command.split()))
        files = [path for path in home.rglob("*") if path.is_file()]
        kept = [path for path in files if password.encode() in path.read_bytes()]
        running.send_signal(signal.SIGINT)
        rest = running.communicate()[0]
        left = processes_of(home)

    says_what_happened(said)
    look, *decisions = done
    assert [each.stderr for each in done] == [""] * 3
    assert "pages written to" in look.stdout
    assert [each.stdout.split()[0] for each in decisions] == ["approved", "approved"]
    desk = pages.pop("the desk")
    assert desk.url.path == "/sign-in/second"
    assert pages.keys() == {"your own", "a correction", "activation"}
    for waits_for, page in pages.items():
        assert (page.status_code, page.url.path) == (200, addresses[waits_for])
    assert 'action="/update?' in pages["your own"].text
    assert f'action="{addresses["a correction"]}?' in pages["a correction"].text
    assert f'action="{addresses["activation"]}/resend?' in pages["activation"].text
    assert kept == []
    assert (running.returncode, rest) == (0, "Stopped.\n")
    assert left == []
