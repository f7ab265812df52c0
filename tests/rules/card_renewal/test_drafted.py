"""A renewal that is being written, and the one that a correction begins with."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desk.kinds.card_renewal import CARD_RENEWAL
from rules.card_renewal.drafted import content_of, parts_of, renewal_of
from rules.findings.problems import problem
from rules.requests.documents import STATED
from rules.requests.drafted_documents import FILE, as_typed, kind_of_part, place_in, submitted_parts
from rules.values.dates import parse_date
from rules.values.document_kind import DocumentKind
from rules.values.typed_days import boxes_of, in_boxes

KEY: dict[str, Any] = {"registration_number": "20104567", "idempotency_key": "renewal-1"}
DAYS = st.dates(date(1990, 1, 1), date(2070, 1, 1)).map(date.isoformat)
DOCUMENTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(DocumentKind),
        "issuer": st.text("abجدة ", min_size=1),
        "issued_on": DAYS | st.just("1448-05-10"),
    },
    optional={
        "expires_on": DAYS,
        "id": st.text("0123456789abcdef", min_size=32, max_size=32),
        "sha256": st.text("0123456789abcdef", min_size=64, max_size=64),
        "size_bytes": st.integers(1, 10_000),
        "media_type": st.sampled_from(["application/pdf", "image/jpeg"]),
    },
)


def submitted(documents: list[dict[str, Any]], language: str | None = None) -> dict[str, Any]:
    """As it stands on the request's row."""
    wish = {**KEY, "documents": documents, "preferred_language": language}
    return CARD_RENEWAL.to_json(CARD_RENEWAL.read(wish | {"confirmed_by_applicant": True}))


@given(st.lists(DOCUMENTS, max_size=20), st.sampled_from(["ar", "en", None]))
def test_a_correction_that_changes_nothing_is_what_was_submitted(
    documents: list[dict[str, Any]], language: str | None
) -> None:
    """Whatever it holds, several of a kind too; a day may be written otherwise."""
    before = submitted(documents, language)
    content = content_of(before)
    parts = parts_of(content, [], submitted_parts(before))

    made = renewal_of(content, parts, **KEY, confirmed=True)

    after = CARD_RENEWAL.to_json(CARD_RENEWAL.read(made.document))
    for submission in (before, after):
        for document in submission["documents"]:
            for name in ("issued_on", "expires_on"):
                document[name] = document[name] and parse_date(document[name])
            document["issuer"] = document["issuer"].strip() and document["issuer"]
    assert after == before
    assert [kind_of_part(part) for part in made.parts] == [one["kind"] for one in documents]


def test_the_second_of_a_kind_is_a_part_of_its_own() -> None:
    """Problems lead to the one that they speak of."""
    letter = {"kind": "employer_letter", "issuer": "A", "issued_on": "2026-11-01"}
    card = letter | {"kind": "residence_card"}

    parts = submitted_parts(submitted([letter, card, letter]))

    assert parts == ("employer_letter", "residence_card", "employer_letter-2")
    assert place_in("documents[2].issued_on", parts) == ("employer_letter-2", "issued_on")
    assert place_in("documents.0.id", parts) == ("employer_letter", "id")
    assert place_in("documents[3]", parts) is None
    assert place_in("registration_number", parts) is None


def test_what_is_missing_is_put_right_on_its_own_page() -> None:
    """A problem of no document that is there names the kind."""
    made = renewal_of({}, [DocumentKind.MEDICAL_REPORT], **KEY, confirmed=True)

    assert made.place_of(problem("medical_report_missing", "documents", age=65)) == (
        "medical_report",
        "",
    )
    assert made.place_of(problem("too_many", "documents", limit=20)) is None


def test_what_is_not_asked_for_any_more_is_left_out_but_of_a_correction() -> None:
    """There it was submitted, and an officer has seen it."""
    content = {"identity": {"issuer": "A"}, "employer_letter": {"issuer": "B"}}
    asked = [DocumentKind.EMPLOYER_LETTER, DocumentKind.MEDICAL_REPORT]

    new = parts_of(content, asked)
    correction = parts_of(content, asked, ("identity", "employer_letter", "other"))

    assert new == ("employer_letter", "medical_report")
    assert correction == ("identity", "employer_letter", "medical_report")


def test_only_kinds_are_parts() -> None:
    """Numbered from 2 on, or not at all."""
    named = ["employer_letter", "other-2", "other-0", "other-", "preferred_language", "", "x-2"]

    assert [kind_of_part(part) for part in named] == [
        DocumentKind.EMPLOYER_LETTER,
        DocumentKind.OTHER,
        *[None] * 5,
    ]


def test_a_box_that_was_not_sent_is_an_empty_one() -> None:
    """What nobody typed is no text of ours."""
    made = renewal_of(
        {"other": {"issued_on-day": "1"}}, [DocumentKind.OTHER], **KEY, confirmed=False
    )

    assert made.document == {
        **KEY,
        "documents": [{"kind": "other", "issuer": "", "issued_on": "--1 AD"}],
        "preferred_language": None,
        "confirmed_by_applicant": False,
    }


def test_a_problem_of_a_document_leads_to_its_part_and_box() -> None:
    """Of a kind that is there several times, to the one that it speaks of."""
    boxes = {"issuer": "A"}
    content = {"other": boxes, "other-2": boxes}
    made = renewal_of(content, content, **KEY, confirmed=True)

    assert made.place_of(problem("date_form", "documents[1].issued_on")) == ("other-2", "issued_on")
    assert made.place_of(problem("too_many", "documents[1]", limit=20)) == ("other-2", "")
    assert made.place_of(problem("too_many", "registration_number", limit=20)) is None


def test_a_day_that_was_not_stated_leaves_its_boxes_empty() -> None:
    """Nobody is shown what they have not written."""
    document = dict.fromkeys(("expires_on", FILE, *STATED))

    boxes = as_typed(document | {"issuer": "A", "issued_on": "2026-11-01"})

    assert boxes == {
        "issuer": "A",
        **in_boxes("issued_on", boxes_of("2026-11-01")),
        **in_boxes("expires_on", boxes_of("")),
    }
