"""What the doctor has against what an installation keeps: each is brought about, and told."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from documents.store import Store
from support.doctor import PASSWORD, findings_of, found
from support.policies import FROZEN, policy_with
from support.scanner import listening, saying
from support.shell import mumaris


async def test_without_a_scanner_a_policy_that_wants_one_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file would be taken."""
    monkeypatch.delenv("MUMARIS_CLAMD")
    with policy_with(tmp_path, ('unscanned = "accept"', 'unscanned = "refuse"')):
        assert await found(exit_code=1) == {"no_scanner": True}


@pytest.mark.parametrize("answer", [b"stream: Anything FOUND\0", b"out of order ERROR\0", b"no\0"])
async def test_a_scanner_that_does_not_work_is_told(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """One that finds something everywhere, one that is not in order, and one that is none."""
    async with listening(saying(answer)) as address:
        monkeypatch.setenv("MUMARIS_CLAMD", address)

        assert await found(exit_code=1) == {"scanner_unusable": True}


async def test_a_store_that_gives_something_else_back_is_told(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """And nothing of the trial stays in it."""
    put = Store.put

    async def damaged(self: Store, name: str, _content: object) -> None:
        async def other():  # noqa: ANN202 - an iterator
            yield b"something else"

        await put(self, name, other())

    monkeypatch.setattr(Store, "put", damaged)

    assert await found(exit_code=1) == {"store_unusable": True}
    assert list((home / "documents").iterdir()) == []


@pytest.mark.parametrize("name", ["prefect-sign-in", "running.json", "elsewhere"])
async def test_a_secret_that_others_may_read_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """With the command that mends it, and without what it holds."""
    secret = home / name
    secret.write_text("{" if name == "running.json" else PASSWORD)
    secret.chmod(0o640)
    if name == "elsewhere":
        monkeypatch.setenv("MUMARIS_OIDC_CLIENT_SECRET_FILE", str(secret))
        monkeypatch.setenv("MUMARIS_OIDC_ISSUER", "https://idp.example.org")
        monkeypatch.setenv("MUMARIS_OIDC_CLIENT_ID", "mumaris")

    assert (await found(exit_code=1))["secret_readable"]
    shown = (await mumaris("doctor")).stdout
    assert f"chmod 600 {secret}" in shown
    assert PASSWORD not in shown


async def test_keys_that_others_may_read_are_told_and_mended(home: Path) -> None:
    """Nothing opens them until then."""
    (home / "document-keys").chmod(0o644)
    assert set(await found(exit_code=1)) == {"documents_unusable", "secret_readable"}

    assert await found("--fix", exit_code=0) == {}


async def test_a_policy_that_others_may_change_is_told_and_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says who must approve what."""
    policy = tmp_path / "policy.toml"
    policy.write_bytes(FROZEN.read_bytes())
    policy.chmod(0o664)
    monkeypatch.setenv("MUMARIS_POLICY", str(policy))
    assert (await findings_of(exit_code=1))["policy_writable"]["command"] == f"chmod go-w {policy}"

    assert await found("--fix", exit_code=0) == {}
    assert policy.stat().st_mode & 0o777 == 0o644


async def test_a_disk_that_is_nearly_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=100, free=9))

    assert await found(exit_code=1) == {"disk_nearly_full": True}


async def test_a_disk_with_a_tenth_free_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound itself is good."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=100, free=10))

    assert await found(exit_code=0) == {}
