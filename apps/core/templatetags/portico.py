"""Template tags: icons, form controls, and how each language writes money, quantities and dates."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# --- Pure: value and language in, text out --------------------------------------------------------------------------

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
ISLAND = "\N{LEFT-TO-RIGHT ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
LETTER_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")


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


def money_text(amount: Decimal, currency: str, language: str) -> str:
    """€2,184.60. The amount arrives rounded to the decimals of its currency."""
    return _tidy(format_currency(amount, currency, locale=STYLES[language].numbers))


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
        return _tidy(format_decimal(price, format=number, locale=style.numbers))
    pattern = Locale.parse(style.numbers).currency_formats["standard"].pattern.replace("#,##0.00", number)
    return _tidy(format_currency(price, currency, format=pattern, currency_digits=False, locale=style.numbers))


def quantity_text(quantity: Decimal | int, unit: str, language: str) -> str:
    """1,000 or 40 mm; up to three decimals, as many as are not zero."""
    number = _tidy(format_decimal(quantity, format="#,##0.###", locale=STYLES[language].numbers))
    return f"{number}{NBSP}{unit}" if unit else number


def day_text(day: date, language: str, today: date) -> str:
    """Wed 25 Nov, and 25 Nov 2027 when it is not this year."""
    style = STYLES[language]
    return _format(day, style.short if day.year == today.year else style.long, style)


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
        return end.replace(str(last.day), ISLAND.format(days) if style.rtl else days, 1)
    return f"{_format(first, brief, style)} {EN_DASH} {_format(last, full, style)}"


def _format(day: date, pattern: str, style: Style) -> str:
    return format_date(day, pattern, locale=style.names)


def _tidy(number: str) -> str:
    """A true minus, and NOK 12.00 rather than NOK12.00."""
    return LETTER_BEFORE_DIGIT.sub(NBSP, number).replace("-", MINUS)


# --- Filters: in the language of the page -----------------------------------------------------------------------------


def _language() -> str:
    language = get_language()
    return language if language in STYLES else "en"


def _left_to_right(text: str) -> str:
    return format_html('<bdi dir="ltr">{}</bdi>', text) if STYLES[_language()].rtl else text


def _as_date(moment: date | datetime) -> date:
    if isinstance(moment, datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """{{ order.gross|money:order.currency }}; nothing for None, which is not zero."""
    return "" if amount is None else _left_to_right(money_text(amount, currency, _language()))


@register.filter
def unit_price(price: Decimal | None, currency: str = "") -> str:
    """{{ line.unit_price|unit_price:cart.currency }}; without a currency in a column of price breaks."""
    return "" if price is None else _left_to_right(unit_price_text(price, currency, _language()))


@register.filter
def qty(quantity: Decimal | int | None, unit: str = "") -> str:
    """{{ line.quantity|qty }} or {{ product.length|qty:"mm" }}."""
    if quantity is None:
        return ""
    text = quantity_text(quantity, unit, _language())
    # A unit in Latin letters or a sign stays on its side of the number; an Arabic unit reads on from the right.
    return format_html("<bdi>{}</bdi>", text) if STYLES[_language()].rtl and (unit or quantity < 0) else text


@register.filter
def day(moment: date | datetime | None, style: str = "short") -> str:
    """{{ line.promised_date|day }} or, on papers, {{ order.placed_at|day:"long" }}."""
    if moment is None:
        return ""
    if style == "long":
        return long_day_text(_as_date(moment), _language())
    return day_text(_as_date(moment), _language(), timezone.localdate())


@register.filter
def day_range(first: date | datetime, last: date | datetime) -> str:
    """{{ shipment.earliest|day_range:shipment.latest }}."""
    return day_range_text(_as_date(first), _as_date(last), _language(), timezone.localdate())


# --- Tags -------------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: str = "", tone: str = "", flip: bool = False) -> SafeString:  # noqa: FBT001, FBT002
    """{% icon "truck" %}, {% icon "chevron-right" size="s" tone="mm" flip=True %}; flip mirrors it from right to left.

    Always decoration: the words stand beside it, or in the aria-label of its button.
    """
    classes = ["p-i", f"p-i--{size}" if size else "", "p-i--flip" if flip else "", f"p-{tone}" if tone else ""]
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " ".join(filter(None, classes)),
        static("vendor/icons.svg"),
        name,
    )


PLAIN_WIDGETS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.simple_tag
def control(field: BoundField, **attributes: str) -> SafeString:
    """The control of a form field in our look: {% control form.email autocomplete="username" %}.

    Django adds aria-invalid and aria-describedby. The first refused field takes the focus. A placeholder is an example
    and never stands for the label, so one appears only where the template gives it.
    """
    widget = field.field.widget
    attrs: dict[str, str | bool] = {"placeholder": False}
    attrs.update({name: value for name, value in attributes.items() if value})
    if not isinstance(widget, PLAIN_WIDGETS):
        attrs["class"] = f"p-in {widget.attrs.get('class', '')}".rstrip()
    if field.errors:
        attrs["autofocus"] = True
    return field.as_widget(attrs=attrs)
