"""How five languages write money, quantities and dates: one row a value, one column a language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Engine
from django.utils import timezone, translation

from apps.core.formats import (
    aside_text,
    brief_day_text,
    day_range_text,
    day_text,
    islands_text,
    long_day_text,
    money_by_text,
    money_text,
    quantity_text,
    unit_price_text,
)

LANGUAGES = ["en", "ru", "ar", "zh-hans", "zh-hant"]
TODAY = date(2026, 11, 23)
WEDNESDAY = date(2026, 11, 25)


def rows(*table: tuple[object, ...]) -> pytest.MarkDecorator:
    """(input, en, ru, ar, zh-hans, zh-hant) rows as one test case for each language."""
    cases = [
        (row[0], language, expected) for row in table for language, expected in zip(LANGUAGES, row[1:], strict=True)
    ]
    return pytest.mark.parametrize(("value", "language", "expected"), cases)


def island(text: str, language: str) -> str:
    """In Arabic sentences what reads from the left is set apart."""
    text = text.replace(" ", "\u00a0")
    return f"\u2066{text}\u2069" if language == "ar" else text


@rows(
    (("2184.60", "EUR"), "€2,184.60", "2 184,60 €", "€2,184.60", "€2,184.60", "€2,184.60"),
    (("0.00", "EUR"), "€0.00", "0,00 €", "€0.00", "€0.00", "€0.00"),
    (("-0.06", "EUR"), "−€0.06", "−0,06 €", "−€0.06", "−€0.06", "−€0.06"),
    (("1234567.00", "USD"), "$1,234,567.00", "1 234 567,00 $", "$1,234,567.00", "US$1,234,567.00", "US$1,234,567.00"),
    (("12.00", "NOK"), "NOK 12.00", "12,00 NOK", "NOK 12.00", "NOK 12.00", "NOK 12.00"),
    (("1200", "JPY"), "¥1,200", "1 200 ¥", "¥1,200", "JP¥1,200", "¥1,200"),
)
def test_money(value: tuple[str, str], language: str, expected: str) -> None:
    amount, currency = value
    assert money_text(Decimal(amount), currency, language) == island(expected, language)


@rows(
    (("0.1230", "EUR"), "€0.123", "0,123 €", "€0.123", "€0.123", "€0.123"),
    (("0.0415", "EUR"), "€0.0415", "0,0415 €", "€0.0415", "€0.0415", "€0.0415"),
    (("9.8000", "EUR"), "€9.80", "9,80 €", "€9.80", "€9.80", "€9.80"),
    (("1200.0000", "EUR"), "€1,200.00", "1 200,00 €", "€1,200.00", "€1,200.00", "€1,200.00"),
    (("0.1200", ""), "0.120", "0,120", "0.120", "0.120", "0.120"),
    (("0.1234", ""), "0.1234", "0,1234", "0.1234", "0.1234", "0.1234"),
    (("150.0000", "JPY"), "¥150", "150 ¥", "¥150", "JP¥150", "¥150"),
    (("1.2500", "JPY"), "¥1.25", "1,25 ¥", "¥1.25", "JP¥1.25", "¥1.25"),
)
def test_unit_price(value: tuple[str, str], language: str, expected: str) -> None:
    price, currency = value
    assert unit_price_text(Decimal(price), currency, language) == island(expected, language)


@rows(
    (("98.00", "EUR"), "+€98.00", "+98,00 €", "+€98.00", "+€98.00", "+€98.00"),
    (("-62.50", "EUR"), "−€62.50", "−62,50 €", "−€62.50", "−€62.50", "−€62.50"),
    (("0.00", "EUR"), "€0.00", "0,00 €", "€0.00", "€0.00", "€0.00"),
)
def test_money_by(value: tuple[str, str], language: str, expected: str) -> None:
    amount, currency = value
    assert money_by_text(Decimal(amount), currency, language) == island(expected, language)


@rows(
    (("1000.000", ""), "1,000", "1 000", "1,000", "1,000", "1,000"),
    (("1.500", ""), "1.5", "1,5", "1.5", "1.5", "1.5"),
    (("-25", ""), "−25", "−25", "−25", "−25", "−25"),
    (("40", "mm"), "40 mm", "40 mm", "40 mm", "40 mm", "40 mm"),
)
def test_quantity(value: tuple[str, str], language: str, expected: str) -> None:
    quantity, unit = value
    assert quantity_text(Decimal(quantity), unit, language) == expected.replace(" ", "\u00a0")


@rows(
    (WEDNESDAY, "Wed 25 Nov", "ср 25 нояб.", "الأربعاء 25 نوفمبر", "11月25日 周三", "11月25日 週三"),
    (date(2026, 5, 4), "Mon 4 May", "пн 4 мая", "الاثنين 4 مايو", "5月4日 周一", "5月4日 週一"),
    (date(2027, 1, 4), "4 Jan 2027", "4 янв. 2027 г.", "4 يناير 2027", "2027年1月4日", "2027年1月4日"),
)
def test_day(value: date, language: str, expected: str) -> None:
    assert day_text(value, language, TODAY) == expected


@rows((WEDNESDAY, "25 Nov", "25 нояб.", "25 نوفمبر", "11月25日", "11月25日"))
def test_brief_day(value: date, language: str, expected: str) -> None:
    assert brief_day_text(value, language) == expected


@rows((WEDNESDAY, "25 Nov 2026", "25 нояб. 2026 г.", "25 نوفمبر 2026", "2026年11月25日", "2026年11月25日"))
def test_long_day(value: date, language: str, expected: str) -> None:
    assert long_day_text(value, language) == expected


@rows(
    (
        (date(2026, 11, 23), date(2026, 11, 27)),
        "23–27 Nov",
        "23–27 нояб.",
        "\u206623–27\u2069 نوفمبر",
        "11月23日–27日",
        "11月23日–27日",
    ),
    (
        (date(2026, 11, 30), date(2026, 12, 4)),
        "30 Nov – 4 Dec",
        "30 нояб. – 4 дек.",
        "30 نوفمبر – 4 ديسمبر",
        "11月30日–12月4日",
        "11月30日–12月4日",
    ),
    (
        (date(2027, 2, 1), date(2027, 2, 5)),
        "1–5 Feb 2027",
        "1–5 февр. 2027 г.",
        "\u20661–5\u2069 فبراير 2027",
        "2027年2月1日–5日",
        "2027年2月1日–5日",
    ),
    (
        (date(2026, 12, 30), date(2027, 1, 4)),
        "30 Dec 2026 – 4 Jan 2027",
        "30 дек. 2026 г. – 4 янв. 2027 г.",
        "30 ديسمبر 2026 – 4 يناير 2027",
        "2026年12月30日–2027年1月4日",
        "2026年12月30日–2027年1月4日",
    ),
    (
        (WEDNESDAY, WEDNESDAY),
        "Wed 25 Nov",
        "ср 25 нояб.",
        "الأربعاء 25 نوفمبر",
        "11月25日 周三",
        "11月25日 週三",
    ),
)
def test_day_range(value: tuple[date, date], language: str, expected: str) -> None:
    assert day_range_text(*value, language, TODAY) == expected


def render(source: str, language: str, **context: object) -> str:
    engine = Engine(builtins=["apps.core.templatetags.portico"])
    with translation.override(language):
        return engine.from_string(source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "€2,184.60"), ("ru", "2\u00a0184,60\u00a0€"), ("ar", "\u2066€2,184.60\u2069")],
)
def test_only_arabic_pages_wrap_money_in_an_island(language: str, expected: str) -> None:
    assert render("{{ amount|money:'EUR' }}", language, amount=Decimal("2184.60")) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ number|qty }}", "1,000"),
        ("{{ number|qty:'N·m' }}", "<bdi>1,000\u00a0N·m</bdi>"),
        ("{{ below|qty }}", "<bdi>−3</bdi>"),
        ("{{ price|unit_price }}", "\u20660.220\u2069"),
    ],
)
def test_arabic_numbers_keep_their_units_and_signs_in_place(source: str, expected: str) -> None:
    context = {"number": Decimal("1000.000"), "below": -3, "price": Decimal("0.2200")}
    assert render(source, "ar", **context) == expected


@pytest.mark.parametrize("source", ["{{ x|money:'EUR' }}", "{{ x|unit_price }}", "{{ x|qty }}", "{{ x|day }}"])
def test_none_is_not_zero(source: str) -> None:
    assert render(source, "en", x=None) == ""


def test_day_takes_the_local_date_of_an_instant() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Oslo"):
        assert render("{{ late|day:'long' }}", "en", late=late) == "25 Nov 2026"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("محمل كريات 6205-2RS", "محمل كريات \u20666205-2RS\u2069"),
        ("برغي DIN 933 M8×40، A2-70", "برغي \u2066DIN 933 M8×40\u2069، \u2066A2-70\u2069"),
        ("حلقة 25×47×7 مم", "حلقة \u206625×47×7\u2069 مم"),
        ("Hex screw DIN 933 M8×40", "\u2066Hex screw DIN 933 M8×40\u2069"),
        ("حتى −20 °C", "حتى \u2066−20 °C\u2069"),
        ("مسامير", "مسامير"),
    ],
)
def test_sizes_and_numbers_do_not_turn_around_amid_arabic_words(name: str, expected: str) -> None:
    assert islands_text(name, "ar") == expected
    assert islands_text(name, "en") == name


def test_what_somebody_wrote_keeps_its_full_stop_in_an_arabic_sentence() -> None:
    assert aside_text("Wait for December.", "ar") == "\u2068Wait for December.\u2069"
    assert aside_text("Wait for December.", "en") == "Wait for December."


def test_only_the_near_style_says_today() -> None:
    now = timezone.now()
    assert render("{{ now|day:'near' }}", "en", now=now) == "today"
    assert render("{{ now|day }}", "en", now=now) != "today"
    long_ago = datetime(2024, 2, 3, 12, tzinfo=UTC)
    assert render("{{ long_ago|day:'near' }}", "en", long_ago=long_ago) == "3 Feb 2024"
