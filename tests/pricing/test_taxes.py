"""VAT: who accounts for it, and that documents add up as EN 16931 wants."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.orgs.models import Organization
from apps.pricing.actions.save_tax_rate import RateOverlaps, save_tax_rate
from apps.pricing.models import TaxRate
from apps.pricing.queries import taxation
from apps.pricing.rules import Taxable, reverse_charge, tax_basket
from tests.factories import NOW, SYSTEM, OrganizationFactory
from tests.refusals import refused

D = Decimal
DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("seller", "ship_to", "vat_country", "category"),
    [
        ("NO", "NO", "NO", None),
        ("NO", "NO", "DE", None),  # goods that stay are taxed here, whoever buys them
        ("NO", "DE", "DE", "G"),
        ("DE", "SE", "SE", "K"),
        ("DE", "SE", "BE", "K"),
        ("DE", "SE", "", None),  # no VAT ID: not a business to us
        ("DE", "SE", "DE", None),
        ("DE", "NO", "NO", "G"),
        ("GR", "DE", "DE", "K"),
    ],
)
def test_who_accounts_for_the_vat(seller: str, ship_to: str, vat_country: str, category: str | None) -> None:
    assert reverse_charge(seller, ship_to, vat_country) == category


def test_vat_is_worked_out_once_for_each_rate() -> None:
    amounts = [Taxable(D("0.10"), "S", D("0.25"))] * 3 + [Taxable(D("10.00"), "S", D("0.15"))]

    groups, shares = tax_basket(amounts, "EUR")

    assert [(group.rate, group.net, group.tax) for group in groups] == [
        (D("0.25"), D("0.30"), D("0.08")),
        (D("0.15"), D("10.00"), D("1.50")),
    ]
    assert shares == [D("0.03"), D("0.03"), D("0.02"), D("1.50")]


@given(st.lists(st.tuples(st.decimals(D(0), D(9999), places=2), st.sampled_from(["0", "0.15", "0.25"])), max_size=30))
def test_shares_add_up_to_their_groups(rows: list[tuple[Decimal, str]]) -> None:
    amounts = [Taxable(net, "S", D(rate)) for net, rate in rows]

    groups, shares = tax_basket(amounts, "EUR")

    assert sum(group.net for group in groups) == sum(net for net, _rate in rows)
    for group in groups:
        assert group.tax == sum(
            share for share, amount in zip(shares, amounts, strict=True) if amount.rate == group.rate
        )


@pytest.fixture
def rates(db: None) -> None:
    for tax_class, rate in (("standard", "0.25"), ("reduced", "0.15")):
        save_tax_rate(
            actor=SYSTEM, country="NO", tax_class=tax_class, rate=D(rate), valid_from=date(2026, 1, 1), now=NOW
        )


def test_at_home_by_class(rates: None, norrvik: Organization) -> None:
    found = taxation(norrvik, "NO", DAY)

    assert found.of("standard") == ("S", D("0.2500"))
    assert found.of("reduced") == ("S", D("0.1500"))
    assert found.of("zero") == ("Z", D(0))
    assert not found.is_reverse_charge


def test_abroad_the_buyer_accounts_for_it(rates: None, db: None) -> None:
    german = OrganizationFactory(country="DE", vat_id="DE100000008")

    found = taxation(german, "DE", DAY)

    assert found.of("standard") == ("G", D(0))
    assert found.is_reverse_charge


def test_a_class_that_nobody_has_set_is_not_free_of_vat(rates: None, norrvik: Organization) -> None:
    at_home = taxation(norrvik, "NO", DAY)

    assert at_home.is_unknown("unheard of")
    assert not at_home.is_unknown("standard")
    assert not taxation(norrvik, "US", DAY).is_unknown("standard")


def test_a_rate_ends_when_the_next_begins(rates: None) -> None:
    def save(day: date) -> TaxRate:
        return save_tax_rate(actor=SYSTEM, country="NO", tax_class="standard", rate=D("0.27"), valid_from=day, now=NOW)

    save(date(2027, 1, 1))

    first, second = TaxRate.objects.filter(tax_class="standard").order_by("valid_from")
    assert (first.valid_until, second.valid_until) == (date(2026, 12, 31), None)
    with refused(RateOverlaps):
        save(date(2026, 6, 1))
