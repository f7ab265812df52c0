"""Fields, groups and labels."""

from dataclasses import fields

import pytest

from rules.profile_update.submission import ProfileChanges
from rules.register.fields import (
    ARABIC_NAMES,
    ENGLISH_NAMES,
    NAMES,
    Field,
    Group,
    full_name,
    groups_of,
    label_of,
)
from rules.register.official_record import OFFICIAL_FIELDS, OfficialRecord
from rules.register.profile import ProfileOnFile


def test_every_field_can_be_changed_and_is_on_file() -> None:
    """One list of names in the submission, on file, and in the rules."""
    names = {field.value for field in Field}

    assert names == {member.name for member in fields(ProfileChanges)}
    assert names == {member.name for member in fields(ProfileOnFile)} - {"registration_number"}


def test_the_official_register_holds_the_fields_that_it_answers_for() -> None:
    """And no other name for any of them."""
    assert {member.name for member in fields(OfficialRecord)} == set(OFFICIAL_FIELDS)


@pytest.mark.parametrize("parts", [ARABIC_NAMES, ENGLISH_NAMES])
def test_the_parts_of_a_name_stand_in_the_order_in_which_they_are_said(
    parts: tuple[Field, ...],
) -> None:
    """First, father's, grandfather's, family; one that somebody has not leaves no gap."""
    assert [part.rpartition("_name_")[0] for part in parts] == [
        "first",
        "father",
        "grandfather",
        "family",
    ]
    assert full_name(["Salma", "", "", "Al Mithali"]) == "Salma Al Mithali"


@pytest.mark.parametrize("field", Field)
def test_every_field_has_a_group_and_labels(field: Field) -> None:
    """People are told which field in their language."""
    assert (field.group is Group.NAMES) == (field in NAMES)
    assert field.label.ar != field.label.en


@pytest.mark.parametrize(
    ("path", "english"),
    [
        ("email", "E-mail address"),
        ("documents", "Documents"),
        ("certificates[0].title", "Certificate 1: Title"),
        ("certificates.1.cpd_hours", "Certificate 2: CPD hours"),
        ("experience[2]", "Experience 3"),
        ("documents[0]", "Document 1"),
        ("unheard_of", "unheard_of"),
        ("email[0]", "E-mail address 1"),
    ],
)
def test_a_path_is_called_what_people_call_it(path: str, english: str) -> None:
    """Entries count from one."""
    assert label_of(path, "en") == english


def test_a_path_has_an_arabic_name() -> None:
    """Most applicants read Arabic."""
    assert label_of("documents[0].issued_on", "ar") == "المستند 1: تاريخ الإصدار"
    assert label_of("email", "ar") == Field.EMAIL.label.ar


@pytest.mark.parametrize("language", ["ar", "en"])
def test_no_two_names_are_called_the_same(language: str) -> None:
    """A certificate's title is not somebody's address."""
    names = [*Field, "title", "issuer", "issued_on", "expires_on", "role", "started_on", "ended_on"]

    assert len({label_of(name, language) for name in names}) == len(names)


def test_groups_of_fields_are_collected() -> None:
    """Each once."""
    assert groups_of([Field.EMAIL, Field.MOBILE, Field.RANK]) == {
        Group.CONTACT,
        Group.PROFESSIONAL,
    }
