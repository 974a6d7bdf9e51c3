"""Amounts and whole numbers: spelled in every accepted way, and in others."""

from decimal import Decimal
from typing import Final

from tests.hostile.cells import Cell, Pen, broken

WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")
SWAPPED: Final = str.maketrans(".,", ",.")
NUMBERLESS: Final = (
    "1.2万",
    "(50)",
    "1e3",
    "1e308",
    "1e-320",
    "NaN",
    "Inf",
    "-Inf",
    "-",
    "abc",
    "12,34.5.6",
    "1 2",
    "--5",
    "0x10",
)
SWAPPED_SIGNS: Final = {False: "1.234,56", True: "1,234.56"}
TOO_LARGE: Final = ("123456789012345", "999999999999999.99")


def spelled_amount(pen: Pen, value: Decimal) -> Cell:
    """A cell with an amount of money or a quantity."""
    return Cell(_spelled(pen, value), value)


def _spelled(pen: Pen, value: Decimal) -> str:
    plain = f"{value:f}"
    spellings = [plain, plain, f"{value:,f}", f"{value:.4f}"]
    if value >= 0:
        spellings += [f"￥{value:,f}", f"¥{plain}", f"{plain}元"]
    text = pen.pick(spellings)
    if value == value.to_integral() and pen.odds(0.15):
        return f"{value:.0f}".translate(WIDE)
    return text.translate(SWAPPED) if pen.manners.comma else text


def spoiled_amount(pen: Pen) -> Cell:
    """A cell that no amount can be read from."""
    point = "," if pen.manners.comma else "."
    choices = [(text, "number") for text in NUMBERLESS]
    choices += [(SWAPPED_SIGNS[pen.manners.comma], "number")] * 3
    choices += [(f"12{point}34567", "decimals"), (f"0{point}00001", "decimals")] * 2
    choices += [(text.replace(".", point), "number_range") for text in TOO_LARGE] * 2
    text, rule = pen.rng.choice(choices)
    return broken(text, rule)


def spelled_whole(pen: Pen, value: int) -> Cell:
    """A cell with a whole number."""
    point = "," if pen.manners.comma else "."
    text = pen.pick((f"{value}", f"{value}", f"{value}{point}0"))
    return Cell(text.translate(WIDE) if pen.odds(0.1) and value >= 0 else text, value)


def spoiled_whole(pen: Pen) -> Cell:
    """A cell that no whole number can be read from."""
    point = "," if pen.manners.comma else "."
    choices = [(f"7{point}5", "integer"), (f"0{point}1", "integer")]
    choices += [("seven", "number"), ("NaN", "number"), ("1.2万", "number")]
    text, rule = pen.rng.choice(choices)
    return broken(text, rule)
