"""What a cell's number format says: a number, a day, a moment, or padded digits."""

import re
from typing import Final

PLAIN, DAY, MOMENT = 0, -1, -2  # a positive look is the number of digits shown
LONGEST: Final = 32  # digits that a format can pad to
LITERALS: Final = re.compile(
    r'"[^"]*"?|\\.|[_*].|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE
)
ELAPSED: Final = re.compile(r"\[[hms]+\]", re.IGNORECASE)
GENERAL: Final = re.compile("general", re.IGNORECASE)
DAYS: Final = frozenset({14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58})
MOMENTS: Final = frozenset({18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 47, 55, 56})


def look(number: int, pattern: str | None) -> int:
    """How a format shows a number, from its id and, where it has one, its pattern.

    The ids without pattern are those of ECMA-376 part 1, 18.8.30, and of its Chinese,
    Japanese and Korean lists.
    """
    if pattern is not None:
        return _custom(pattern)
    if number in DAYS:
        return DAY
    return MOMENT if number in MOMENTS else PLAIN


def _custom(pattern: str) -> int:
    bare = GENERAL.sub("", LITERALS.sub("", pattern)).split(";")[0].strip().casefold()
    if ELAPSED.search(bare):
        return PLAIN
    if set(bare) == {"0"} and 1 < len(bare) <= LONGEST:
        return len(bare)
    if "h" in bare or "s" in bare:
        return MOMENT
    return DAY if set("ymd") & set(bare) else PLAIN
