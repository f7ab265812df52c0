"""The text of a CSV file: its bytes as letters, where there is no doubt which letters they are."""

from rules.errors import Refused

#: How ZIP archives (workbooks among them), old workbooks and PDF files begin.
_OTHER_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
#: Byte order marks and what they announce; the longer ones first.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_BYTE_ORDER_MARK = "\ufeff"
_ARABIC_LETTERS = ("\u0621", "\u064a")


class NotText(Refused):
    """The bytes are not text that can be read without guessing.

    ``code`` is one of `rules.findings.file_catalogue`; ``line`` the first line that cannot be read.
    """

    def __init__(self, code: str, line: int) -> None:
        super().__init__(f"line {line} cannot be read as text: {code}")
        self.code = code
        self.line = line


def text_of(data: bytes) -> str:
    """The text, without byte order marks: UTF-8, or UTF-16 and UTF-32 as spreadsheets write them.

    Other encodings are not guessed: a wrong guess makes another name of a name, and nothing shows
    it. Raises `NotText`: ``not_csv``, ``not_utf8``, ``windows_arabic``.
    """
    if data.startswith(_OTHER_FILES):
        raise NotText("not_csv", 1)
    encoding = _encoding(data)
    try:
        text = data.decode(encoding).lstrip(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        is_arabic = encoding == "utf-8" and _looks_arabic(data)
        raise NotText("windows_arabic" if is_arabic else "not_utf8", line) from None
    if text.lstrip().startswith("<"):
        raise NotText("not_csv", 1)
    return text


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    # The names of the columns begin with Western letters: a zero beside the first one tells.
    if data[1:2] == b"\x00" != data[:1]:
        return "utf-16-le"
    if data[:1] == b"\x00" != data[1:2]:
        return "utf-16-be"
    return "utf-8"


def _looks_arabic(data: bytes) -> bool:
    """Whether most of what is not ASCII are Arabic letters in windows-1256."""
    first, last = _ARABIC_LETTERS
    strange = [letter for letter in data.decode("cp1256") if not letter.isascii()]
    return sum(first <= letter <= last for letter in strange) > len(strange) / 2
