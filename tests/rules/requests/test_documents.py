"""Which documents a profile update needs, day by day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import Problems
from rules.policy.policy import Policy
from rules.requests.documents import DocumentOnRequest, good_until, uploads_named
from rules.requests.entries import EntryReader
from rules.requests.submitted import Document
from rules.values.dates import months_before
from rules.values.document_kind import DocumentKind
from support.judge import Judge
from support.policies import frozen_policy

RANK = {"rank": "senior specialist"}
RESIDENT = {"identity_number": "2000000006", "identity_kind": "iqama", "nationality": "EG"}


@pytest.mark.parametrize(
    ("issued_on", "problem"),
    [
        ("2025-12-14", ("documents[0].issued_on", "employer_letter_too_old")),
        ("2025-12-15", None),
        ("2026-03-15", None),
        ("2026-03-16", ("documents[0].issued_on", "date_in_future")),
        ("1447-06-24", None),
    ],
)
def test_the_employers_letter_is_at_most_three_months_old(
    judge: Judge, issued_on: str, problem: tuple[str, str] | None
) -> None:
    """Calendar months before 15 March 2026, either calendar."""
    letter = replace(judge.letter, issued_on=issued_on)

    assert judge.codes(RANK, documents=(letter,)) == ({problem} if problem else set())


def test_one_good_letter_among_old_ones_is_enough(judge: Judge) -> None:
    """People attach what they have."""
    old = replace(judge.letter, issued_on="2024-01-01")

    assert judge.codes(RANK, documents=(old, judge.letter)) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"first_name_en": "Sara"},
        {"birth_date": "1990-05-21"},
        {"employer": "مستشفى آخر"},
        RANK,
    ],
    ids=str,
)
def test_all_but_contact_changes_need_the_letter(judge: Judge, changes: dict[str, str]) -> None:
    """The article asks for it on every update."""
    assert judge.codes(changes, documents=()) == {("documents", "employer_letter_missing")}


@pytest.mark.parametrize(
    "changes",
    [{"email": "new@example.com"}, {"mobile": "0555555555"}, {"address": "جدة"}],
    ids=str,
)
def test_contact_changes_need_no_document(judge: Judge, changes: dict[str, str]) -> None:
    """Assumed, and in the policy file."""
    assert judge.codes(changes, documents=()) == set()


@pytest.mark.parametrize(
    ("expires_on", "problem"),
    [
        ("2026-03-14", ("documents[1].expires_on", "residence_card_expired")),
        ("2026-03-15", None),
        ("1449-01-01", None),
        (None, ("documents[1].expires_on", "residence_card_without_expiry")),
    ],
)
def test_a_residents_card_is_valid_on_the_day(
    judge: Judge, expires_on: str | None, problem: tuple[str, str] | None
) -> None:
    """The last day of validity counts."""
    card = judge.document(DocumentKind.RESIDENCE_CARD, expires_on=expires_on)

    found = judge.codes(RESIDENT, documents=(judge.letter, card))

    assert found == ({problem} if problem else set())


def test_who_becomes_a_resident_needs_the_card_and_a_saudi_does_not(judge: Judge) -> None:
    """The nationality after the change counts."""
    assert judge.codes(RESIDENT) == {("documents", "residence_card_missing")}
    assert judge.codes(RANK) == set()


@pytest.mark.parametrize(
    ("born", "needed"),
    [("1960-03-16", False), ("1960-03-15", True), ("1961-03-15", False), ("1940-01-01", True)],
)
def test_a_medical_report_is_needed_above_65_full_years(
    judge: Judge,
    born: str,
    needed: bool,
) -> None:
    """On 15 March 2026: who turns 66 that day is above 65, who turns 65 is not."""
    missing = ("documents", "medical_report_missing")

    assert (missing in judge.codes({"birth_date": born})) is needed


def test_the_medical_report_comes_from_another_institution(judge: Judge) -> None:
    """One's own employer does not count (DOMAIN.md 1.2 [6])."""
    own = judge.document(DocumentKind.MEDICAL_REPORT, issuer="مستشفى  الواحة")
    other = judge.document(DocumentKind.MEDICAL_REPORT, issuer="مستشفى النخيل")
    born = {"birth_date": "1950-01-01"}

    assert judge.codes(born, documents=(judge.letter, own)) == {
        ("documents[1].issuer", "medical_report_own_employer")
    }
    assert judge.codes(born, documents=(judge.letter, other)) == set()


def test_policy_may_take_a_medical_report_from_ones_own_employer(judge: Judge) -> None:
    """Where it does not ask for another institution's."""
    own = judge.document(DocumentKind.MEDICAL_REPORT, issuer="مستشفى الواحة")
    documents = replace(judge.policy.documents, medical_report_from_another_institution=False)
    lenient = Judge(replace(judge.policy, documents=documents), judge.on_file)

    assert lenient.codes({"birth_date": "1950-01-01"}, documents=(judge.letter, own)) == set()


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"sha256": "ab" * 31}, ("documents[0].sha256", "document_digest_form")),
        ({"sha256": "xy" * 32}, ("documents[0].sha256", "document_digest_form")),
        ({"size_bytes": 0}, ("documents[0].size_bytes", "document_size")),
        ({"size_bytes": -1}, ("documents[0].size_bytes", "document_size")),
        ({"size_bytes": 10**12}, ("documents[0].size_bytes", "document_size")),
        ({"media_type": "text/html"}, ("documents[0].media_type", "document_media_type")),
        ({"issuer": " "}, ("documents[0].issuer", "empty")),
        ({"issued_on": "soon"}, ("documents[0].issued_on", "date_form")),
        ({"expires_on": "2026-01-31"}, ("documents[0].expires_on", "expires_before_issue")),
    ],
    ids=str,
)
def test_a_documents_particulars_are_checked(
    judge: Judge, members: dict[str, object], problem: tuple[str, str]
) -> None:
    """And a letter that cannot be read is not called missing as well."""
    letter = judge.document(DocumentKind.EMPLOYER_LETTER, **members)

    assert judge.codes(RANK, documents=(letter,)) == {problem}


