"""Comparing with the official record."""

from dataclasses import replace
from datetime import date

import pytest

from rules.findings.doubts import Doubt
from rules.register.fields import Field
from rules.register.official_record import (
    OfficialComparison,
    OfficialRecord,
    compare_with_official_record,
    needs_official_record,
    record_missing,
)
from rules.register.profile import ProfileOnFile

NOTHING = OfficialComparison((), ())


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

    assert compare_with_official_record(elsewhere, record) == NOTHING


def test_every_difference_is_named(on_file: ProfileOnFile, record: OfficialRecord) -> None:
    """All at once, each with its field."""
    other = replace(record, first_name_ar="نورة", birth_date=date(1990, 5, 22), nationality="EG")

    problems = compare_with_official_record(on_file, other).problems

    assert {found.code for found in problems} == {"official_record_differs"}
    assert [found.field for found in problems] == ["first_name_ar", "nationality", "birth_date"]


def test_case_and_vowel_signs_make_no_other_name(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """Registers write names in capitals."""
    written = replace(record, first_name_en="SARAH", family_name_ar="المِثال ")

    assert compare_with_official_record(on_file, written) == NOTHING


def test_a_name_that_the_register_does_not_hold_is_not_compared(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """Many records have no English names."""
    assert compare_with_official_record(on_file, replace(record, first_name_en="")) == NOTHING


def test_a_name_that_the_register_holds_may_not_be_left_out(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """Leaving the father's name empty is a difference."""
    without = replace(on_file, father_name_ar="")

    (found,) = compare_with_official_record(without, record).problems

    assert found.field == "father_name_ar"


def test_another_spelling_is_a_doubt_with_the_official_one(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """The officer sees what it stands against; nobody is sent back."""
    written = replace(record, first_name_ar="ساره", family_name_en="AL MITHĀL")

    found = compare_with_official_record(on_file, written)

    assert found == OfficialComparison(
        (),
        (
            Doubt("official_record_spelling", Field.FIRST_NAME_AR, "ساره"),
            Doubt("official_record_spelling", Field.FAMILY_NAME_EN, "AL MITHĀL"),
        ),
    )


def test_spaces_and_hyphens_never_count(on_file: ProfileOnFile, record: OfficialRecord) -> None:
    """The register has them where it likes."""
    written = replace(record, family_name_ar="الم ثال", family_name_en="AL-MITHAL")

    assert compare_with_official_record(on_file, written) == NOTHING


@pytest.mark.parametrize("place", ["first_name_en", "family_name_en"])
def test_the_only_name_of_a_person_is_the_same_wherever_it_stands(
    on_file: ProfileOnFile, record: OfficialRecord, place: str
) -> None:
    """Passports put it into the surname, forms into the first name."""
    empty = dict.fromkeys(["father_name_en", "grandfather_name_en", "family_name_en"], "")
    single = replace(on_file, first_name_en="Sukarno", **empty)
    nothing = replace(record, first_name_en="", **empty)

    assert compare_with_official_record(single, replace(nothing, **{place: "SUKARNO"})) == NOTHING
    (found,) = compare_with_official_record(single, replace(nothing, **{place: "HATTA"})).problems
    assert found.field == "first_name_en"


def test_a_part_that_the_register_holds_alone_is_compared_with_that_part(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """It is not the person's only name."""
    empty = dict.fromkeys(["father_name_en", "grandfather_name_en", "first_name_en"], "")

    assert compare_with_official_record(on_file, replace(record, **empty)) == NOTHING


@pytest.mark.parametrize(
    ("typed", "official", "in_hijri", "codes"),
    [
        (date(1982, 5, 8), date(1982, 5, 9), False, ["official_record_hijri_day"]),
        (date(1982, 5, 9), date(1982, 5, 8), False, ["official_record_hijri_day"]),
        (date(2005, 3, 10), date(2005, 3, 11), True, ["official_record_hijri_day"]),
        (date(2005, 3, 10), date(2005, 3, 11), False, []),
        (date(1982, 5, 8), date(1982, 5, 10), True, []),
    ],
)
def test_a_birth_date_that_tables_may_have_moved_is_a_doubt(
    on_file: ProfileOnFile,
    record: OfficialRecord,
    typed: date,
    official: date,
    in_hijri: bool,
    codes: list[str],
) -> None:
    """A day that no table explains is sent back."""
    found = compare_with_official_record(
        replace(on_file, birth_date=typed),
        replace(record, birth_date=official),
        born_in_hijri=in_hijri,
    )

    assert [doubt.code for doubt in found.doubts] == codes
    assert [doubt.against for doubt in found.doubts] == [official.isoformat()] * len(codes)
    assert [each.field for each in found.problems] == ([] if codes else ["birth_date"])


def test_a_day_was_not_typed_in_hijri_unless_somebody_says_so(
    on_file: ProfileOnFile, record: OfficialRecord
) -> None:
    """A day beside the official one is a mistake then."""
    found = compare_with_official_record(
        replace(on_file, birth_date=date(2005, 3, 10)),
        replace(record, birth_date=date(2005, 3, 11)),
    )

    assert [each.field for each in found.problems] == ["birth_date"]


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
