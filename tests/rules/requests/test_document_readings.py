"""What an officer read in a document, beside what is stated of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import Problems
from rules.policy.policy import Policy
from rules.register.fields import Group
from rules.register.profile import ProfileOnFile
from rules.requests.document_readings import (
    UNREADABLE,
    DocumentRead,
    Particular,
    as_read,
    as_stated,
    checked_reading,
    differences,
    reading_problems,
)
from rules.requests.documents import (
    DocumentOnRequest,
    check_documents,
    check_renewal_documents,
    placed,
)
from rules.values.dates import months_before
from rules.values.document_kind import DocumentKind
from support.card_judge import CARD

TODAY = date(2026, 3, 15)
LETTER = DocumentOnRequest(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="Oasis Hospital",
    issued_on=date(2026, 2, 1),
    expires_on=None,
    sha256="ab" * 32,
    size_bytes=1,
    media_type="application/pdf",
    upload_id="0" * 32,
)
DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))


def read(**members: Any) -> DocumentRead:
    """The letter as it is stated, but for these."""
    return replace(as_stated(LETTER), **members)


@pytest.mark.parametrize(
    ("reading", "differ"),
    [
        (read(), ()),
        (read(issuer="  OASIS   hospital "), ()),
        (read(issuer="Palm Hospital"), (Particular.ISSUER,)),
        (read(issued_on=date(2026, 2, 2)), (Particular.ISSUED_ON,)),
        (read(expires_on=date(2027, 2, 1)), (Particular.EXPIRES_ON,)),
        (read(issuer="x", issued_on=TODAY, expires_on=TODAY), tuple(Particular)),
        (UNREADABLE, ()),
    ],
)
def test_what_was_read_otherwise_is_told_by_its_names(
    reading: DocumentRead, differ: tuple[Particular, ...]
) -> None:
    """A name is the same whatever its case and spaces; what cannot be read differs in nothing."""
    assert differences(LETTER, reading) == differ


@pytest.mark.parametrize(
    ("reading", "found"),
    [
        (read(), set()),
        (read(issued_on=TODAY), set()),
        (read(issued_on=TODAY + timedelta(days=1)), {("issued_on", "date_in_future")}),
        (read(issued_on=None), {("issued_on", "empty")}),
        (read(expires_on=date(2026, 1, 31)), {("expires_on", "expires_before_issue")}),
        (read(expires_on=date(2026, 2, 1)), set()),
        (read(issuer=None), {("issuer", "empty")}),
        (read(issuer="<b>"), {("issuer", "markup_characters")}),
        (read(issuer="a\0b"), {("issuer", "hidden_characters")}),
        (read(issuer="x" * 301), {("issuer", "too_long")}),
        (DocumentRead(), {("issuer", "empty"), ("issued_on", "empty")}),
        (UNREADABLE, set()),
    ],
)
def test_a_reading_that_cannot_be_so_is_refused(
    reading: DocumentRead, found: set[tuple[str, str]], policy: Policy
) -> None:
    """All problems at once."""
    _, problems = checked_reading(reading, today=TODAY, policy=policy)

    assert {(one.field, one.code) for one in problems} == found


def test_of_what_cannot_be_read_nothing_is_kept(policy: Policy) -> None:
    """Whatever else was handed in with it."""
    checked, _ = checked_reading(read(readable=False), today=TODAY, policy=policy)

    assert checked == UNREADABLE


def test_of_what_was_read_the_text_is_kept_clean(policy: Policy) -> None:
    """Everything else as it was read."""
    typed = read(issuer="  Palm Hospital ", expires_on=date(2027, 2, 1))

    checked, _ = checked_reading(typed, today=TODAY, policy=policy)

    assert checked == replace(typed, issuer="Palm Hospital")


def test_an_officer_who_finds_what_is_stated_has_read_all_of_it() -> None:
    """Its last day too."""
    stated = replace(LETTER, expires_on=date(2027, 2, 1))

    assert as_stated(stated) == DocumentRead(
        issuer="Oasis Hospital", issued_on=date(2026, 2, 1), expires_on=date(2027, 2, 1)
    )


def test_where_no_issuer_could_be_read_another_was() -> None:
    """A blank is no name."""
    assert differences(LETTER, read(issuer=None)) == (Particular.ISSUER,)
    assert differences(replace(LETTER, issuer=""), read(issuer=None)) == ()


@pytest.mark.parametrize("missing", ["issuer", "issued_on"])
def test_a_reading_that_lacks_what_it_must_have_judges_nothing(missing: str) -> None:
    """Then what is stated is judged."""
    readings = {LETTER.upload_id or "": read(**{missing: None})}

    assert as_read(placed([LETTER]), readings) == placed([LETTER])


def test_a_reading_shows_nobodys_data_in_a_log() -> None:
    """An issuer tells where somebody works."""
    assert "Oasis" not in repr(read())


def test_a_reading_takes_the_place_of_what_is_stated_for_rules_alone() -> None:
    """Digest, kind and upload stay; what nobody read is judged as it is stated."""
    other = replace(LETTER, upload_id="1" * 32)
    readings = {LETTER.upload_id or "": read(issuer="Palm Hospital", issued_on=TODAY)}

    [(place, found), untouched] = as_read(placed([LETTER, other]), readings)

    assert place == "documents[0]"
    assert found == replace(LETTER, issuer="Palm Hospital", issued_on=TODAY)
    assert untouched == ("documents[1]", other)


@pytest.mark.parametrize(
    ("officer_reads", "reading", "codes"),
    [
        ("optional", None, []),
        ("required", None, ["document_not_read"]),
        ("required", read(), []),
        ("optional", UNREADABLE, ["document_read_as_unreadable"]),
        ("required", UNREADABLE, ["document_read_as_unreadable"]),
    ],
)
def test_what_nobody_read_or_could_read_stands_against_an_approval(
    officer_reads: Any, reading: DocumentRead | None, codes: list[str], policy: Policy
) -> None:
    """The first where policy says so; a document without its file is nothing to read."""
    asked = replace(policy, documents=replace(policy.documents, officer_reads=officer_reads))
    readings = {"0" * 32: reading} if reading else {}
    documents = placed([replace(LETTER, upload_id=None), LETTER])

    found = reading_problems(documents, readings, asked)

    assert [(one.field, one.code) for one in found] == [("documents[1].id", code) for code in codes]


@given(stated=DAYS, shown=DAYS)
def test_no_letter_is_approved_by_what_is_stated_against_what_was_read(
    policy: Policy, on_file: ProfileOnFile, stated: date, shown: date
) -> None:
    """Of all pairs of days: the rule's answer is that to the day which was read."""
    letter = replace(LETTER, issued_on=stated)
    documents = as_read(placed([letter]), {"0" * 32: read(issued_on=shown)})
    update, renewal = Problems(), Problems()

    check_documents(
        documents,
        offered=[DocumentKind.EMPLOYER_LETTER],
        changed=[Group.EMPLOYER],
        profile=replace(on_file, nationality="SA", birth_date=date(1988, 4, 17)),
        today=TODAY,
        policy=policy.documents,
        problems=update,
    )
    check_renewal_documents(
        documents,
        offered=[DocumentKind.EMPLOYER_LETTER],
        card=CARD,
        today=TODAY,
        policy=policy,
        problems=renewal,
    )

    too_old = shown < months_before(TODAY, policy.documents.employer_letter_max_age_months)
    for found in (update, renewal):
        codes = {one.code for one in found.found}
        assert ("employer_letter_too_old" in codes) == too_old


@given(stated=st.none() | DAYS, shown=st.none() | DAYS)
def test_no_card_is_approved_by_what_is_stated_against_what_was_read(
    policy: Policy, on_file: ProfileOnFile, stated: date | None, shown: date | None
) -> None:
    """The same for what expires, or says nothing of it."""
    card = replace(LETTER, kind=DocumentKind.RESIDENCE_CARD, expires_on=stated)
    documents = as_read(placed([card]), {"0" * 32: read(expires_on=shown)})
    problems = Problems()

    check_documents(
        documents,
        offered=[DocumentKind.RESIDENCE_CARD, DocumentKind.EMPLOYER_LETTER],
        changed=[Group.EMPLOYER],
        profile=replace(on_file, nationality="IN", identity_kind="iqama"),
        today=TODAY,
        policy=policy.documents,
        problems=problems,
    )

    codes = {one.code for one in problems.found} & {
        "residence_card_expired",
        "residence_card_without_expiry",
    }
    expected = set()
    if shown is None:
        expected = {"residence_card_without_expiry"}
    elif shown < TODAY:
        expected = {"residence_card_expired"}
    assert codes == expected
