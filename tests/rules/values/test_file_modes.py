"""Who may do what with a file."""

import pytest

from rules.values.file_modes import others_may_use


@pytest.mark.parametrize("mode", [0o100600, 0o100400, 0o100700, 0o040700, 0])
def test_a_file_of_its_owner_alone(mode: int) -> None:
    """Whatever its owner may do, and whatever it is."""
    assert not others_may_use(mode)


@pytest.mark.parametrize("bit", [0o040, 0o020, 0o010, 0o004, 0o002, 0o001])
def test_one_right_of_anybody_else_is_enough(bit: int) -> None:
    """To read, to write or to run it; its group's or everybody's."""
    assert others_may_use(0o100600 | bit)
