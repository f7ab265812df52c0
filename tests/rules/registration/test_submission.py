"""The shape of a first registration."""

from dataclasses import fields

from pydantic import TypeAdapter

from rules.register.fields import MAY_BE_EMPTY, Field
from rules.registration.submission import NewProfile, RegistrationSubmission


def test_a_registration_gives_each_field_of_a_profile() -> None:
    """In the order of `Field`, so that whatever reads fields reads these."""
    assert [each.name for each in fields(NewProfile)] == list(Field)


def test_only_parts_of_a_name_may_be_left_out() -> None:
    """What else a person lacks is said as a missing member, before any rule looks."""
    schema = TypeAdapter(RegistrationSubmission).json_schema()
    required = schema["$defs"]["NewProfile"]["required"]
    assert set(required) == set(Field) - MAY_BE_EMPTY
