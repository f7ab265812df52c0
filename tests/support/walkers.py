"""Who walks through the portal's pages: one for each way in which a page can look."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

from desk.documents.adding import add
from desk.drafts import renewal
from desk.drafts.addresses import send_code
from desk.drafts.correcting import begin_correction
from desk.drafts.keeping import Seen
from desk.drafts.update import add_entry, save
from desk.requests.review import Ruling, decide
from rules.profile_update.drafted import Entry, Section
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind
from support.accounts import Member, with_password
from support.cards import give_card
from support.document_files import EXAMPLES
from support.people import contact_change, specialty_change
from support.requests import NOW, request_at_gate, request_awaiting_activation
from support.staff import app_of
from support.walking import Names

_DAY = {"issued_on-day": "1", "issued_on-month": "11", "issued_on-year": "2026"}
_CONTACT = {"mobile": "0551112233", "address": "12 Olaya Street, Riyadh"}
_LETTER = {"kind": "employer_letter", "issuer": "King Fahad Hospital", **_DAY}


async def _letter() -> AsyncIterator[bytes]:
    yield (EXAMPLES / "employer-letter.pdf").read_bytes()


async def newcomer(language: str) -> tuple[Member, Names]:
    """No card, no request; a new mobile number is written and can be sent."""
    member = await with_password(preferred_language=language)
    contact = _CONTACT | {"email": member.email}
    await save(member.registration_number, "contact", contact, seen=Seen(), now=NOW)
    return member, {"part": [*Section], "entry": [*Entry]}


async def writer(language: str) -> tuple[Member, Names]:
    """A resident whose card can be renewed: both requests are half written."""
    member = await with_password(
        preferred_language=language, nationality="IN", identity_kind="iqama"
    )
    owner = member.registration_number
    await give_card(owner, expires_on=riyadh_day(NOW) + timedelta(days=30), hours=18)
    await renewal.begin(owner, now=NOW)
    held = await add(_letter(), kind=DocumentKind.EMPLOYER_LETTER, owner=owner, now=NOW)
    for part, typed in (
        ("employer", {"employer": "King Fahad Hospital"}),
        ("contact", _CONTACT | {"email": f"new.{member.email}"}),
    ):
        await save(owner, part, typed, seen=Seen(), now=NOW)
    await send_code(owner, again=False, now=NOW)
    for entry, typed in (
        (Entry.DOCUMENT, _LETTER),
        (Entry.CERTIFICATE, {"title": "Critical care"}),
        (Entry.EXPERIENCE, {"employer": "King Fahad Hospital"}),
    ):
        await add_entry(owner, entry, typed, seen=Seen(), now=NOW)
    kinds = [DocumentKind.EMPLOYER_LETTER, DocumentKind.RESIDENCE_CARD]
    return member, {
        "part": [*Section, *(f"{entry}-1" for entry in Entry)],
        "entry": [*Entry],
        "renewal part": kinds,
        "kind": kinds,
        "upload_id": [held.id],
    }


async def waiting(language: str) -> tuple[Member, Names]:
    """A card that is not renewed yet, and an update that waits to be activated."""
    member = await with_password(preferred_language=language)
    owner = member.registration_number
    await give_card(owner, expires_on=riyadh_day(NOW) + timedelta(days=500))
    submission = contact_change(registration_number=owner, idempotency_key=owner)
    return member, {"code": [(await request_awaiting_activation(submission))[0]]}


async def corrected(language: str) -> tuple[Member, Names]:
    """An update that an officer returned, and its correction is begun."""
    member = await with_password(preferred_language=language)
    owner = member.registration_number
    submission = specialty_change(NOW.date(), registration_number=owner, idempotency_key=owner)
    code = await request_at_gate(submission)
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="differs_from_document",
        note="See page 2",
        fields=["specialty"],
    )
    await decide(code, ruling, now=NOW)
    await begin_correction(owner, code, now=NOW)
    return member, {"code": [code], "part": [*Section, "certificate-1", "document-1"]}


async def with_app(language: str) -> Member:
    """Somebody whom the password alone does not sign in."""
    member = await with_password(preferred_language=language)
    account = await member.account()
    assert account is not None
    await app_of(account.id)
    return member


#: Each makes somebody who reads this language, and says what the parameters of their paths are.
WALKERS: tuple[Callable[[str], Awaitable[tuple[Member, Names]]], ...] = (
    newcomer,
    writer,
    waiting,
    corrected,
)