def test_which_changes_need_a_document_is_policy(judge: Judge, policy: Policy) -> None:
    """An installation may ask for less."""
    lenient = type(judge)(
        replace(policy, documents=replace(policy.documents, employer_letter_for=())),
        judge.on_file,
    )

    assert lenient.codes(RANK, documents=()) == set()


def test_the_day_is_an_argument(judge: Judge, policy: Policy) -> None:
    """The same letter is too old a month later."""
    later = type(judge)(policy, judge.on_file)
    later.today = date(2026, 5, 2)

    assert later.codes(RANK) == {("documents[0].issued_on", "employer_letter_too_old")}


@pytest.mark.parametrize(
    "kind", [DocumentKind.RESIDENCE_CARD, DocumentKind.MEDICAL_REPORT, DocumentKind.EMPLOYER_LETTER]
)
def test_a_document_that_cannot_be_read_is_not_called_missing(
    judge: Judge, kind: DocumentKind
) -> None:
    """What is wrong with it is said already."""
    changes = {**RESIDENT, "birth_date": "1950-01-01"}
    unread = judge.document(kind, issued_on="yesterday")

    found = judge.codes(changes, documents=(unread,))

    assert ("documents[0].issued_on", "date_form") in found
    assert ("documents", f"{kind}_missing") not in found


def test_a_missing_medical_report_says_from_which_age(judge: Judge) -> None:
    """The number is policy's."""
    found = judge.says({"birth_date": "1950-01-01"}).problems

    assert any("65" in one.sentence.en for one in found if one.code == "medical_report_missing")


@given(st.dates(date(2000, 1, 1), date(2070, 1, 1)), st.integers(0, 100), st.integers(1, 24))
def test_a_letter_is_good_until_the_day_before_the_rules_refuse_it(
    issued_on: date, days: int, months: int
) -> None:
    """On whatever day of whatever month, for any number of months."""
    policy = replace(frozen_policy().documents, employer_letter_max_age_months=months)

    last = good_until(DocumentKind.EMPLOYER_LETTER, issued_on, None, policy)

    assert last is not None
    for day in (last, last + timedelta(days=1), last + timedelta(days=days - 50)):
        assert (issued_on >= months_before(day, months)) is (day <= last)


def test_what_expires_is_good_until_then_and_the_rest_for_ever(policy: Policy) -> None:
    """A letter that says until when it holds ends then, or with its age."""
    day = date(2026, 3, 15)
    letter = DocumentKind.EMPLOYER_LETTER

    assert good_until(DocumentKind.LIFE_SUPPORT, day, None, policy.documents) is None
    assert good_until(DocumentKind.LIFE_SUPPORT, day, day, policy.documents) == day
    assert good_until(letter, day, date(2026, 4, 1), policy.documents) == date(2026, 4, 1)
    assert good_until(letter, day, date(2028, 4, 1), policy.documents) == date(2026, 6, 15)


def test_a_letter_of_the_last_of_a_short_month_is_good_to_the_end_of_a_long_one() -> None:
    """Three months before the 31st of May are the end of February."""
    policy = replace(frozen_policy().documents, employer_letter_max_age_months=3)

    last = good_until(DocumentKind.EMPLOYER_LETTER, date(2026, 2, 28), None, policy)

    assert last == date(2026, 5, 31)


@pytest.mark.parametrize("expires_on", [None, date(2028, 1, 1)])
@pytest.mark.parametrize("upload_id", [None, "k3v9"])
def test_a_document_is_read_back_from_json(expires_on: date | None, upload_id: str | None) -> None:
    """With its file, where it names one."""
    document = DocumentOnRequest(
        kind=DocumentKind.EMPLOYER_LETTER,
        issuer="King Fahad Hospital",
        issued_on=date(2026, 11, 1),
        expires_on=expires_on,
        sha256="ab" * 32,
        size_bytes=1234,
        media_type="application/pdf",
        upload_id=upload_id,
    )

    assert DocumentOnRequest.from_json(document.to_json()) == document


def test_the_uploads_of_documents_are_those_that_one_names(policy: Policy) -> None:
    """Of a document without one there is none."""
    typed = Document(kind=DocumentKind.EMPLOYER_LETTER, issuer="Oasis", issued_on="2026-02-01")
    entries = EntryReader(today=date(2026, 3, 15), policy=policy, problems=Problems())
    placed = entries.documents([replace(typed, id="one"), typed, replace(typed, id="two")])

    assert uploads_named(document for _, document in placed) == ("one", "two")


def test_a_document_from_before_there_were_uploads_names_none() -> None:
    """Its row has no such member."""
    stored = {
        "kind": "employer_letter",
        "issuer": "King Fahad Hospital",
        "issued_on": "2026-11-01",
        "expires_on": None,
        "sha256": None,
        "size_bytes": None,
        "media_type": None,
    }

    assert DocumentOnRequest.from_json(stored).upload_id is None
