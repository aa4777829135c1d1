from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import line_net, round_half_up
from apps.pricing.rules import Discount, Slot, best_discount, discounted, resolve_price, steps_of

BASE, CONTRACT, GROUP = 1, 2, 3
CHAIN = [CONTRACT, GROUP, BASE]


def d(text: str) -> Decimal:
    return Decimal(text)


class TestResolvePrice:
    def test_the_nearest_list_decides_even_when_it_costs_more(self) -> None:
        slots = [Slot(BASE, d("1"), d("1.00")), Slot(CONTRACT, d("1"), d("1.20"))]

        found = resolve_price(slots, CHAIN, d("5"))

        assert found
        assert (found.list_id, found.amount) == (CONTRACT, d("1.20"))

    def test_a_list_without_a_slot_for_the_quantity_does_not_decide(self) -> None:
        slots = [Slot(CONTRACT, d("100"), d("0.80")), Slot(BASE, d("1"), d("1.00"))]

        few, many = resolve_price(slots, CHAIN, d("99")), resolve_price(slots, CHAIN, d("100"))

        assert few
        assert many
        assert (few.list_id, many.list_id) == (BASE, CONTRACT)

    def test_a_dated_price_replaces_the_standing_one_of_its_slot(self) -> None:
        slots = [
            Slot(BASE, d("1"), d("2.00"), is_dated=True),
            Slot(BASE, d("1"), d("1.00")),
            Slot(BASE, d("10"), d("3.00")),
        ]

        found = resolve_price(slots, CHAIN, d("10"))

        assert found
        assert found.amount == d("2.00")

    def test_nothing_anywhere_is_a_price_on_request(self) -> None:
        assert resolve_price([], CHAIN, d("1")) is None
        assert resolve_price([Slot(9, d("1"), d("1"))], CHAIN, d("1")) is None

    @given(
        st.lists(
            st.tuples(st.sampled_from(CHAIN), st.integers(1, 50), st.integers(0, 500), st.booleans()), max_size=12
        ),
        st.integers(1, 60),
        st.integers(0, 60),
    )
    def test_more_never_costs_more_a_unit_in_the_same_list(
        self, rows: list[tuple[int, int, int, bool]], quantity: int, more: int
    ) -> None:
        slots = [Slot(near, Decimal(start), Decimal(price), dated) for near, start, price, dated in rows]
        few, many = (
            resolve_price(slots, CHAIN, Decimal(quantity)),
            resolve_price(slots, CHAIN, Decimal(quantity + more)),
        )

        if few and many and few.list_id == many.list_id:
            assert many.amount <= few.amount
        assert not (few and not many)


class TestDiscount:
    def test_the_greatest_that_matches_wins(self) -> None:
        discounts = [
            Discount(1, d("0.02")),
            Discount(2, d("0.05"), category_id=7),
            Discount(3, d("0.09"), category_id=8),
            Discount(4, d("0.04"), brand_id=5),
        ]

        found = best_discount(discounts, [1, 7], brand_id=5)

        assert found
        assert found.id == 2

    def test_is_rounded_to_four_digits(self) -> None:
        assert discounted(d("0.1237"), d("0.05")) == d("0.1175")


class TestSteps:
    def test_only_quantities_from_which_it_costs_less_are_shown(self) -> None:
        prices = {d("1"): d("1.00"), d("10"): d("1.00"), d("50"): d("0.90"), d("100"): d("0.95")}

        assert steps_of(prices) == [(d("1"), d("1.00")), (d("50"), d("0.90"))]


class TestMoney:
    def test_half_a_cent_goes_up(self) -> None:
        assert round_half_up(d("2.345"), "EUR") == d("2.35")
        assert round_half_up(d("-2.345"), "EUR") == d("-2.35")
        assert round_half_up(d("2.5"), "JPY") == d("3")

    def test_a_line_is_rounded_once(self) -> None:
        assert line_net(d("400"), d("12.3"), 100, "EUR") == d("49.20")
        assert line_net(d("3"), d("0.125"), 1, "EUR") == d("0.38")
