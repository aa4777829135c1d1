"""How much can be ordered: the rule by itself, what people type, and whose rule is nearest."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.activity.models import Event
from apps.catalog.actions.save_quantity_rule import (
    BoundsInWrongOrder,
    NothingSaid,
    OneTarget,
    QuantityRuleExists,
    save_quantity_rule,
)
from apps.catalog.queries.quantities import quantity_terms
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.rules import (
    Outcome,
    QuantityFacts,
    QuantityTerms,
    UnreadableQuantity,
    judge_quantity,
    parse_quantity,
    resolve_quantity,
)
from apps.catalog.rules.quantities import MOST, NOT_POSITIVE, NOT_WHOLE, OVER_MAXIMUM, TOO_FINE
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from tests.factories import NOW, SYSTEM, make_category, make_product
from tests.refusals import refused

D = Decimal
SCREWS = QuantityTerms("C62", minimum=D(100), multiple=D(50))
CABLE = QuantityTerms("MTR", minimum=D("0.5"), multiple=D("0.25"), maximum=D(100))


class TestJudgeQuantity:
    @pytest.mark.parametrize(
        ("asked", "terms", "becomes", "lower"),
        [
            ("100", SCREWS, "100", None),
            ("130", SCREWS, "150", "100"),
            ("1", SCREWS, "100", None),
            ("0.6", CABLE, "0.75", "0.5"),
            ("0.75", CABLE, "0.75", None),
            ("100", CABLE, "100", None),
            ("5", QuantityTerms("C62", D(5), D(3)), "6", None),
            ("7", QuantityTerms("C62", D(5), D(3)), "9", "6"),
        ],
    )
    def test_accepts_or_rounds_up(self, asked: str, terms: QuantityTerms, becomes: str, lower: str | None) -> None:
        judged = judge_quantity(D(asked), terms)

        assert judged.quantity == D(becomes)
        assert judged.outcome == (Outcome.ACCEPTED if asked == becomes else Outcome.ROUNDED)
        assert judged.lower == (None if lower is None else D(lower))

    @pytest.mark.parametrize(
        ("asked", "terms", "reason"),
        [
            ("0", SCREWS, NOT_POSITIVE),
            ("-5", SCREWS, NOT_POSITIVE),
            ("NaN", SCREWS, NOT_POSITIVE),
            ("Infinity", SCREWS, NOT_POSITIVE),
            ("100.5", SCREWS, NOT_WHOLE),
            ("0.0001", SCREWS, NOT_WHOLE),
            ("0.5001", CABLE, TOO_FINE),
            ("100.25", CABLE, OVER_MAXIMUM),
            ("10000000", SCREWS, OVER_MAXIMUM),
            ("95", QuantityTerms("C62", D(1), D(50), D(99)), OVER_MAXIMUM),
            ("10", QuantityTerms("C62", D(100), D(1), D(50)), OVER_MAXIMUM),
        ],
    )
    def test_refuses(self, asked: str, terms: QuantityTerms, reason: str) -> None:
        judged = judge_quantity(D(asked), terms)

        assert (judged.outcome, judged.quantity, judged.message) == (Outcome.REFUSED, None, reason)

    @given(
        st.decimals(-10, 20_000_000, places=3),
        st.sampled_from(["C62", "MTR"]),
        st.integers(1, 5000),
        st.integers(1, 700),
        st.none() | st.integers(1, 6000),
    )
    def test_what_it_gives_can_always_be_ordered(
        self, asked: Decimal, unit: str, minimum: int, multiple: int, maximum: int | None
    ) -> None:
        terms = QuantityTerms(unit, D(minimum), D(multiple), None if maximum is None else D(maximum))

        judged = judge_quantity(asked, terms)

        if judged.quantity is None:
            return
        assert judged.quantity >= max(asked, terms.minimum)
        assert judged.quantity % multiple == 0
        assert judged.quantity <= min(terms.most, MOST)
        assert judge_quantity(judged.quantity, terms).outcome == Outcome.ACCEPTED
        assert judged.quantity - max(asked, terms.minimum) < multiple
        if judged.lower is not None:
            assert judge_quantity(judged.lower, terms).outcome == Outcome.ACCEPTED
            assert judged.lower < asked


PACKS = {"BX": D(100), "CT": D(500)}


class TestParseQuantity:
    @pytest.mark.parametrize(
        ("text", "language", "quantity"),
        [
            ("1000", "en", "1000"),
            ("1,000", "en", "1000"),
            ("1,000", "ru", "1.000"),
            ("1.000", "en", "1.000"),
            ("1 000", "ru", "1000"),
            ("1\N{NARROW NO-BREAK SPACE}000", "ru", "1000"),
            ("1.000,5", "ru", "1000.5"),
            ("1.000,5", "en", "1000.5"),
            ("1,000.5", "en", "1000.5"),
            ("1'000", "en", "1000"),
            ("1,5", "en", "1.5"),
            ("1,000,000", "ru", "1000000"),
            ("1.000.000", "en", "1000000"),
            ("٢٥٠", "ar", "250"),
            ("٢٬٥٠٠٫٥", "ar", "2500.5"),
            ("２０", "zh-hans", "20"),
            (" 12 pcs ", "en", "12"),
            ("12шт.", "ru", "12"),
            ("2 box", "en", "200"),
            ("2 BX", "en", "200"),
            ("2x Box", "en", "200"),
            ("0,5 кор.", "ru", "50.0"),
            ("3箱", "zh-hans", "1500"),
            ("٣ علب", "ar", "300"),
        ],
    )
    def test_reads(self, text: str, language: str, quantity: str) -> None:
        assert parse_quantity(text, language, PACKS) == D(quantity)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "abc",
            "1e5",
            "-4",
            "1 00",
            "1,,0",
            "1.0.5",
            "1,000.5.2",
            "2 pallets",
            "2 crates",
            "1" * 41,
            "½ box",
            "5-6",
        ],
    )
    def test_refuses(self, text: str) -> None:
        with pytest.raises(UnreadableQuantity):
            parse_quantity(text, "en", PACKS)

    @given(st.text(max_size=60), st.sampled_from(["en", "ru", "ar", "zh-hans"]))
    def test_any_text_is_a_number_or_refused(self, text: str, language: str) -> None:
        try:
            quantity = parse_quantity(text, language, PACKS)
        except UnreadableQuantity:
            return
        assert quantity.is_finite()
        assert quantity >= 0

    @given(st.decimals(0, 9_999_999, places=3), st.sampled_from(["en", "ru"]))
    def test_reads_what_the_page_shows(self, quantity: Decimal, language: str) -> None:
        shown = f"{quantity:,.3f}".rstrip("0").rstrip(".")
        # A whole number of thousands ends like 1,000, which is what groups are for.
        assume("." in shown or language == "en")
        if language == "ru":
            shown = shown.replace(",", " ").replace(".", ",")

        assert parse_quantity(shown, language) == quantity


OWN = QuantityTerms("C62", D(10), D(5))


def test_each_field_comes_from_the_nearest_rule_that_has_it() -> None:
    rules = [
        QuantityFacts(1, 0, category_id=1, minimum=D(20), maximum=D(900)),
        QuantityFacts(2, 0, category_id=11, minimum=D(30)),
        QuantityFacts(3, 0, product_id=7, multiple=D(15)),
        QuantityFacts(4, 16, category_id=1, maximum=D(600)),
        QuantityFacts(5, 16, product_id=8, maximum=D(1)),
    ]

    assert resolve_quantity(OWN, 7, (1, 11), rules) == QuantityTerms("C62", D(30), D(15), D(600))
    assert resolve_quantity(OWN, 9, (2,), rules) == OWN


@pytest.mark.django_db
class TestQuantityRules:
    def test_a_company_s_rule_is_that_company_s(self, mira: Membership, gus: Membership) -> None:
        root = make_category("Fasteners")
        leaf = make_category("Screws", root)
        screw, nut = make_product(leaf, "HX-1", min_quantity=100), make_product(leaf, "NT-1")
        save_quantity_rule(actor=SYSTEM, category=root, organization=mira.organization, min_quantity=D(200), now=NOW)
        save_quantity_rule(actor=SYSTEM, product=nut, order_multiple=D(50), now=NOW)
        tree = catalog_tree()

        for_mira = quantity_terms(buying_context(mira), tree, [screw, nut])
        for_gus = quantity_terms(buying_context(gus), tree, [screw, nut])

        assert for_mira[screw.pk] == QuantityTerms("C62", D(200), D(1))
        assert for_mira[nut.pk] == QuantityTerms("C62", D(200), D(50))
        assert for_gus[screw.pk] == QuantityTerms("C62", D(100), D(1))
        assert Event.objects.filter(name="catalog.quantity_rule_saved").count() == 2

    def test_takes_one_statement(self, mira: Membership, django_assert_num_queries: Any) -> None:
        leaf = make_category("Screws")
        products = [make_product(leaf, f"HX-{number}") for number in range(20)]
        context, tree = buying_context(mira), catalog_tree()

        for some in (products[:1], products):
            with django_assert_num_queries(1):
                quantity_terms(context, tree, some)

    def test_what_makes_no_sense_is_refused(self) -> None:
        leaf = make_category("Screws")
        screw = make_product(leaf, "HX-1")
        rule = save_quantity_rule(actor=SYSTEM, product=screw, min_quantity=D(5), now=NOW)

        for refusal, facts in [
            (OneTarget, {"min_quantity": D(1)}),
            (OneTarget, {"min_quantity": D(1), "product": screw, "category": leaf}),
            (NothingSaid, {"product": screw}),
            (BoundsInWrongOrder, {"category": leaf, "min_quantity": D(5), "max_quantity": D(4)}),
            (QuantityRuleExists, {"product": screw, "max_quantity": D(9)}),
        ]:
            with refused(refusal):
                save_quantity_rule(actor=SYSTEM, now=NOW, **facts)  # type: ignore[arg-type]

        changed = save_quantity_rule(actor=SYSTEM, product=screw, max_quantity=D(9), rule=rule, now=NOW)
        assert (changed.pk, changed.min_quantity) == (rule.pk, None)
