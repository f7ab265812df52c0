"""Cases before officers, with documents whose pages are drawn."""

import io

from PIL import Image

from desk.requests.claims import claim
from models.database import transaction
from models.documents.documents import Upload, find_upload
from models.requests import find_request
from support.people import NOURA, specialty_change
from support.requests import NOW, request_at_gate
from support.shelved import shelved


def picture() -> bytes:
    """A page as it is drawn."""
    kept = io.BytesIO()
    Image.new("RGB", (400, 560), "white").save(kept, "JPEG")
    return kept.getvalue()


async def letter_of(owner: str) -> Upload:
    """An employer's letter of one page that this person has sent."""
    letter = await shelved(NOW, owner=owner, content=picture())
    async with transaction() as session:
        (await find_upload(session, letter.id, lock=True)).pages = 1
    return letter


async def case_with_letter(
    officer: str | None = None, *, owner: str = NOURA["registration_number"]
) -> tuple[str, Upload]:
    """A new specialty with an employer's letter, claimed by this officer; its code."""
    letter = await letter_of(owner)
    stated = {
        "kind": "employer_letter",
        "id": letter.id,
        "issuer": "King Salman Hospital",
        "issued_on": NOW.date().isoformat(),
    }
    code = await request_at_gate(
        specialty_change(
            NOW.date(), registration_number=owner, idempotency_key=letter.id, documents=[stated]
        )
    )
    if officer is not None:
        await claim(code, officer, now=NOW)
    return code, letter


async def case_for_two() -> str:
    """A case that two officers have to approve; its code."""
    code = await request_at_gate()
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2
    return code
