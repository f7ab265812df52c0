"""What was typed part by part, and the submission that it makes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from desk.kinds.profile_update import PROFILE_UPDATE
from rules.profile_update.drafted import (
    ENTRY_FIELDS,
    FIELDS,
    Entry,
    Section,
    content_of,
    entry_of,
    kept,
    next_part,
    on_file_as_typed,
    parts_of,
    submission_of,
    text_of,
)
from rules.register.fields import Field
from rules.register.profile import ProfileOnFile
from rules.values.typed_days import BOXES
from support.people import specialty_change

SENT: Mapping[str, Any] = {"registration_number": "20104567", "confirmed": True}
KEY: Mapping[str, Any] = {"idempotency_key": "draft-1"}
DAY = date(2026, 11, 23)


def test_each_field_is_on_one_page_and_its_problems_lead_there() -> None:
    """A field that is added to the register needs its page."""
    on_pages = [name for names in FIELDS.values() for name in names]
    made = submission_of({}, **SENT, idempotency_key="draft-1")

    assert sorted(on_pages) == sorted(field.value for field in Field)
    for part, names in FIELDS.items():
        assert {made.place_of(name) for name in names} == {(part, name) for name in names}
        assert {made.place_of(f"changes.{name}") for name in names} == {
            (part, name) for name in names
        }


def test_what_equals_the_file_is_not_kept(on_file: ProfileOnFile) -> None:
    """So what changes on file meanwhile stays; a date is kept with all its boxes."""
    before = on_file_as_typed(Section.IDENTITY, on_file)
    typed = before | {"birth_date-day": "18", "nationality": "SA"}

    assert kept(Section.IDENTITY, before, before) == {}
    assert set(kept(Section.IDENTITY, typed, before)) == {
        "birth_date-day",
        "birth_date-month",
        "birth_date-year",
        "birth_date-calendar",
    }
    assert kept(Section.EMPLOYER, {"employer": "", "role": "x"}, {"employer": "A"}) == {
        "employer": ""
    }


def test_a_submission_becomes_a_draft_and_the_same_submission_again() -> None:
    """A correction begins with what was submitted; dates come back in their calendar."""
    submitted = PROFILE_UPDATE.to_json(
        PROFILE_UPDATE.read(
            specialty_change(
                DAY,
                changes={"specialty": "critical care", "birth_date": "1408-09-01"},
                preferred_language="en",
                experience=[
                    {"employer": "A", "role": "nurse", "started_on": "2020-01-01", "cpd_hours": "0"}
                ],
            )
        )
    )

    content = content_of(submitted)
    made = submission_of(
        content,
        registration_number=submitted["registration_number"],
        confirmed=True,
        idempotency_key=submitted["idempotency_key"],
    )
    again = PROFILE_UPDATE.to_json(PROFILE_UPDATE.read(made.document))

    assert content["identity"]["birth_date-calendar"] == "hijri"
    assert again["changes"].pop("birth_date") == "1408-9-1 AH"
    assert submitted["changes"].pop("birth_date") == "1408-09-01"
    for one in (again, submitted):
        for entries in ("certificates", "experience", "documents"):
            for entry in one[entries]:
                for day in ("issued_on", "started_on"):
                    entry.pop(day, None)
    assert again == submitted


def test_entries_are_counted_on_and_found_by_their_problems() -> None:
    """The second is the first again when the first is gone; a tenth comes after a ninth."""
    content = {f"certificate-{n}": {"title": str(n)} for n in (10, 2, 9)}
    made = submission_of(content, **SENT, idempotency_key="draft-1")

    assert parts_of(content, Entry.CERTIFICATE) == (
        "certificate-2",
        "certificate-9",
        "certificate-10",
    )
    assert next_part(content, Entry.CERTIFICATE) == "certificate-11"
    assert [one["title"] for one in made.document["certificates"]] == ["2", "9", "10"]
    assert made.place_of("certificates[1].title") == ("certificate-9", "title")
    assert made.place_of("certificates.2.title") == ("certificate-10", "title")
    assert made.place_of("certificates[2]") == ("certificate-10", "")


@pytest.mark.parametrize("path", ["certificates[3].title", "documents", "idempotency_key", "", "ü"])
def test_a_problem_of_the_whole_has_no_place(path: str) -> None:
    """Nor has one of an entry that is not there."""
    assert submission_of({}, **SENT, idempotency_key="draft-1").place_of(path) is None


@pytest.mark.parametrize("part", ["", "certificate", "certificate-", "certificate-x", "contact-1"])
def test_only_numbered_entries_are_entries(part: str) -> None:
    """Whatever stands in an address."""
    assert entry_of(part) is None


def test_the_pages_ask_for_what_a_submission_lists() -> None:
    """A member that is added to an entry needs its box."""
    shapes = PROFILE_UPDATE.read(specialty_change(DAY))

    assert set(ENTRY_FIELDS[Entry.CERTIFICATE]) == set(vars(shapes.certificates[0]))
    assert set(ENTRY_FIELDS[Entry.DOCUMENT]) == set(vars(shapes.documents[0]))


def test_a_box_that_was_not_sent_is_an_empty_one(on_file: ProfileOnFile) -> None:
    """A form may leave boxes out; what nobody typed is no text of ours."""
    boxes = dict.fromkeys((f"birth_date-{box}" for box in BOXES), "")
    partly = {"birth_date-day": "1", "birth_date-year": "1990"}
    made = submission_of({"identity": partly, "contact": {"email": "a@b.example"}}, **SENT, **KEY)

    assert kept(Section.EMPLOYER, {}, {"employer": ""}) == {}
    assert kept(Section.EMPLOYER, {"employer": ""}, {}) == {}
    assert kept(Section.EMPLOYER, {}, {"employer": "A"}) == {"employer": ""}
    assert kept(Section.IDENTITY, partly, {}) == boxes | partly
    assert text_of({}, "employer") == ""
    assert made.document["changes"] == {"birth_date": "1990--1 AD", "email": "a@b.example"}
    assert set(on_file_as_typed(Section.IDENTITY, on_file)) == {
        "identity_number",
        "identity_kind",
        "nationality",
        *boxes,
    }


@pytest.mark.parametrize(
    ("part", "typed", "hours"),
    [
        ("certificate-1", "", "-1"),
        ("certificate-1", "ten", "-1"),
        ("certificate-1", "10.5", "10.5"),
        ("certificate-1", "١٠", "١٠"),
        ("experience-1", " ", "0"),
        ("experience-1", "ten", "-1"),
        ("experience-1", "7", "7"),
    ],
)
def test_hours_that_are_no_number_are_refused_as_one(part: str, typed: str, hours: str) -> None:
    """Below 0, with the sentence for that; an experience may have none."""
    made = submission_of({part: {"cpd_hours": typed}}, **SENT, **KEY)

    [entry] = made.document["certificates"] + made.document["experience"]
    assert entry["cpd_hours"] == hours


def test_the_first_entry_is_the_first() -> None:
    """Of a draft that has none, and of a submission that is corrected."""
    submitted = PROFILE_UPDATE.to_json(PROFILE_UPDATE.read(specialty_change(DAY)))

    assert [next_part({}, entry) for entry in Entry] == [f"{entry}-1" for entry in Entry]
    assert {"certificate-1", "document-1"} <= set(content_of(submitted))


def test_a_problem_past_the_last_entry_has_no_place() -> None:
    """There is no page for the entry after the last."""
    made = submission_of({"certificate-1": {}}, **SENT, **KEY)

    assert made.place_of("certificates[0].title") == ("certificate-1", "title")
    assert made.place_of("certificates[1].title") is None


def test_each_field_that_differs_is_kept() -> None:
    """Not only the last of them."""
    typed = {"specialty": "nursing", "rank": "specialist"}

    found = kept(Section.PROFESSIONAL, typed, {"specialty": "a", "rank": "b"})

    assert found == typed
