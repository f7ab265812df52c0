"""The address on file is dead: two officers put another one there, and nobody alone."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from desk.accounts.asking import ask_for_first_sign_in
from desk.accounts.managing import make_officer
from desk.accounts.signing_in import Browser, NotSignedIn, sign_in
from desk.policy import current_policy
from desk.requests.dead_address import (
    AddressChangeUnknown,
    AddressChangeWaits,
    AddressesDiffer,
    AddressIsOnFile,
    NotByThisOfficer,
    confirm_address,
    record_proof,
    refuse_address,
    waiting_changes,
)
from models.accounts.address_changes import AddressChange
from models.accounts.links import usable_links
from models.cases import letters_of
from models.database import transaction
from models.officers import Officer, OfficerUnknown
from models.practitioners import PractitionerUnknown, ProfileVersion, find_practitioner
from models.requests import find_request
from rules.accounts.address_changes import AddressOutcome, Objection, ProofSeen, objection_to
from rules.accounts.kinds import LinkUse, Role
from rules.findings.problems import ValueRefused
from support.accounts import Member, network, on_register, with_password
from support.people import contact_change
from support.requests import NOW, request_awaiting_activation

PASSPORT = ProofSeen.PASSPORT
HOURS = timedelta(hours=current_policy().accounts.address_change_hours)


@dataclass(frozen=True)
class Case:
    """Somebody whose mailbox is dead, and the address that they read."""

    member: Member

    @property
    def number(self) -> str:
        """On the card."""
        return self.member.registration_number

    @property
    def new(self) -> str:
        """The mailbox that they read."""
        return f"new.{self.member.email}"

    async def on_file(self) -> str:
        """The address on file."""
        async with transaction() as session:
            return (await find_practitioner(session, self.number)).email

    async def recorded(self, officer: str = "amal", **more: object) -> None:
        """An officer saw a passport."""
        asked = {"now": NOW} | more
        await record_proof(self.number, self.new, PASSPORT, officer, **asked)  # type: ignore[arg-type]


@pytest.fixture
async def case(database: str) -> Case:
    """Somebody with a password, and two officers with accounts."""
    member = await with_password()
    for name in ("amal", "basim"):
        await make_officer(name, [Role.OFFICER], now=NOW)
    return Case(member)


async def changes() -> list[AddressChange]:
    async with transaction() as session:
        query = select(AddressChange).order_by(col(AddressChange.proposed_at))
        return list((await session.exec(query)).all())


async def confirmed_by_whoever_writes(officer: str) -> None:
    async with transaction() as session:
        (change,) = (await session.exec(select(AddressChange))).all()
        change.outcome, change.settled_at = AddressOutcome.CONFIRMED, NOW
        change.settled_by = officer


async def test_one_officer_alone_changes_nothing(case: Case) -> None:
    """Recorded once or twice; and the one who recorded it cannot confirm it."""
    await case.recorded()
    await case.recorded(now=NOW + timedelta(hours=1))

    with pytest.raises(NotByThisOfficer) as refused:
        await confirm_address(case.number, case.new, "AMAL", now=NOW)

    assert refused.value.objection is Objection.SAME_OFFICER
    assert await case.on_file() == case.member.email
    assert [change.proposed_at for change in await changes()] == [NOW]


async def test_the_database_itself_asks_for_two_officers(case: Case) -> None:
    """Whatever program writes the row."""
    await case.recorded()

    with pytest.raises(IntegrityError, match="an_address_change_needs_two_officers"):
        await confirmed_by_whoever_writes("amal")


async def test_a_second_officer_puts_the_address_on_file(case: Case) -> None:
    """With its line in the history of the profile, and an e-mail to both addresses."""
    await case.recorded()

    done = await confirm_address(case.number, case.new.upper(), "basim", now=NOW)

    assert done.outcome is AddressOutcome.CONFIRMED
    assert await case.on_file() == case.new
    async with transaction() as session:
        person = await find_practitioner(session, case.number)
        versions = (
            await session.exec(
                select(ProfileVersion).where(col(ProfileVersion.practitioner_id) == person.id)
            )
        ).all()
    assert [(one.version, one.changed_by, one.changes) for one in versions] == [
        (2, "officers", {"email": {"from": case.member.email, "to": case.new}})
    ]
    assert person.version == 2
    told = [line for line in await case.member.letters() if line.startswith("address_changed")]
    assert sorted(told) == sorted(
        [f"address_changed {case.member.email}", f"address_changed {case.new}"]
    )


async def test_the_first_sign_in_works_by_the_new_address(database: str) -> None:
    """Of somebody who never had a password."""
    for name in ("amal", "basim"):
        await on_register()
        await make_officer(name, [Role.SUPERVISOR], now=NOW)
    case = Case(await on_register())
    await case.recorded()
    await confirm_address(case.number, case.new, "basim", now=NOW)

    await ask_for_first_sign_in(case.number, case.member.identity_number, network(), now=NOW)

    assert f"first_sign_in {case.new}" in await case.member.letters()


async def test_what_the_address_before_gave_opens_nothing_any_more(case: Case) -> None:
    """Sessions, known browsers, links that are on their way, and the address as a name."""
    member = case.member
    await sign_in(member.email, member.password, Browser(network=network()), now=NOW)
    await ask_for_first_sign_in(case.number, member.identity_number, network(), now=NOW)
    await case.recorded()

    await confirm_address(case.number, case.new, "basim", now=NOW)

    assert all(one.ended_at for one in await member.sessions())
    with pytest.raises(NotSignedIn):
        await sign_in(member.email, member.password, Browser(network=network()), now=NOW)
    account = await member.account()
    assert account is not None
    async with transaction() as session:
        assert await usable_links(session, account.id, now=NOW) == 0
    await ask_for_first_sign_in(case.number, member.identity_number, network(), now=NOW)
    assert f"password_reset {case.new}" in await member.letters()
    assert await member.open_link(LinkUse.RESET)


async def test_a_request_s_link_goes_to_the_new_address(case: Case) -> None:
    """One that waits for activation: its link lies in a mailbox that nobody reads."""
    submission = contact_change(
        registration_number=case.number, idempotency_key=f"dead-{case.number}"
    )
    code, _ = await request_awaiting_activation(submission)
    await case.recorded()

    await confirm_address(case.number, case.new, "basim", now=NOW)

    async with transaction() as session:
        request = await find_request(session, code)
        letters = await letters_of(session, request.id)
    sent = [one.to_address for one in letters if one.letter == "activation"]
    assert sent[-1] == case.new


@pytest.mark.parametrize("roles", [[Role.OPERATOR], [Role.AUDITOR], [Role.OPERATOR, Role.AUDITOR]])
async def test_other_roles_take_no_part(case: Case, roles: list[Role]) -> None:
    """Neither first nor second; nor does an officer without an account."""
    async with transaction() as session:
        session.add(Officer(user_name="huda"))
    await make_officer("basim", roles, now=NOW)
    await case.recorded()

    for officer in ("basim", "huda"):
        with pytest.raises(NotByThisOfficer) as refused:
            await confirm_address(case.number, case.new, officer, now=NOW)
        assert refused.value.objection is Objection.NO_ROLE
        with pytest.raises(NotByThisOfficer):
            await case.recorded(officer)
        with pytest.raises(NotByThisOfficer):
            await refuse_address(case.number, officer, now=NOW)


async def test_nobody_takes_part_in_a_change_of_their_own(case: Case) -> None:
    """An officer who is on the register as well, as first or as second."""
    async with transaction() as session:
        person = await find_practitioner(session, case.number)
        session.add(Officer(user_name="self", practitioner_id=person.id))
    await make_officer("self", [Role.SUPERVISOR], now=NOW)

    with pytest.raises(NotByThisOfficer) as first:
        await case.recorded("self")
    await case.recorded()
    with pytest.raises(NotByThisOfficer) as second:
        await confirm_address(case.number, case.new, "self", now=NOW)

    assert {first.value.objection, second.value.objection} == {Objection.OWN}
    assert await case.on_file() == case.member.email


async def test_the_second_officer_types_the_address_again(case: Case) -> None:
    """A slip of the first one is noticed before an e-mail leaves."""
    await case.recorded()

    with pytest.raises(AddressesDiffer):
        await confirm_address(case.number, f"x{case.new}", "basim", now=NOW)
    with pytest.raises(ValueRefused):
        await confirm_address(case.number, "", "basim", now=NOW)

    assert await case.on_file() == case.member.email


async def test_a_change_that_nobody_confirms_in_time_is_over(case: Case) -> None:
    """To the second; and another one can be recorded then."""
    await case.recorded()
    late = NOW + HOURS

    with pytest.raises(AddressChangeUnknown):
        await confirm_address(case.number, case.new, "basim", now=late)
    assert await waiting_changes(now=late, limit=9) == ()
    await case.recorded("basim", now=late)
    await confirm_address(case.number, case.new, "amal", now=late)

    assert [change.outcome for change in await changes()] == [
        AddressOutcome.EXPIRED,
        AddressOutcome.CONFIRMED,
    ]


async def test_up_to_its_last_second_it_can_be_confirmed(case: Case) -> None:
    """The bound."""
    await case.recorded()

    await confirm_address(
        case.number, case.new, "basim", now=NOW + HOURS - timedelta(microseconds=1)
    )

    assert await case.on_file() == case.new


async def test_one_change_of_a_person_waits_at_a_time(case: Case) -> None:
    """Another address, or another officer, finds it."""
    await case.recorded()

    with pytest.raises(AddressChangeWaits):
        await record_proof(case.number, f"b{case.new}", PASSPORT, "amal", now=NOW)
    with pytest.raises(AddressChangeWaits):
        await case.recorded("basim")

    (waiting,) = await waiting_changes(now=NOW, limit=9)
    assert (waiting.registration_number, waiting.proposed_by) == (case.number, "amal")
    assert case.new not in repr(waiting)


async def test_a_change_is_taken_away_by_either_officer(case: Case) -> None:
    """Once; then there is nothing to confirm."""
    for officer in ("amal", "basim"):
        await case.recorded()
        await refuse_address(case.number, officer, now=NOW)
        for late in (refuse_address(case.number, officer, now=NOW), confirmed(case)):
            with pytest.raises(AddressChangeUnknown):
                await late

    assert await case.on_file() == case.member.email


async def confirmed(case: Case) -> None:
    await confirm_address(case.number, case.new, "basim", now=NOW)


async def test_confirmed_twice_or_by_two_at_once_it_changes_once(case: Case) -> None:
    """The second is told that nothing waits; one line of history, one e-mail to each address."""
    await case.recorded()

    answers = await asyncio.gather(*(confirmed(case) for _ in range(4)), return_exceptions=True)

    assert [answer for answer in answers if not isinstance(answer, AddressChangeUnknown)] == [None]
    async with transaction() as session:
        assert (await find_practitioner(session, case.number)).version == 2
    told = [line for line in await case.member.letters() if line.startswith("address_changed")]
    assert len(told) == 2


async def test_recorded_by_two_at_once_one_waits(case: Case) -> None:
    """The other is told."""
    answers = await asyncio.gather(
        case.recorded("amal"), case.recorded("basim"), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["AddressChangeWaits", "NoneType"]
    assert len(await changes()) == 1


async def test_what_cannot_be_is_refused(case: Case) -> None:
    """The address on file, what is none, an unknown person, an unknown officer."""
    with pytest.raises(AddressIsOnFile):
        await record_proof(case.number, case.member.email.upper(), PASSPORT, "amal", now=NOW)
    for email in ("", "x", "a\0b@example.com", "a@example.com\nBcc: b@example.com"):
        with pytest.raises(ValueRefused):
            await record_proof(case.number, email, PASSPORT, "amal", now=NOW)
    with pytest.raises(PractitionerUnknown):
        await record_proof("99999999", case.new, PASSPORT, "amal", now=NOW)
    with pytest.raises(OfficerUnknown):
        await case.recorded("nobody")

    assert await changes() == []


@given(
    st.sets(st.sampled_from(Role)),
    st.booleans(),
    st.booleans(),
)
def test_who_may_is_decided_by_role_person_and_step(
    roles: set[Role], is_own: bool, is_first: bool
) -> None:
    """Own address before all; then the role; then the other officer."""
    may = bool(roles & {Role.OFFICER, Role.SUPERVISOR})

    found = objection_to(roles, is_own=is_own, is_first=is_first)

    assert (found is None) == (may and not is_own and not is_first)
    assert (found is Objection.OWN) == is_own
