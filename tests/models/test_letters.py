"""The outbox: many letters are owed by one statement, and each is owed once."""

from uuid import UUID

from sqlmodel import col, select

from desk.requests.waiting import load_request
from models.database import transaction
from models.letters import Letter, letter_key, new_letter, queue_letters
from support.people import register_people
from support.requests import NOW, request_at_gate


def owed(request_id: UUID, number: int, *, city: str = "الرياض \u2028 'x'") -> Letter:
    return new_letter(
        key=letter_key(request_id, "returned", number),
        request_id=request_id,
        letter="returned",
        to_address=f"{number}@example.org",
        facts={"city": city, "number": number, "nothing": None},
        now=NOW,
    )


async def kept(request_id: UUID) -> list[Letter]:
    async with transaction() as session:
        query = select(Letter).where(Letter.request_id == request_id, Letter.letter == "returned")
        return list((await session.exec(query.order_by(col(Letter.key)))).all())


async def test_many_letters_are_kept_as_they_were_made(database: str) -> None:
    """Every column, whatever is written in it."""
    await register_people()
    about = (await load_request(await request_at_gate())).id
    letters = [owed(about, number) for number in range(3)]

    async with transaction() as session:
        await queue_letters(session, letters)

    assert [each.model_dump() for each in await kept(about)] == [
        each.model_dump() for each in letters
    ]


async def test_a_letter_that_is_owed_already_stays_as_it_was(database: str) -> None:
    """Also where it comes twice in one set."""
    await register_people()
    about = (await load_request(await request_at_gate())).id
    async with transaction() as session:
        await queue_letters(session, [owed(about, 1)])

    async with transaction() as session:
        again = owed(about, 1, city="جدة")
        await queue_letters(session, [again, owed(about, 2), owed(about, 2)])

    found = await kept(about)
    assert [each.to_address for each in found] == ["1@example.org", "2@example.org"]
    assert found[0].facts["city"] == owed(about, 1).facts["city"]
