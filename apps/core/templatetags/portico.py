"""Template tags: icons, form controls, and money, quantities and dates as the reader's language writes them."""

import re
from collections.abc import Hashable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zlib import crc32

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext

from apps.core.formats import (
    STYLES,
    brief_day_text,
    day_range_text,
    day_text,
    islands_text,
    long_day_text,
    money_by_text,
    money_text,
    percent_text,
    quantity_input_text,
    quantity_text,
    unit_price_text,
)

register = template.Library()
INDENT = re.compile(r"\s*\n\s*")


def _language() -> str:
    language = get_language()
    return language if language in STYLES else "en"


def _as_date(moment: date | datetime) -> date:
    if isinstance(moment, datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """{{ order.gross|money:order.currency }}; nothing for None, which is not zero."""
    return "" if amount is None else money_text(amount, currency, _language())


@register.filter
def money_by(amount: Decimal, currency: str) -> str:
    """{{ line.net_by|money_by:order.currency }}: +€98.00, by how much something differs."""
    return money_by_text(amount, currency, _language())


@register.filter
def unit_price(price: Decimal | None, currency: str = "") -> str:
    """{{ line.unit_price|unit_price:cart.currency }}; without a currency in a column of price breaks."""
    return "" if price is None else unit_price_text(price, currency, _language())


@register.filter
def qty(quantity: Decimal | int | None, unit: str = "") -> str:
    """{{ line.quantity|qty }} or {{ product.length|qty:"mm" }}."""
    if quantity is None:
        return ""
    text = quantity_text(quantity, unit, _language())
    # A unit in Latin letters or a sign stays on its side of the number; an Arabic unit reads on from the right.
    return format_html("<bdi>{}</bdi>", text) if STYLES[_language()].rtl and (unit or quantity < 0) else text


@register.filter
def qty_input(quantity: Decimal | None) -> str:
    """value="{{ line.quantity|qty_input }}" """
    return "" if quantity is None else quantity_input_text(quantity, _language())


@register.filter
def ago(moment: datetime) -> str:
    """{{ request.sent_at|ago }}: how long ago, in its largest unit."""
    return gettext("%(time)s ago") % {"time": timesince(moment, depth=1)}


@register.filter
def tint(name: str) -> str:
    """{{ person.name|tint }}: a, b or c, which of the colors of initials is this person's."""
    return "acb"[crc32(name.encode()) % 3]


@register.filter
def islands(text: str) -> str:
    """{{ line.name|islands }}: sizes and numbers of parts keep their own direction amid Arabic words."""
    return islands_text(text, _language())


@register.filter
def percent(rate: Decimal | None) -> str:
    """{{ discount.rate|percent }}"""
    return "" if rate is None else percent_text(rate, _language())


@register.filter
def day(moment: date | datetime | None, style: str = "short") -> str:
    """{{ line.promised_date|day }}; on papers {{ order.placed_at|day:"long" }}, in a field {{ wanted|day:"brief" }},
    and {{ row.sent_at|day:"near" }} for what may be of today."""
    if moment is None:
        return ""
    if style == "near" and _as_date(moment) == timezone.localdate():
        return gettext("today")
    if style == "brief":
        return brief_day_text(_as_date(moment), _language())
    if style == "long":
        return long_day_text(_as_date(moment), _language())
    return day_text(_as_date(moment), _language(), timezone.localdate())


@register.filter
def day_range(first: date | datetime, last: date | datetime) -> str:
    """{{ shipment.earliest|day_range:shipment.latest }}."""
    return day_range_text(_as_date(first), _as_date(last), _language(), timezone.localdate())


# --- Tags -------------------------------------------------------------------------------------------------------------


@register.simple_tag
def fragment(template_name: str, **values: Hashable) -> SafeString:
    """{% fragment "orders/promise.html" promise=row.promise %}: what {% include … only %} gives, rendered once for the
    same values (until the day changes, as dates read) and not again for each row of a table.

    The values have to be all that they show: numbers, texts, dates and frozen dataclasses of them, never model
    instances, which are equal though their fields differ.
    """
    return SafeString(_rendered(template_name, get_language(), timezone.localdate(), tuple(values.items())).decode())


@lru_cache(maxsize=5_000)
def _rendered(
    template_name: str, _language: str | None, _today: date, values: tuple[tuple[str, Hashable], ...]
) -> bytes:
    # Encoded and without indents a row takes half of the memory, of which these are the most.
    return INDENT.sub("\n", render_to_string(template_name, dict(values))).encode()


@register.simple_tag
@lru_cache(maxsize=20_000)
def link(name: str, *args: str) -> str:
    """{% link "shop:product" product.sku %}: the address that {% url %} gives, for tables with many of one kind."""
    return reverse(name, args=args)


@register.simple_tag
@lru_cache(maxsize=1_000)
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
