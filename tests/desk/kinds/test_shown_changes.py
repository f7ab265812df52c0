"""What the activation page shows of what will change, to whoever holds the link."""

from decimal import Decimal

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.card_renewal import CARD_RENEWAL
from desk.kinds.profile_update import lines_of
from desk.kinds.shown_changes import ShownChange, masked_email
from models.practitioners import Practitioner
from models.requests import Request
from rules.card_renewal.fees import Fine, FineKind
from rules.card_renewal.plan import RenewalPlan
from rules.profile_update.normalised import NormalisedUpdate
from rules.register.fields import Field
from rules.requests.statuses import Kind
from support.people import NOURA
from support.requests import NOW

#: A new value of each field, which nobody has on file.
NEW = {field: f"new-{field.value}" for field in Field} | {
    Field.EMAIL: "hind@example.org",
    Field.MOBILE: "+966551112233",
    Field.IDENTITY_NUMBER: "1098765432",
    Field.BIRTH_DATE: "1990-01-01",
}
HIDDEN = (Field.IDENTITY_NUMBER, Field.IDENTITY_KIND, Field.NATIONALITY, Field.BIRTH_DATE)


def update(*fields: Field) -> Request:
    """A request that changes these fields."""
    changes = NormalisedUpdate(
        registration_number=NOURA["registration_number"],
        changes={field: NEW[field] for field in fields},
        certificates=(),
        experience=(),
        documents=(),
        preferred_language=None,
        warnings=(),
    )
    return Request(kind=Kind.PROFILE_UPDATE, normalised=changes.to_json())


def shown(request: Request) -> dict[str, ShownChange]:
    """Its lines, by field."""
    update = NormalisedUpdate.from_json(request.normalised)
    return {line.field: line for line in lines_of(update, Practitioner(**NOURA).on_file())}


def said(lines: dict[str, ShownChange]) -> str:
    """Every value that is shown."""
    return " ".join(f"{line.before} {line.after}" for line in lines.values())


@pytest.mark.parametrize("field", [field for field in Field if field is not Field.EMAIL])
def test_every_field_has_its_line_and_no_more_than_it_may_show(field: Field) -> None:
    """Identity data and the street are named only; of a mobile number its end."""
    lines = shown(update(field))

    line = lines[field]
    on_file = str(NOURA[field.value])
    if field in (*HIDDEN, Field.ADDRESS):
        assert (line.before, line.after) == ("", "")
    elif field is Field.MOBILE:
        assert (line.before, line.after, line.ends) == ("567", "233", True)
    else:
        assert (line.before, line.after) == (on_file, NEW[field])


def test_a_new_mailbox_is_shown_nothing_of_what_is_on_file() -> None:
    """Whatever else changes with the address."""
    lines = shown(update(*Field))

    assert set(lines) == {field.value for field in Field}
    assert {line.before for line in lines.values()} == {""}
    assert "hind@" not in said(lines)
    assert all(NEW[field] not in said(lines) for field in HIDDEN)


async def test_a_renewal_shows_until_when_and_for_how_long() -> None:
    """The new last day is known when it is activated."""
    plan = RenewalPlan(
        registration_number=NOURA["registration_number"],
        years=2,
        old_expires_on=NOW.date(),
        hours_needed=Decimal(30),
        hours_counted=Decimal(30),
        hours_short=False,
        fee=None,
        fine=Fine(kind=FineKind.NONE),
        late=False,
        documents=(),
    )
    request = Request(kind=Kind.CARD_RENEWAL, normalised=plan.to_json())

    (line,) = await CARD_RENEWAL.shown_changes(AsyncSession(), request)

    assert (line.field, line.day, line.added) == ("card", NOW.date(), 2)


@pytest.mark.parametrize(
    ("address", "masked"),
    [("a@example.org", "a•••@example.org"), ("سارة@مثال.السعودية", "س•••@مثال.السعودية"), ("", "")],
)
def test_an_address_is_known_again_and_cannot_be_written_to(address: str, masked: str) -> None:
    """Its first letter and its domain."""
    assert masked_email(address) == masked
