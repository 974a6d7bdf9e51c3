"""Numbers, money and dates as a reader of either language writes them.

Every function takes the language code first and a value that is never null: the dash
for an unknown value belongs to the cards. Rates are 0..1 inside and percent on screen.
"""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, get_currency_symbol

DASH = "–"
MINUS = "−"
LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_US")}
# Large amounts are read in these units, the largest that fits.
SCALES = {
    "zh": ((1e8, "亿"), (1e4, "万")),
    "en": ((1e9, "B"), (1e6, "M"), (1e4, "K")),
}
SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
COMPACT_COUNT_FROM = 10_000_000
PATTERNS = {
    "points": "0.0",
    "share": "0.0",
    "score": "0.00",
    "index": "0.000",
    "hours": "#,##0.0",
}
PERCENTAGE_POINTS = {"zh": "个百分点", "en": " pp"}


def value(lang: str, unit: str, number: float, currency: str = "CNY") -> str:
    """A value in its unit: points, share, score, index, days, count, size or money."""
    if unit == "money":
        return money(lang, number, currency)
    if unit in ("precise", "bytes"):
        return precise(lang, number) if unit == "precise" else size(lang, number)
    if unit in ("count", "days"):
        return count(lang, number)
    scaled = number * 100 if unit == "share" else number
    text = _decimal(lang, scaled, PATTERNS.get(unit, "#,##0.##"))
    return text + ("%" if unit == "share" else "")


def precise(lang: str, number: float) -> str:
    """A share with as many digits as tell it from the whole: 99.9%, 99.996%, 100%."""
    if number == 1:
        return "100%"
    for digits in range(1, 8):
        text = _decimal(lang, number * 100, "0." + "0" * digits)
        if not text.startswith("100."):
            break
    return f"{text}%"


def size(lang: str, number: float) -> str:
    """The size of files: 12.3 MB."""
    for unit, name in SIZES:
        if number >= unit:
            return _decimal(lang, number / unit, "#,##0.0") + f" {name}"
    return _decimal(lang, number, "#,##0") + " B"


def change(lang: str, unit: str, number: float, currency: str = "CNY") -> str:
    """A difference with its sign; a share differs by percentage points."""
    text = value(lang, unit, abs(number), currency)
    return _sign(number, text) + text.replace("%", PERCENTAGE_POINTS[lang])


def relative(lang: str, number: float) -> str:
    """A relative change (0.082 is +8.2%) with its sign."""
    text = value(lang, "share", abs(number))
    return _sign(number, text) + text


def money(lang: str, number: float, currency: str = "CNY") -> str:
    """Money in short: ¥1,235万 and ¥2.31亿, or ¥12.35M; a minus goes first."""
    symbol = get_currency_symbol(currency, locale=LOCALES[lang]).replace("CN¥", "¥")
    text = _compact(lang, abs(number))
    return (MINUS if _sign(number, text) == MINUS else "") + symbol + text


def count(lang: str, number: float) -> str:
    """A whole number with thousands; very large ones in 万, 亿 or M."""
    if abs(number) < COMPACT_COUNT_FROM:
        return _decimal(lang, number, "#,##0")
    return _compact(lang, number)


def day(lang: str, on: date) -> str:
    """A full date: 2026年11月20日, Nov 20, 2026."""
    form = "long" if lang == "zh" else "medium"
    return format_date(on, form, locale=LOCALES[lang])


def short_day(lang: str, on: date) -> str:
    """A day in a table: 2026/11/20, Nov 20, 2026."""
    return f"{on:%Y/%m/%d}" if lang == "zh" else day(lang, on)


def month_day(lang: str, on: date) -> str:
    """A day without its year: 11月20日, Nov 20."""
    return format_skeleton("MMMd", on, locale=LOCALES[lang])


@lru_cache(maxsize=1024)
def month(lang: str, on: date) -> str:
    """A month with its year: 2026年11月, Nov 2026."""
    return format_skeleton("yMMM", on, locale=LOCALES[lang])


def moment(lang: str, at: datetime, timezone: str) -> str:
    """An instant on the business's clock, to the minute."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{format_skeleton('MMMd', local, locale=LOCALES[lang])} {local:%H:%M}"


def _compact(lang: str, number: float) -> str:
    """The number in the largest unit that fits, with at most four digits after it."""
    for size, name in SCALES[lang]:
        if abs(number) >= size:
            scale = 1000 if name == "K" else size
            return _decimal(lang, number / scale, _four_digits(number / scale)) + name
    return _decimal(lang, number, "#,##0")


def _four_digits(scaled: float) -> str:
    if abs(scaled) < 100:
        return "0.00"
    return "0.0" if abs(scaled) < 1000 else "#,##0"


def _decimal(lang: str, number: float, pattern: str) -> str:
    """Round half even as Babel does; a rounded zero has no sign."""
    text = format_decimal(number, format=pattern, locale=LOCALES[lang])
    return text.replace("-", MINUS) if _has_digits(text) else text.lstrip("-")


def _sign(number: float, text: str) -> str:
    if not _has_digits(text):
        return "±"
    return MINUS if number < 0 else "+"


def _has_digits(text: str) -> bool:
    """Whether the rounded number is anything but zero."""
    return any(digit in text for digit in "123456789")
