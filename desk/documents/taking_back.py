"""Taking a document back: its owner has it destroyed before a request names it."""

from datetime import datetime

from desk.documents.emptying import emptied_if_it_can_be
from desk.documents.faults import UploadRefused
from desk.documents.owners import owner_of
from models.clock import database_now
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown, find_upload
from models.documents.door import OWNER, Ending, move_upload
from models.documents.uses import lives_of
from rules.documents.retention import EndRule
from rules.documents.states import WITHOUT_CONTENT, DocumentState
from rules.findings.problems import problem


async def take_back(upload_id: str, *, owner: str, now: datetime | None = None) -> Upload:
    """Destroy this document of the practitioner with this registration number.

    When this returns its key is gone, and with it what could be read; a store that is away is
    emptied by the sweep. One that has no content any more stays as it is, so again is harmless.
    Raises `UploadRefused` where a request names it, or did in an earlier round (its end decides
    then), `models.documents.documents.UploadUnknown`, also for somebody else's, and
    `models.practitioners.PractitionerUnknown`.
    """
    async with transaction() as session:
        practitioner = await owner_of(session, owner)
        upload = await find_upload(session, upload_id, lock=True)
        if upload.owner_id != practitioner.id:
            raise UploadUnknown
        if upload.state not in WITHOUT_CONTENT:
            # Whoever hands a request in holds this lock, too, until it is noted what it names.
            if (await lives_of(session, [upload]))[upload.id].uses:
                raise UploadRefused([problem("document_named", "document")])
            at = now or await database_now(session)
            ending = Ending(EndRule.TAKEN_BACK)
            await move_upload(
                session, upload, DocumentState.DESTROYED, by=OWNER, now=at, ending=ending
            )
    return await emptied_if_it_can_be(upload, now)
