"""An officer's user name, as it is kept."""

from rules.values.as_typed import plain


def read_user_name(text: str) -> str:
    """The name that was typed, in small letters, without blanks around it and hidden marks.

    It says nothing of whether an officer has it. Read again, it stays the same.
    """
    return plain(text).lower()
