"""E-mails to officers leave by the way of all others, while what they say is true."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import cast

import pytest

from desk.clock import utc_now
from desk.policy import current_policy
from desk.queues.digest import owe_digests
from desk.queues.taking import hold
from desk.requests.claims import assign, release
from desk.requests.review import Ruling, decide
from models.letters import Letter
from rules.requests.letter_status import LetterStatus
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from support.desk_letters import row_of, rows_of, told, with_address
from support.faults import set_row
from support.operating import put_back as put_back_all
from support.people import NOURA, register_people
from support.requests import request_at_gate
from support.smtp import SmtpRecorder, Taken
from support.staff import has_left
from tasks.deadlines import tell_of_late_reviews
from tasks.letter_delivery import deliver_letters

LEASE = timedelta(minutes=current_policy().review.claim_minutes)
MINUTE = timedelta(minutes=1)
#: A working day's morning in Riyadh, and its end.
SEVEN = datetime(2026, 11, 24, 4, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await with_address("amal", "basim")


@pytest.fixture
async def smtp(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmtpRecorder]:
    """A mail server, and letters that go there."""
    async with SmtpRecorder() as server:
        server.name_in(monkeypatch)
        yield server


@pytest.fixture
async def case() -> str:
    """A case that somebody has just given to Amal."""
    code = await request_at_gate()
    await assign(code, "amal", by="basim", now=utc_now())
    return code


def to_amal(smtp: SmtpRecorder) -> list[Taken]:
    """What arrived for Amal, apart from the link that sets a password."""
    arrived = [one for one in smtp.accepted if one.recipients == ("amal@authority.example",)]
    return [one for one in arrived if "/first-sign-in/" not in text_of(one)]


def text_of(taken: Taken) -> str:
    """The plain text of the e-mail that arrived."""
    return str(cast(EmailMessage, next(taken.message.iter_parts())).get_content())


async def test_it_says_nobody_s_data(smtp: SmtpRecorder, case: str) -> None:
    """The code stands in the link to a page behind the sign-in, and nowhere else."""
    await deliver_letters(now=utc_now())

    (taken,) = to_amal(smtp)
    text = text_of(taken)
    for known in ("email", "mobile", "identity_number", "registration_number", "first_name_en"):
        assert str(NOURA[known]) not in text
    assert case not in str(taken.message["Subject"])
    with_code = {line for line in text.splitlines() if case in line}
    assert {line.partition("/desk/")[2] for line in with_code} == {f"cases/{case}"}


async def _of_amal() -> Letter:
    """The e-mail that tells Amal of the case."""
    rows = await rows_of("case_assigned")
    return next(row for row in rows if row.to_address.startswith("amal@"))


async def moved(case: str) -> None:
    """Somebody gave it to a colleague."""
    await assign(case, "basim", by="dana", now=utc_now())


async def put_back(case: str) -> None:
    """Its officer is needed elsewhere."""
    await release(case, "amal", now=utc_now())


async def released(_: str) -> None:
    """Operations put back what Amal holds."""
    await put_back_all("amal", now=utc_now())


async def decided(case: str) -> None:
    """Amal was faster than the mail server."""
    await decide(case, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=utc_now())


async def left(_: str) -> None:
    """Amal works here no more."""
    await has_left("amal")


@pytest.mark.parametrize("happens", [moved, put_back, released, decided, left])
async def test_what_is_true_no_more_does_not_leave(
    smtp: SmtpRecorder, case: str, happens: Callable[[str], Awaitable[None]]
) -> None:
    """Mail was away until then: the row says why it was not sent, and nobody is told."""
    row = await _of_amal()
    await happens(case)

    await deliver_letters(now=utc_now())

    assert to_amal(smtp) == []
    after = await _of_amal()
    assert (after.id, after.status) == (row.id, LetterStatus.SKIPPED)
    assert (after.not_sent_reason, after.lease) == ("true_no_more", None)


async def test_when_the_claim_has_run_out_it_does_not_leave(smtp: SmtpRecorder, case: str) -> None:
    """Whoever reads it then would find a case that is anybody's."""
    await deliver_letters(now=utc_now() + LEASE + MINUTE)

    assert to_amal(smtp) == []


async def test_of_what_was_put_aside_it_still_leaves(smtp: SmtpRecorder, case: str) -> None:
    """It is late, and in Amal's hands until its day comes."""
    now = utc_now()
    await hold(case, "amal", "Waits", riyadh_day(now) + timedelta(days=2), now=now)
    await set_row(case, review_due_at=now)
    await tell_of_late_reviews(now=now)

    await deliver_letters(now=now + timedelta(hours=1))

    assert (await row_of("case_late")).status == LetterStatus.SENT
    assert [case in text_of(one) for one in to_amal(smtp)][-1:] == [True]


async def test_a_day_s_numbers_leave_until_it_ends(smtp: SmtpRecorder) -> None:
    """Also in the afternoon, when the mail server is back."""
    await owe_digests(now=SEVEN, limit=1)

    await deliver_letters(now=MIDNIGHT - MINUTE)

    assert (await row_of("desk_digest")).status == LetterStatus.SENT


async def test_yesterday_s_numbers_do_not_leave(smtp: SmtpRecorder) -> None:
    """A worker that was away since the morning sends none of them, and those of the new day."""
    await owe_digests(now=SEVEN, limit=1)
    await owe_digests(now=SEVEN + timedelta(days=1), limit=1)

    await deliver_letters(now=SEVEN + timedelta(days=1))

    before, after = await rows_of("desk_digest")
    assert (before.status, before.not_sent_reason) == (LetterStatus.SKIPPED, "true_no_more")
    assert after.status == LetterStatus.SENT


async def test_the_last_minute_of_a_day_is_not_the_next_one(smtp: SmtpRecorder) -> None:
    """Riyadh's midnight ends it."""
    await owe_digests(now=SEVEN, limit=1)

    await deliver_letters(now=MIDNIGHT)

    assert (await row_of("desk_digest")).status == LetterStatus.SKIPPED


async def test_who_has_left_since_is_sent_no_numbers(smtp: SmtpRecorder) -> None:
    """They were at the desk when it was owed."""
    await owe_digests(now=SEVEN, limit=2)
    await has_left("amal")

    await deliver_letters(now=SEVEN + MINUTE)

    assert await told("desk_digest") == ["amal", "basim"]
    assert [row.status for row in await rows_of("desk_digest")] == [
        LetterStatus.SKIPPED,
        LetterStatus.SENT,
    ]
