"""Form fields that several apps share."""

from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, to_locale

from apps.core.weekdays import MONDAY_TO_FRIDAY, numbers_of


def country_choices() -> list[tuple[str, str]]:
    """All countries by their name in the reader's language."""
    territories = Locale.parse(to_locale(get_language() or "en")).territories
    countries = [(code, name) for code, name in territories.items() if len(code) == 2 and code.isalpha()]  # noqa: PLR2004
    no_countries = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}
    return sorted((row for row in countries if row[0] not in no_countries), key=lambda row: row[1])


class AmountField(forms.DecimalField):
    """An amount of money as people of the reader's language write it: 1,000.50 or 1 000,50. Never negative."""

    widget = forms.TextInput

    def __init__(self, *, decimals: int = 2, **options: Any) -> None:
        super().__init__(max_digits=14, decimal_places=decimals, min_value=Decimal(0), **options)
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str) and value.strip():
            locale = to_locale(get_language() or "en")
            try:
                value = parse_decimal(value.strip(), locale=locale, strict=True)
            except NumberFormatError as error:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return format_decimal(
                value, format=f"0.{'#' * (self.decimal_places or 0)}", locale=to_locale(get_language() or "en")
            )
        return value


def weekdays_text(mask: int) -> str:
    """The names of the weekdays in a mask."""
    return ", ".join(str(WEEKDAYS[number]) for number in numbers_of(mask))


class WeekdaysField(forms.MultipleChoiceField):
    """Weekdays to tick, at least one, at first Monday to Friday; the value is their bit mask."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        choices = [(str(number), name) for number, name in WEEKDAYS.items()]
        super().__init__(choices=choices, initial=MONDAY_TO_FRIDAY, **options)

    def clean(self, value: Any) -> int:
        return sum(1 << int(number) for number in super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return [str(number) for number in numbers_of(value)] if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
