"""Reports of letters that did not arrive."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.delivering.refusal_texts import Meaning
from mail.delivering.refusals import meaning_of
from mail.reports.bounces import MAX_BYTES, Report, What, read_reports
from support.bounces import complaint, forwarded, qmail, report

LETTER = UUID("5c1ad6a6-6e7e-4b53-9d53-0f3f2d3e9d11")


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers", None])
def test_a_report_names_the_letter_however_it_returns_it(returned: str | None) -> None:
    """Whole, its headers only, or not at all: then by what the report answers to."""
    (bounce,) = read_reports(report(LETTER, returned=returned))

    assert bounce.letter_id == LETTER
    assert bounce.what is What.FAILED
    assert bounce.reply.startswith("550 5.1.1")


def test_a_delay_is_not_permanent() -> None:
    """The server still tries."""
    (bounce,) = read_reports(report(LETTER, action="delayed", status="4.4.1", said="451 later"))

    assert bounce.what is What.DELAYED


def test_a_delivery_that_succeeded_is_no_bounce() -> None:
    """Some servers report these too."""
    assert read_reports(report(LETTER, action="delivered", status="2.0.0", said="250 ok")) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 100,
        b"Subject: Out of office\r\n\r\nI am away.",
        b"Content-Type: multipart/report\r\n\r\n--x",
        b"From: MAILER-DAEMON@x\r\n\r\n550 5.1.1 no such user",
        f"From: a@example.com\r\nIn-Reply-To: <{LETTER}@x>\r\n\r\n550 5.1.1 unknown".encode(),
        b"A" * (MAX_BYTES + 1),
    ],
    ids=[
        "empty",
        "binary",
        "an answer",
        "broken",
        "without a mark",
        "a person",
        "huge",
    ],
)
def test_what_is_no_report_of_ours_reports_nothing(raw: bytes) -> None:
    """Whatever anybody mails to us."""
    assert read_reports(raw) == []


@pytest.mark.parametrize(
    "raw",
    [
        report(LETTER).replace(str(LETTER).encode(), b"somebody.else"),
        report(LETTER, returned=None).replace(b"In-Reply-To", b"X-Nothing"),
    ],
    ids=["of somebody else", "without a letter"],
)
def test_a_report_without_a_mark_of_ours_names_no_letter(raw: bytes) -> None:
    """It is counted, so that operations see that reports come which nobody can trace."""
    (found,) = read_reports(raw)

    assert found.letter_id is None


@given(st.binary(max_size=400), st.integers(0, 1200))
def test_a_damaged_report_raises_nothing(noise: bytes, at: int) -> None:
    """Noise anywhere in it."""
    raw = report(LETTER)

    read_reports(raw[:at] + noise + raw[at:])


@pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status"])
@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("eol", [b"\r\n", b"\n"])
def test_a_report_is_read_in_every_shape_that_servers_write(
    kind: str, encoding: str, eol: bytes
) -> None:
    """Exim's kind for addresses beyond ASCII, encoded parts, bare line ends."""
    raw = report(LETTER, kind=kind, encoding=encoding).replace(b"\r\n", eol)

    (bounce,) = read_reports(raw)

    assert bounce.letter_id == LETTER
    assert meaning_of(bounce.reply) is Meaning.MAILBOX
    assert bounce.recipients == {"holder@example.com"}


@pytest.mark.parametrize(
    ("status", "said", "meaning"),
    [
        ("5.0.0", "smtp; 550 5.1.1 no such user", Meaning.MAILBOX),
        ("5.1.1", "smtp; 550 rejected", Meaning.MAILBOX),
        ("5.1.1", "X-Postfix; unknown user: holder", Meaning.MAILBOX),
        ("5.1.1 (bad destination mailbox address)", "", Meaning.MAILBOX),
        ("5.1.1", "550 5.1.1 unknown", Meaning.MAILBOX),
        ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied", Meaning.MAILBOX),
        ("5.0.0", "smtp; 550 5.7.1 relaying denied", Meaning.US),
        ("5.7.1", "smtp; 550 refused", Meaning.US),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", Meaning.LATER),
        ("5.4.7", "smtp; 451 4.4.1 timed out", Meaning.LATER),
        ("5.0.0", "smtp; 550 no", Meaning.DOUBTFUL),
        ("5.4.4", "X-Postfix; Host or domain name not found", Meaning.DOUBTFUL),
    ],
)
def test_the_more_exact_of_status_and_diagnostic_code_speaks(
    status: str, said: str, meaning: Meaning
) -> None:
    """By the same table as direct replies."""
    (bounce,) = read_reports(report(LETTER, status=status, said=said, kind_of_said=""))

    assert meaning_of(bounce.reply) is meaning


