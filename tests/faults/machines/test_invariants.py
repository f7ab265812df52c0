"""What the proofs count as broken: each invariant is broken once, and is counted."""

from dataclasses import dataclass, field, replace

import pytest
from sqlmodel import col, select

from desk.requests.activation import use
from desk.requests.submission import accept
from models.database import transaction
from models.letters import Letter
from models.links import LinkPurpose
from models.practitioners import find_practitioner
from models.requests import Request, RequestEvent
from rules.requests.reference_number import format_reference, parse_reference
from rules.requests.statuses import Kind, Status
from support.faults import set_row
from support.invariants import Broken, Wish, broken
from support.mailbox import Arrived
from support.newcomers import Stranger, registration_to_activate, stranger
from support.people import contact_change, register_applicant
from support.requests import NOW, request_awaiting_activation
from support.site_crowd import REVIEWED, STEPS_WITHOUT_REVIEW


@dataclass
class Post:
    """A mail server that has what a test says."""

    ids: list[str] = field(default_factory=list)

    def letters(self, _: str) -> list[Arrived]:
        """All of it."""
        return [Arrived(to="", subject="", message_id=one, text="", html="") for one in self.ids]


async def posted() -> Post:
    """A mail server that has all that is owed."""
    async with transaction() as session:
        ids = (await session.exec(select(Letter.id))).all()
    return Post([f"<{one}@localhost>" for one in ids])


@dataclass(frozen=True)
class Done:
    """A wish that came into force, and what was sent."""

    wish: Wish
    code: str
    post: Post


@pytest.fixture
async def done(database: str) -> Done:
    """Somebody's new mobile number."""
    applicant = await register_applicant()
    number = applicant.registration_number
    code, token = await request_awaiting_activation(contact_change(registration_number=number))
    await use(token, LinkPurpose.ACTIVATE, now=NOW)
    wish = Wish(applicant, Kind.PROFILE_UPDATE, STEPS_WITHOUT_REVIEW)
    return Done(wish, code, await posted())


@pytest.fixture
async def registered(database: str) -> Done:
    """Somebody who came onto the register."""
    await register_applicant()  # the officers
    who = await stranger("70000001")
    request, token = await registration_to_activate(who.registration(NOW.date()))
    await use(token, LinkPurpose.ACTIVATE, now=NOW)
    return Done(Wish(who, Kind.REGISTRATION, REVIEWED), request.tracking_code, await posted())


async def found(done: Done, *more: Wish) -> Broken:
    """What is counted."""
    return await broken([done.wish, *more], done.post)  # type: ignore[arg-type]


async def test_nothing_is_broken_where_all_went_well(done: Done) -> None:
    """An e-mail that came twice under its Message-ID is none that came under a second."""
    done.post.ids *= 2

    assert await found(done) == Broken()


async def test_a_wish_without_a_request_is_lost(done: Done) -> None:
    """So is one whose request is not in force."""
    nobody = replace(done.wish, applicant=await register_applicant())

    assert await found(done, nobody) == Broken(lost=1)

    await set_row(done.code, status=Status.AWAITING_ACTIVATION)
    assert await found(done, nobody) == Broken(lost=2)


async def test_what_came_into_force_again_was_done_twice(done: Done) -> None:
    """Told by the version of what is on file."""
    async with transaction() as session:
        row = await find_practitioner(session, done.wish.applicant.registration_number)
        row.version += 1
        session.add(row)

    assert await found(done) == Broken(twice=1)


async def test_a_registration_is_looked_at_as_well(registered: Done) -> None:
    """It is lost where nobody was registered, and done twice where it became two requests."""
    assert await found(registered) == Broken()

    who = registered.wish.applicant
    assert isinstance(who, Stranger)
    again = who.registration(NOW.date(), idempotency_key="layla-registers-2")
    await accept(Kind.REGISTRATION, again, now=NOW)
    assert (await found(registered)).twice == 1

    nobody = replace(registered.wish, applicant=await stranger("70000002"))
    assert (await found(registered, nobody)).lost == 1


async def test_a_number_that_nobody_has_was_skipped(done: Done) -> None:
    """One for each that lacks."""
    async with transaction() as session:
        row = (await session.exec(select(Request))).one()
    had = parse_reference(str(row.reference_number))
    await set_row(done.code, reference_number=format_reference(had.kind, had.year, 3))

    assert await found(done) == Broken(references=2)


async def test_an_e_mail_under_another_message_id_is_one_too_many(done: Done) -> None:
    """Nobody owes it."""
    done.post.ids.append("<another@localhost>")

    assert await found(done) == Broken(message_ids=1)


async def test_an_e_mail_that_did_not_come_is_counted_with_them(done: Done) -> None:
    """It is owed, and no server has it."""
    done.post.ids.pop()

    assert await found(done) == Broken(message_ids=1)


async def test_a_step_that_is_told_twice_breaks_the_history(done: Done) -> None:
    """The database lets no step be taken out again."""
    async with transaction() as session:
        step = (
            await session.exec(select(RequestEvent).where(col(RequestEvent.what) == "approved"))
        ).one()
        session.add(RequestEvent(**step.model_dump(exclude={"id"})))
    assert await found(done) == Broken(histories=1)
