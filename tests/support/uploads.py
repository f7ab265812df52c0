"""Uploaded documents as rows, and an installation's store for the time of a test."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from documents.keys import new_master_key
from models.database import transaction
from models.documents.documents import Upload, UploadEvent, find_upload, history_of_upload
from models.documents.door import keep_upload
from models.practitioners import find_practitioner
from rules.documents.states import WITHOUT_CONTENT, DocumentState
from rules.values.document_kind import DocumentKind
from support.people import NOURA
from support.requests import NOW


def name_a_shelf(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Let the environment name a store in this folder, with a key; returns where documents lie."""
    store = folder / "documents"
    patch.setenv("MUMARIS_DOCUMENTS", store.as_uri())
    patch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    patch.delenv("MUMARIS_CLAMD", raising=False)
    return store


async def upload_row(**values: Any) -> Upload:
    """An upload of Noura's as a row alone: its content lies nowhere."""
    state = values.get("state", DocumentState.RECEIVED)
    facts = {
        "id": secrets.token_hex(16),
        "kind": DocumentKind.EMPLOYER_LETTER,
        "state_since": NOW,
        "received_at": NOW,
        "checked_at": NOW,
        "sha256": secrets.token_hex(32),
        "size_bytes": 1,
        "media_type": "application/pdf",
        "wrapped_key": None if state in WITHOUT_CONTENT else "1:0:0",
    }
    owner = values.pop("owner", NOURA["registration_number"])
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        upload = Upload(**facts | {"owner_id": practitioner.id} | values)
        await keep_upload(session, upload)
    return upload


async def load_upload(upload_id: str) -> Upload:
    async with transaction() as session:
        return await find_upload(session, upload_id)


async def told_of(upload_id: str) -> list[UploadEvent]:
    """Its history, oldest first."""
    async with transaction() as session:
        return await history_of_upload(session, upload_id)


async def all_uploads() -> list[Upload]:
    """Every row, in the order in which they came."""
    async with transaction() as session:
        query = select(Upload).order_by(col(Upload.received_at), col(Upload.id))
        return list((await session.exec(query)).all())
