"""Comparing with the official record."""

from dataclasses import replace
from datetime import date

import pytest

from rules.fields import Field
from rules.official_record import (
    OfficialRecord,
    compare_with_official_record,
    needs_official_record,
    record_missing,
)
from rules.profile import ProfileOnFile


@pytest.fixture
def record(on_file: ProfileOnFile) -> OfficialRecord:
    """The official record of the sample profile."""
    names = [field.value for field in Field if "_name_" in field]
    return OfficialRecord(
        identity_number=on_file.identity_number,
        nationality=on_file.nationality,
        birth_date=on_file.birth_date,
        **{name: getattr(on_file, name) for name in names},
    )


def test_equal_data_are_no_problem(on_file: ProfileOnFile, record: OfficialRecord) -> None:
    """Employer, mobile and the like are none of the register's business."""
    elsewhere = replace(on_file, employer="مستشفى آخر", email="other@example.com")

    assert compare_with_official_record(elsewhere, record) == ()


def test_every_difference_is_named(on_file: ProfileOnFile, record: OfficialRecord) -> None:
    """All at once, each with its field."""
    other = replace(record, first_name_ar="نورة", birth_date=date(1990, 5, 21), nationality="EG")

    problems = compare_with_official_record(on_file, other)

    assert {found.code for found in problems} == {"official_record_differs"}
    assert [found.field for found in problems] == ["first_name_ar", "nationality", "birth_date"]


def test_case_and_vowel_signs_make_no_other_name(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """Registers write names in capitals."""
    written = replace(record, first_name_en="SARAH", family_name_ar="المِثال ")

    assert compare_with_official_record(on_file, written) == ()


def test_a_name_that_the_register_does_not_hold_is_not_compared(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """Many records have no English names."""
    assert compare_with_official_record(on_file, replace(record, first_name_en="")) == ()


def test_a_name_that_the_register_holds_may_not_be_left_out(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """Leaving the father's name empty is a difference."""
    (found,) = compare_with_official_record(replace(on_file, father_name_ar=""), record)

    assert found.field == "father_name_ar"


def test_an_unknown_identity_number_is_a_problem_of_that_field() -> None:
    """The register answered: nobody has this number."""
    assert record_missing().field == "identity_number"


def test_a_record_survives_json(record: OfficialRecord) -> None:
    """As the table keeps it."""
    assert OfficialRecord.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("field", "needed"),
    [
        (Field.FAMILY_NAME_EN, True),
        (Field.IDENTITY_KIND, True),
        (Field.BIRTH_DATE, True),
        (Field.EMAIL, False),
        (Field.RANK, False),
    ],
)
def test_the_register_is_asked_where_identity_changes(field: Field, needed: bool) -> None:
    """A new mobile number does not wait for another office."""
    assert needs_official_record([Field.ADDRESS, field]) is needed
