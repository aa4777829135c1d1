"""How each language writes money, quantities and dates. Value and language in, text out."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
ISLAND = "\N{LEFT-TO-RIGHT ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
ASIDE = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
# A table writes the same few numbers and days over and over, and babel reads its pattern anew each time.
KEPT = 20_000
LETTER_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")
# What stands in Latin letters and digits amid Arabic words: 25×47×7, 6205-2RS, DIN 933 M8×40.
LATIN = re.compile(r"[−+±Ø]?[0-9A-Za-z](?:[^\u0600-\u06ff]*[0-9A-Za-z²°%\"])?")


@dataclass(frozen=True)
class Style:
    """How a language writes numbers and dates; patterns are those of Unicode CLDR."""

    numbers: str
    names: str
    short: str
    long: str
    month: str
    day: str = "d"
    year_first: bool = False
    rtl: bool = False


STYLES = {
    "en": Style("en", "en", short="EEE d MMM", long="d MMM y", month="d MMM"),
    "ru": Style("ru", "ru", short="EEE d MMM", long="d MMM y 'г'.", month="d MMM"),
    # Latin digits with the symbol in front, as on the region's price lists; CLDR would put it behind the number.
    "ar": Style("en", "ar", short="EEEE d MMMM", long="d MMMM y", month="d MMMM", rtl=True),
    "zh-hans": Style(
        "zh_Hans", "zh_Hans", short="M月d日 EEE", long="y年M月d日", month="M月d日", day="d日", year_first=True
    ),
    "zh-hant": Style(
        "zh_Hant", "zh_Hant", short="M月d日 EEE", long="y年M月d日", month="M月d日", day="d日", year_first=True
    ),
}


@lru_cache(maxsize=KEPT)
def money_text(amount: Decimal, currency: str, language: str) -> str:
    """€2,184.60. The amount arrives rounded to the decimals of its currency; a negative zero is zero."""
    style = STYLES[language]
    return _left_to_right(format_currency(amount or abs(amount), currency, locale=style.numbers), style)


def amount_text(amount: Decimal, currency: str, language: str) -> str:
    """€2,184.60, and 2,184.60 where the currency stands elsewhere or is not known."""
    if currency:
        return money_text(amount, currency, language)
    style = STYLES[language]
    return _left_to_right(format_decimal(amount, format="#,##0.00", locale=style.numbers), style)


@lru_cache(maxsize=KEPT)
def money_by_text(amount: Decimal, currency: str, language: str) -> str:
    """+€98.00, −€62.50: by how much an amount is another."""
    style = STYLES[language]
    sign = "+" if amount > 0 else ""
    return _left_to_right(sign + format_currency(amount, currency, locale=style.numbers), style)


@lru_cache(maxsize=KEPT)
def unit_price_text(price: Decimal, currency: str, language: str) -> str:
    """€9.80, but €0.123 and €0.0415: whole cents read as money, finer prices keep three or four decimals.

    Without a currency it is a cell of a price-break column, where all keep three at least: 0.220.
    """
    style = STYLES[language]
    needed = -int(price.normalize().as_tuple().exponent)
    least = get_currency_precision(currency) if currency else 2
    if needed > least or not currency:
        least += 1
    decimals = "0" * max(least, min(needed, 4))
    number = f"#,##0.{decimals}" if decimals else "#,##0"
    if not currency:
        return _left_to_right(format_decimal(price, format=number, locale=style.numbers), style)
    pattern = Locale.parse(style.numbers).currency_formats["standard"].pattern.replace("#,##0.00", number)
    text = format_currency(price, currency, format=pattern, currency_digits=False, locale=style.numbers)
    return _left_to_right(text, style)


@lru_cache(maxsize=KEPT)
def quantity_text(quantity: Decimal | int, unit: str, language: str) -> str:
    """1,000 or 40 mm; up to three decimals, as many as are not zero."""
    number = _tidy(format_decimal(quantity, format="#,##0.###", locale=STYLES[language].numbers))
    return f"{number}{NBSP}{unit}" if unit else number


@lru_cache(maxsize=KEPT)
def quantity_input_text(quantity: Decimal, language: str) -> str:
    """12.5 or 12,5: a quantity as it stands in a field, without marks between thousands."""
    return format_decimal(quantity, format="0.###", locale=STYLES[language].numbers)


@lru_cache(maxsize=KEPT)
def percent_text(rate: Decimal, language: str) -> str:
    """5%, 12.5%: a share, written with at most two decimals."""
    style = STYLES[language]
    return _left_to_right(format_percent(rate, format="#,##0.##%", locale=style.numbers), style)


def islands_text(text: str, language: str) -> str:
    """Deep groove ball bearing 6205-2RS: amid Arabic words a number would turn around its dashes and crosses."""
    return LATIN.sub(lambda number: ISLAND.format(number[0]), text) if STYLES[language].rtl else text


def aside_text(text: str, language: str) -> str:
    """A name or what somebody wrote, within a sentence of the page: it keeps its own direction and its full stop."""
    return ASIDE.format(text) if STYLES[language].rtl else text


def day_text(day: date, language: str, today: date) -> str:
    """Wed 25 Nov, and 25 Nov 2027 when it is not this year."""
    style = STYLES[language]
    return _format(day, style.short if day.year == today.year else style.long, style)


def brief_day_text(day: date, language: str) -> str:
    """25 Nov, where the year goes without saying."""
    style = STYLES[language]
    return _format(day, style.month, style)


def long_day_text(day: date, language: str) -> str:
    """25 Nov 2026, for papers: they are read in other years, too."""
    style = STYLES[language]
    return _format(day, style.long, style)


def day_range_text(first: date, last: date, language: str, today: date) -> str:
    """Month and year stand once where both days share them, and the year only where it is not this year."""
    if first == last:
        return day_text(first, language, today)
    style = STYLES[language]
    full = style.month if first.year == last.year == today.year else style.long
    if first.year != last.year:
        brief = full
    elif first.month != last.month:
        brief = style.month
    else:
        brief = style.day
    if style.year_first:
        return f"{_format(first, full, style)}{EN_DASH}{_format(last, brief, style)}"
    if brief == style.day:
        end = _format(last, full, style)
        days = f"{first.day}{EN_DASH}{last.day}"
        return end.replace(str(last.day), _left_to_right(days, style), 1)
    return f"{_format(first, brief, style)} {EN_DASH} {_format(last, full, style)}"


@lru_cache(maxsize=KEPT)
def _format(day: date, pattern: str, style: Style) -> str:
    return format_date(day, pattern, locale=style.names)


def _left_to_right(number: str, style: Style) -> str:
    """Signs and symbols keep their side of a number in whatever sentence or mail it stands."""
    text = _tidy(number)
    return ISLAND.format(text) if style.rtl else text


def _tidy(number: str) -> str:
    """A true minus, and NOK 12.00 rather than NOK12.00."""
    return LETTER_BEFORE_DIGIT.sub(NBSP, number).replace("-", MINUS)


# --- Filters: in the language of the page -----------------------------------------------------------------------------
