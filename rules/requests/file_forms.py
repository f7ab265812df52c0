"""How a file of submissions is written."""

from enum import StrEnum


class FileForm(StrEnum):
    """How a file of submissions is written."""

    #: A row for each, with the names of the columns in the first line.
    CSV = "csv"
    #: A JSON object a line.
    JSON_LINES = "json_lines"
