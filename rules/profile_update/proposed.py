"""A profile update as an officer reads it."""

from rules.profile_update.normalised import NormalisedUpdate
from rules.register.fields import Field
from rules.register.official_record import OfficialRecord
from rules.register.profile import ProfileOnFile
from rules.requests.proposed import Change, Proposed, RaisedDoubt


def proposed_update(
    update: NormalisedUpdate, on_file: ProfileOnFile, official: OfficialRecord | None
) -> Proposed:
    """What the update would make of what is on file, beside the official record of its checks.

    Fields in the order of `Field`.
    """
    after = on_file.with_changes(update.changes)
    return Proposed(
        changes=tuple(
            Change(
                field,
                on_file.value(field),
                update.changes[field],
                official.value(field) if official else None,
            )
            for field in Field
            if field in update.changes
        ),
        certificates=update.certificates,
        experience=update.experience,
        documents=update.documents,
        doubts=tuple(
            RaisedDoubt(doubt, after.value(Field(doubt.field)) if doubt.field in set(Field) else "")
            for doubt in update.warnings
        ),
    )
