"""Rotating the master keys: at any moment every document opens, whoever stops and whoever comes."""

import asyncio
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from desk.accounts.authenticator import app_step, app_to_confirm, begin_app
from desk.documents import keys as desk_keys
from desk.documents.ending import destroy
from desk.documents.keys import Rotation, drop_unused, keys_in_use, rewrap_all, rotate
from desk.documents.shelf import shelf
from desk.machines.webhook_secrets import open_secrets
from documents.key_file import add_master_key, make_key_file, read_key_file
from documents.keys import MasterKeyMissing, new_master_key
from documents.receiving import content_of
from models.accounts.factors import AuthenticatorApp
from models.database import transaction
from models.documents.documents import Upload
from models.statements import execute
from rules.accounts.kinds import Role
from rules.webhooks.signing import write_secret
from support.documents import whole
from support.dying import killed_at
from support.machines import key_of
from support.proofs import mostly_proofs
from support.receiver import subscribed
from support.requests import NOW
from support.shelved import CONTENT, row, shelved
from support.staff import ready


@pytest.fixture
def key_file(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The master keys are in a file, as an installation has them."""
    path = tmp_path / "document-keys"
    monkeypatch.delenv("MUMARIS_DOCUMENT_KEYS")
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS_FILE", str(path))
    make_key_file(path)
    return path


async def opens(upload: Upload) -> bool:
    """Whether the document's content can be read as things stand now."""
    here, now = shelf(), await row(upload)
    key = str(now.wrapped_key)
    content = content_of(here.store, here.keys, document_id=now.id, wrapped_key=key)
    return CONTENT in await whole(content)


async def all_open(uploads: list[Upload]) -> bool:
    return all([await opens(each) for each in uploads])


async def wrappers() -> dict[str, int]:
    return dict((await keys_in_use()).wrapped)


async def test_a_rotation_leaves_one_new_key_that_opens_everything(key_file: Path) -> None:
    """Of whatever kind and state; the old key is gone from the file."""
    uploads = [await shelved(NOW) for _ in range(3)]
    old = read_key_file(key_file).current_id

    done = await rotate()

    (new,) = read_key_file(key_file).ids
    assert (done.added, done.rewrapped, done.damaged, done.dropped) == (True, 3, 0, (old,))
    assert new != old
    assert await wrappers() == {new: 3}
    assert await all_open(uploads)


async def test_without_documents_the_key_is_new_all_the_same(key_file: Path) -> None:
    """An installation may begin so."""
    old = read_key_file(key_file).current_id

    done = await rotate()

    assert (done.rewrapped, done.dropped) == (0, (old,))


async def test_an_authenticator_app_outlives_the_key_that_wrapped_it(key_file: Path) -> None:
    """Its codes are taken after the old key is gone; one being set up goes on too."""
    staff, app = await ready(Role.OFFICER)
    account = await staff.account()
    await begin_app(account.id, now=NOW)
    old = read_key_file(key_file).current_id
    assert (await keys_in_use()).wrapped == {old: 2}

    done = await rotate()

    assert (done.rewrapped, done.dropped) == (2, (old,))
    assert done.keys.wrapped == {done.keys.current: 2}
    async with transaction() as session:
        assert await app_step(session, account.id, app.at(NOW), now=NOW) is not None
    assert await app_to_confirm(account.id, "x", issuer="x", now=NOW) is not None


async def test_a_webhook_s_secret_outlives_the_key_that_wrapped_it(key_file: Path) -> None:
    """Whoever was handed it goes on knowing whose webhooks are ours."""
    old = read_key_file(key_file).current_id
    await key_of()
    made = await subscribed("https://hr.example.org/")
    before = (await keys_in_use()).wrapped

    done = await rotate()

    async with transaction() as session:
        opened = await open_secrets(session, [made.subscription_id], now=NOW)
    assert (before, done.rewrapped, done.dropped) == ({old: 1}, 1, (old,))
    assert [write_secret(each) for each in opened[made.subscription_id]] == [made.secret]


async def test_a_key_that_an_app_needs_is_not_dropped(key_file: Path) -> None:
    """Where it cannot be wrapped anew, whoever has it must not be locked out."""
    staff, _ = await ready(Role.OFFICER)
    old = read_key_file(key_file).current_id
    async with transaction() as session:
        app = await session.get_one(AuthenticatorApp, (await staff.account()).id)
        app.secret = app.secret[:40] + "AAAA" + app.secret[44:]

    done = await rotate()

    assert (done.damaged, done.dropped) == (1, ())
    assert old in read_key_file(key_file).ids


async def test_more_than_a_chunk_is_rewrapped(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pieces, each kept by itself."""
    monkeypatch.setattr(desk_keys, "CHUNK", 2)
    uploads = [await shelved(NOW) for _ in range(5)]

    done = await rotate()

    assert done.rewrapped == 5
    assert await all_open(uploads)


async def test_what_is_destroyed_stays_so(key_file: Path) -> None:
    """No key comes back."""
    upload = await shelved(NOW)
    await destroy(upload.id, reason="An order", by="salma", now=NOW)

    done = await rotate()

    assert done.rewrapped == 0
    assert (await row(upload)).wrapped_key is None


async def test_what_is_destroyed_meanwhile_stays_so(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between being read and being written."""
    upload = await shelved(NOW)
    rewrap = desk_keys.rewrap

    async def destroyed_first(*arguments: object) -> int:
        await destroy(upload.id, reason="An order", by="salma", now=NOW)
        return await rewrap(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(desk_keys, "rewrap", destroyed_first)
    done = await rotate()

    assert done.rewrapped == 0
    assert (await row(upload)).wrapped_key is None


STEPS = ["add_master_key", "rewrap", "drop_old_master_keys"]


@pytest.mark.parametrize("step", mostly_proofs(STEPS, but=STEPS[1:2]))
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_rotation_that_is_killed_is_brought_to_its_end(
    key_file: Path, step: str, when: str
) -> None:
    """By calling it again; meanwhile everything opens, and no third key comes."""
    uploads = [await shelved(NOW) for _ in range(3)]
    old = read_key_file(key_file).current_id
    work = "desk.documents.keys:rotate"

    ended = await killed_at(f"desk.documents.keys:{step}", when, work=work)
    seen = len(read_key_file(key_file).ids)
    opened_meanwhile = await all_open(uploads)
    await rotate()

    (new,) = read_key_file(key_file).ids
    assert (ended, opened_meanwhile) == (-signal.SIGKILL, True)
    assert seen <= 2
    assert new != old
    assert await wrappers() == {new: 3}
    assert await all_open(uploads)


async def test_two_rotations_at_once_are_one(key_file: Path) -> None:
    """Neither drops a key that the other still needs."""
    uploads = [await shelved(NOW) for _ in range(10)]

    done = await asyncio.gather(*(rotate() for _ in range(4)))

    assert [each.added for each in done].count(True) >= 1
    assert len(read_key_file(key_file).ids) == 1
    assert await wrappers() == {read_key_file(key_file).current_id: 10}
    assert await all_open(uploads)


async def test_files_that_come_meanwhile_are_wrapped_too(key_file: Path) -> None:
    """Whichever list of keys their senders had read."""
    uploads = [await shelved(NOW) for _ in range(3)]

    rotated, *sent = await asyncio.gather(
        _rotate_thrice(), *(shelved(NOW, content=CONTENT) for _ in range(20))
    )

    assert len(rotated) == 3
    assert len(read_key_file(key_file).ids) == 1
    assert await all_open([*uploads, *sent])


async def _rotate_thrice() -> list[Rotation]:
    return [await rotate() for _ in range(3)]


async def test_a_key_that_wrapped_a_file_on_its_way_may_be_gone_when_it_is_kept(
    key_file: Path,
) -> None:
    """The upload began before the rotation and ends after it: its row gets the new key."""
    at_the_end = asyncio.Event()
    go_on = asyncio.Event()
    sending = asyncio.create_task(shelved(NOW, before_row=(at_the_end, go_on)))
    await at_the_end.wait()
    await rotate()
    go_on.set()

    upload = await sending

    assert await wrappers() == {read_key_file(key_file).current_id: 1}
    assert await opens(upload)


async def test_no_key_is_dropped_while_a_row_is_being_written(key_file: Path) -> None:
    """The transaction of an upload has read the old list and is not through."""
    add_master_key(key_file)
    async with transaction() as session:
        await desk_keys.share_master_keys(session)
        dropping = asyncio.create_task(drop_unused())
        done, _ = await asyncio.wait({dropping}, timeout=0.3)
        keys_meanwhile = len(read_key_file(key_file).ids)

    assert not done
    assert keys_meanwhile == 2
    assert len(await dropping) == 1


async def test_an_old_key_stays_while_a_document_needs_it(key_file: Path) -> None:
    """One that is damaged cannot be wrapped anew: it is counted, and nothing is dropped."""
    upload, other = await shelved(NOW), await shelved(NOW)
    old = read_key_file(key_file).current_id
    await _damage(upload)

    done = await rotate()

    assert (done.rewrapped, done.damaged, done.dropped) == (1, 1, ())
    assert done.keys.others == (old,)
    assert done.keys.wrapped[old] == 1
    assert await opens(other)


async def _damage(upload: Upload) -> None:
    async with transaction() as session:
        statement = text(
            "UPDATE uploads SET wrapped_key = overlay(wrapped_key placing 'AAAA' from 30)"
            " WHERE id = :id"
        )
        await execute(session, statement, {"id": upload.id})


async def test_a_document_whose_key_is_elsewhere_is_named_and_holds_up_no_other(
    key_file: Path, tmp_path: Path
) -> None:
    """Another machine has another file: its key is named, and nothing is dropped here."""
    here = await shelved(NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUMARIS_DOCUMENT_KEYS_FILE", str(tmp_path / "elsewhere"))
        make_key_file(tmp_path / "elsewhere")
        theirs = read_key_file(tmp_path / "elsewhere").current_id
        there = await shelved(NOW)

    done = await rotate()

    assert done.rewrapped == 1
    assert done.keys.missing == {theirs: 1}
    assert done.dropped == ()
    assert await opens(here)
    with pytest.raises(MasterKeyMissing, match=theirs):
        await opens(there)


async def test_keys_of_the_environment_are_only_wrapped_by(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment holds, no command changes; the old one may go when nothing needs it."""
    old, new = new_master_key(), new_master_key()
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", old)
    upload = await shelved(NOW)
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", f"{new} {old}")
    in_file = read_key_file(key_file).ids

    done = await rotate()
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new)

    assert (done.added, done.rewrapped, done.dropped) == (False, 1, ())
    assert done.keys.in_environment
    assert done.keys.wrapped == {done.keys.current: 1}
    assert read_key_file(key_file).ids == in_file
    assert await opens(upload)


async def test_rewrapping_again_does_nothing(key_file: Path) -> None:
    """Rows that are wrapped so already are not written."""
    await shelved(NOW)
    await rotate()

    assert await rewrap_all() == (0, 0)
