"""What the parts of a name must have in common."""

from collections.abc import Mapping

from rules.findings.problems import Problems
from rules.register.fields import Field

_FAMILY = (Field.FAMILY_NAME_AR, Field.FAMILY_NAME_EN)


def check_names_agree(values: Mapping[Field, str], problems: Problems) -> None:
    """Note a family name that stands in one language only.

    Whoever has no family name has none in either; with one of the two left empty somebody forgot.
    """
    empty = [field for field in _FAMILY if not values[field]]
    if len(empty) == 1:
        problems.add("family_name_in_one_language", empty[0])