def test_a_report_is_found_by_our_header_where_a_relay_sets_its_own_message_id() -> None:
    """As Amazon's SES does."""
    raw = report(LETTER, message_id="<0102018e-a@mail.example.net>", headers=True)

    (bounce,) = read_reports(raw)

    assert bounce.letter_id == LETTER


@pytest.mark.parametrize("header", ["To", "Delivered-To", "X-Original-To"])
def test_a_report_that_returns_nothing_is_found_by_the_address_it_came_to(header: str) -> None:
    """The envelope's sender of each letter is its own (VERP); case may change on the way."""
    raw = report(LETTER, returned=None).replace(b"In-Reply-To", b"X-Nothing")
    raw = f"{header}: <Bounces+{LETTER.hex.upper()}@example.org>\r\n".encode() + raw

    (bounce,) = read_reports(raw, return_path="bounces+{mark}@example.org")

    assert bounce.letter_id == LETTER
    (elsewhere,) = read_reports(raw, return_path="other+{mark}@example.org")
    (unmarked,) = read_reports(raw)
    assert (elsewhere.letter_id, unmarked.letter_id) == (None, None)


def test_a_forwarded_report_is_still_one() -> None:
    """By the help desk, as an attachment."""
    assert read_reports(forwarded(report(LETTER))) == read_reports(report(LETTER))


@pytest.mark.parametrize("kind", ["abuse", "fraud", "opt-out"])
def test_a_complaint_names_its_letter(kind: str) -> None:
    """RFC 5965."""
    assert read_reports(complaint(LETTER, kind)) == [
        Report(LETTER, What.COMPLAINT, "", frozenset({"holder@example.com"}))
    ]


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus"])
def test_feedback_that_is_no_complaint_reports_nothing(kind: str) -> None:
    """Praise, and news of signatures."""
    assert read_reports(complaint(LETTER, kind)) == []


@pytest.mark.parametrize(
    "words",
    [
        (
            "<holder@example.com>:\r\n192.0.2.1 does not like recipient.\r\n"
            "Remote host said: 550 5.1.1 User unknown\r\nGiving up on 192.0.2.1."
        ),
        "<holder@example.com>:\r\nSorry, no mailbox here by that name. (#5.1.1)",
    ],
)
def test_a_report_for_people_is_understood(words: str) -> None:
    """Qmail writes no other; the copy of the letter below it bears our mark."""
    (bounce,) = read_reports(qmail(LETTER, words))

    assert bounce.letter_id == LETTER
    assert meaning_of(bounce.reply) is Meaning.MAILBOX


@pytest.mark.parametrize(
    ("final", "original", "is_ours"),
    [
        ("rfc822; holder@example.com", None, True),
        ("rfc822;HOLDER@EXAMPLE.COM", None, True),
        ("rfc822; <holder@example.com>", None, True),
        ("rfc822; holder@mail.example.com", None, True),
        ("rfc822; holder", None, True),
        ("", None, True),
        ("rfc822; member@example.net", None, False),
    ],
)
def test_a_report_about_somebody_behind_the_address_is_not_about_it(
    final: str, original: str | None, is_ours: bool
) -> None:
    """A dead member of a list says nothing of the list."""
    (bounce,) = read_reports(report(LETTER, final=final, original=original))

    assert bounce.is_about("Holder@example.com") == is_ours


NEST = b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)
)


@pytest.mark.parametrize(
    "flood",
    [
        NEST,
        b"Content-Type: message/rfc822\n\n" * 3000,
        b'Content-Type: multipart/report; boundary="x"\n\n' + b"--x\n\n" * 20_000,
        b"Content-Type: multipart/report; boundary=x" + b";" * 60_000 + b"\n\n--x\n",
        b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 5_000,
        b"Message-ID:" + b" \n" * 30_000 + b"\n\n",
        b"In-Reply-To: " + b"<" * 64_000 + b"\n\n",
        b"From: MAILER-DAEMON@x\n\n" + b"550 " * 16_000,
        b"\n--" * 20_000,
    ],
    ids=range(9),
)
def test_a_stranger_s_64_kb_is_read_as_fast_as_anything(flood: bytes) -> None:
    """Twenty of them one after the other: none raises, none names a letter, none takes long."""
    for _ in range(20):
        assert {found.letter_id for found in read_reports(flood)} <= {None}
