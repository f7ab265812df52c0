"""The code of a card."""

import pytest

from rules.values.card_code import CODE_BYTES, NotACardCode, parse_card_code, write_card_code

CODE = write_card_code(bytes(range(CODE_BYTES)))


def test_a_code_has_128_bits() -> None:
    """Nobody finds one by trying."""
    assert CODE_BYTES * 8 == 128
    assert len(CODE) == 22


def test_a_code_is_written_for_addresses() -> None:
    """Without what fills up its end, and with nothing that an address would have to escape."""
    assert write_card_code(bytes(CODE_BYTES)) == "A" * 22
    assert write_card_code(bytes([255] * CODE_BYTES)) == "_" * 21 + "w"


@pytest.mark.parametrize(
    "typed", [CODE, f"https://portal.example/c/{CODE}", f"http://a/b/c/{CODE}"]
)
def test_a_code_is_read_alone_and_from_its_address(typed: str) -> None:
    """As a scanner hands it on."""
    assert parse_card_code(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        CODE[:-1],
        f"{CODE}a",
        f"{CODE}\n",
        f" {CODE}",
        f"javascript:/c/{CODE}",
        f"https://portal.example/c/{CODE}?x",
        f"https://{'a' * 201}/c/{CODE}",
        CODE.replace("A", "\u0410"),
        "x" * 100_000,
    ],
)
def test_anything_else_is_no_code(typed: str) -> None:
    """And is not looked for."""
    with pytest.raises(NotACardCode):
        parse_card_code(typed)
