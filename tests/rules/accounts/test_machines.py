"""Accounts of other systems: their names and the form of their keys."""

import pytest

from rules.accounts.machines import NotAMachineName, clean_machine_name, read_key, write_key

ID, SECRET = "0123456789abcdef", "A" * 41 + "-_"


@pytest.mark.parametrize("typed", ["king-salman", " hr.2 ", "a_b", "9" * 64])
def test_a_name_is_small_latin_letters_digits_and_marks(typed: str) -> None:
    """Blanks around it are nobody's."""
    assert clean_machine_name(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed", ["", "ab", "King", "-ab", "a b c", "مستشفى", "a" * 65, "abc\n\nd"]
)
def test_anything_else_is_no_name(typed: str) -> None:
    """It would be read wrongly in a list or a log."""
    with pytest.raises(NotAMachineName):
        clean_machine_name(typed)


def test_a_key_is_read_back_from_what_is_written() -> None:
    """By one half it is found, by the other it is right."""
    read = read_key(write_key(ID, SECRET))

    assert read is not None
    assert (read.id, read.secret) == (ID, SECRET)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        SECRET,
        f"other_{ID}_{SECRET}",
        f"mumaris_{ID.upper()}_{SECRET}",
        f"mumaris_{ID}_{SECRET}x",
        f"mumaris_{ID}_{SECRET}\n",
        f" mumaris_{ID}_{SECRET}",
        f"mumaris_{ID}_{SECRET[:-1]}é",
    ],
)
def test_what_has_not_its_form_is_no_key(typed: str) -> None:
    """No database is asked for it."""
    assert read_key(typed) is None


def test_a_key_does_not_show_itself() -> None:
    """Where somebody prints one in an error or a log."""
    assert SECRET not in repr(read_key(write_key(ID, SECRET)))
