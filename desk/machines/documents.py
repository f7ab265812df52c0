"""Documents that a machine sends for people, and asks after."""

from datetime import datetime

from desk.accounts.machine_keys import Calling
from desk.documents.adding import add
from desk.documents.contents import Content
from desk.documents.standing import DocumentStanding, standing_of, standing_of_new
from desk.looks import note_look
from desk.machines.own_people import own_person
from models.access_log import Looked
from models.database import transaction
from models.documents.documents import UploadUnknown, find_upload
from models.practitioners import PractitionerUnknown, get_practitioner
from rules.accounts.machines import MachineAct
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


async def read_document(calling: Calling, upload_id: str, *, now: datetime) -> DocumentStanding:
    """How a document of one of the machine's people stands; a line of the access log.

    Raises `NotForThisMachine`, and `UploadUnknown` for anybody else's.
    """
    calling.refuse_unless(MachineAct.READ)
    async with transaction() as session:
        upload = await find_upload(session, upload_id)
        owner = await get_practitioner(session, upload.owner_id)
        try:
            number = await own_person(session, calling, owner.registration_number)
        except PractitionerUnknown:
            raise UploadUnknown from None
        await note_look(
            session, Looked.DOCUMENTS, by=calling.looker, now=now, practitioner_id=number.id
        )
    return await standing_of(upload_id, owner=owner.registration_number, now=now)
