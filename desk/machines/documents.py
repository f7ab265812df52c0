"""Documents that a machine sends for people, and asks after."""

from datetime import datetime

from desk.accounts.machine_keys import Calling
from desk.documents.adding import add, add_for_newcomer
from desk.documents.contents import Content
from desk.documents.faults import UploadRefused
from desk.documents.standing import DocumentStanding, standing_in, standing_of, standing_of_new
from desk.looks import note_look
from desk.machines.own_people import own_person
from desk.machines.wishes import is_own_mailbox, own_mailbox
from desk.policy import current_policy
from models.access_log import Looked
from models.database import transaction
from models.documents.documents import UploadUnknown, find_upload
from models.newcomers import Newcomer
from models.practitioners import PractitionerUnknown, get_practitioner
from rules.accounts.machines import MachineAct
from rules.findings.problems import ValueRefused
from rules.register.fields import Field
from rules.requests.field_values import normalised_value
from rules.values.document_kind import DocumentKind


async def send_document(
    calling: Calling,
    content: Content,
    *,
    registration_number: str,
    kind: DocumentKind,
    replaces: str | None,
    now: datetime,
) -> DocumentStanding:
    """Take this file for one of the machine's people; see `desk.documents.adding.add`.

    Raises `NotForThisMachine`, `PractitionerUnknown`, and as `add`; then nothing is kept.
    """
    calling.refuse_unless(MachineAct.HAND_IN)
    async with transaction() as session:
        owner = (await own_person(session, calling, registration_number)).registration_number
    kept = await add(content, kind=kind, owner=owner, replaces=replaces, now=now)
    return standing_of_new(kept, now=now)


async def send_document_of_newcomer(
    calling: Calling, content: Content, *, email: str, kind: DocumentKind, now: datetime
) -> DocumentStanding:
    """Take this file for who is to be registered, by the address that the registration will give.

    Whether somebody has begun from that address makes no difference: what one machine sends is no
    other's, and no person's. Raises `NotForThisMachine`, and as
    `desk.documents.adding.add_for_newcomer`; then nothing is kept.
    """
    calling.refuse_unless(MachineAct.HAND_IN)
    try:
        address = normalised_value(Field.EMAIL, email, current_policy())
    except ValueRefused as refused:
        raise UploadRefused([refused.about("email")]) from None
    mailbox = own_mailbox(calling, address)
    kept = await add_for_newcomer(content, kind=kind, mailbox=mailbox, now=now)
    return standing_of_new(kept, now=now)


async def read_document(calling: Calling, upload_id: str, *, now: datetime) -> DocumentStanding:
    """How a document of one of the machine's people stands; a line of the access log.

    Of who is not on the register yet it sees what it sent itself; that is nobody's on file, and has
    the line of the key's use alone. Raises `NotForThisMachine`, and `UploadUnknown` for any other.
    """
    calling.refuse_unless(MachineAct.READ)
    async with transaction() as session:
        upload = await find_upload(session, upload_id)
        if upload.newcomer_id is not None:
            newcomer = await session.get_one(Newcomer, upload.newcomer_id)
            if not is_own_mailbox(calling, newcomer.mailbox):
                raise UploadUnknown
            return await standing_in(session, upload, now=now)
        owner = await get_practitioner(session, upload.owner_id)
        try:
            number = await own_person(session, calling, owner.registration_number)
        except PractitionerUnknown:
            raise UploadUnknown from None
        await note_look(
            session, Looked.DOCUMENTS, by=calling.looker, now=now, practitioner_id=number.id
        )
    return await standing_of(upload_id, owner=owner.registration_number, now=now)
