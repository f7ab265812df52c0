"""What a newcomer sent before registering: named by them alone, and theirs on the register."""

from typing import Any

import pytest

from desk.kinds.reading import SubmissionRefused
from desk.requests import activation
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from models.database import transaction
from models.drafts import Draft
from models.links import LinkPurpose
from models.newcomers import Newcomer, newcomer_of_mailbox
from rules.documents.states import DocumentState
from rules.requests.statuses import Kind
from rules.values.document_kind import DocumentKind
from support.looking import looked_at
from support.newcomers import (
    LAYLA,
    known_officially,
    practitioner_of,
    registration,
    registration_to_activate,
)
from support.people import register_people
from support.requests import NOW
from support.uploads import load_upload, upload_row

LETTER = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def layla(database: str) -> Newcomer:
    """Layla has shown that she reads her mailbox, and has sent her employer's letter."""
    await register_people()
    await known_officially()
    async with transaction() as session:
        newcomer = await newcomer_of_mailbox(session, LAYLA["email"], now=NOW)
    await upload_row(
        id=LETTER,
        owner_id=None,
        newcomer_id=newcomer.id,
        kind=DocumentKind.EMPLOYER_LETTER,
        state=DocumentState.READY,
        pages=1,
    )
    return newcomer


def naming_the_letter(**more: Any) -> dict[str, Any]:
    """A registration that names what was sent."""
    wish = registration(**more)
    letter, *others = wish["documents"]
    stated = {name: letter[name] for name in ("kind", "issuer", "issued_on")}
    return wish | {"documents": [stated | {"id": LETTER}, *others]}


async def test_a_newcomer_s_document_comes_onto_the_register_with_them(layla: Newcomer) -> None:
    """Until then it is the newcomer's, and officers see it in the case."""
    request, token = await registration_to_activate(naming_the_letter())
    shown = await looked_at(request.tracking_code)
    before = await load_upload(LETTER)

    await activation.use(token, LinkPurpose.ACTIVATE, now=NOW)

    after = await load_upload(LETTER)
    assert (await load_request(request.tracking_code)).newcomer_id == layla.id
    assert [each.file.upload.id for each in shown.documents if each.file] == [LETTER]
    assert (before.owner_id, before.newcomer_id) == (None, layla.id)
    assert after.owner_id == (await practitioner_of(request)).id
    assert after.newcomer_id is None


async def test_what_another_newcomer_sent_is_unknown(layla: Newcomer) -> None:
    """As what nobody has sent."""
    other = "somebody.else@example.org"
    async with transaction() as session:
        await newcomer_of_mailbox(session, other, now=NOW)
    wish = naming_the_letter(profile={"email": other})

    with pytest.raises(SubmissionRefused) as refused:
        await accept(Kind.REGISTRATION, wish, now=NOW)

    assert [found.field for found in refused.value.problems] == ["documents[0].id"]


@pytest.mark.parametrize(
    ("email", "problems"),
    [("Layla.Alharbi@EXAMPLE.org", []), ("somebody.else@example.org", ["email"])],
)
async def test_a_newcomer_s_draft_registers_from_its_mailbox(
    layla: Newcomer, email: str, problems: list[str]
) -> None:
    """However the address is written; another one was shown to be read by nobody."""
    async with transaction() as session:
        draft = Draft(kind=Kind.REGISTRATION, newcomer_id=layla.id, begun_at=NOW, saved_at=NOW)
        session.add(draft)
    wish = registration(profile={"email": email})

    found: list[str] = []
    try:
        await accept(Kind.REGISTRATION, wish, now=NOW, draft=draft)
    except SubmissionRefused as refused:
        found = [each.field for each in refused.problems]

    assert found == problems
