from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.rules import AssortmentFacts, clean_gtin, misread_keys, normalize_number, resolve_assortment

# Two shelves with two leaves each, below one root.
LEAVES = {11: (1, 2, 11), 12: (1, 2, 12), 21: (1, 3, 21), 22: (1, 3, 22)}
CATEGORIES = (1, 2, 3, 11, 12, 21, 22)
BRANDS = (7, 8, 9)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("HX-933-0840A2", "HX9330840A2"),
        ("hx 933 0840 a2", "HX9330840A2"),
        ("M8x40", "M8X40"),
        ("М8×40", "M8X40"),
        ("m8 х 40", "M8X40"),
        ("HX－933", "HX933"),
        ("６２０５－２ＲＳ", "62052RS"),
        (" ", ""),
    ],
)
def test_a_number_is_found_however_it_is_typed(typed: str, key: str) -> None:
    assert normalize_number(typed) == key


@given(st.text())
def test_a_key_stays_what_it_is(text: str) -> None:
    assert normalize_number(normalize_number(text)) == normalize_number(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("HX93308O0A2", "HX9330800A2"), ("HX9330840AZ", "HX9330840A2"), ("BR62O52RS", "BR62052RS"), ("NTIOA", "NT10A"),
     ("OOOOOO", "000000")],
)  # fmt: skip
def test_a_misread_number_leads_to_the_one_that_was_meant(typed: str, meant: str) -> None:
    assert meant in misread_keys(typed)
    assert typed not in misread_keys(typed)


@given(st.text("O0I1L5S8B2ZX", max_size=40))
def test_misreadings_are_few(key: str) -> None:
    assert len(misread_keys(key)) <= 1 + 40 + 39 + 40 * 39 // 2


@pytest.mark.parametrize("code", ["4006381333931", "40170725", "036000291452", "10614141000415", "4006381 333931"])
def test_a_right_gtin_is_kept(code: str) -> None:
    assert clean_gtin(code) == code.replace(" ", "")


@pytest.mark.parametrize("code", ["4006381333932", "123", "", "ABC"])
def test_a_wrong_gtin_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        clean_gtin(code)


def naive(rules: list[AssortmentFacts], leaf: int, brand: int, named_by: frozenset[int]) -> bool:
    """The precedence as it is written down, product by product."""

    def matches(rule: AssortmentFacts) -> bool:
        if rule.names_products:
            return rule.id in named_by
        return rule.category_id in {None, *LEAVES[leaf]} and rule.brand_id in {None, brand}

    def nearness(rule: AssortmentFacts) -> tuple[int, ...]:
        if rule.names_products:
            target = (4, 0)
        elif rule.category_id and rule.brand_id:
            target = (3, LEAVES[leaf].index(rule.category_id))
        elif rule.category_id:
            target = (2, LEAVES[leaf].index(rule.category_id))
        else:
            target = (1, 0) if rule.brand_id else (0, 0)
        return (rule.specificity, *target, rule.is_deny)

    winner = max((rule for rule in rules if matches(rule)), key=nearness, default=None)
    return winner is None or not winner.is_deny


targets = st.one_of(
    st.fixed_dictionaries({"names_products": st.just(True)}),
    st.fixed_dictionaries(
        {
            "category_id": st.one_of(st.none(), st.sampled_from(CATEGORIES)),
            "brand_id": st.one_of(st.none(), st.sampled_from(BRANDS)),
        }
    ),
)
rule_sets = st.lists(st.tuples(st.sampled_from([0, 2, 16, 48, 80]), st.booleans(), targets), max_size=12).map(
    lambda rows: [AssortmentFacts(n, near, deny, **target) for n, (near, deny, target) in enumerate(rows, start=1)]
)


@given(rules=rule_sets, data=st.data())
def test_the_compiled_assortment_equals_the_written_precedence(
    rules: list[AssortmentFacts], data: st.DataObject
) -> None:
    visibility = resolve_assortment(rules, LEAVES)
    lists = [rule.id for rule in rules if rule.names_products]
    for leaf, brand in product(LEAVES, BRANDS):
        named_by = data.draw(st.frozensets(st.sampled_from(lists))) if lists else frozenset()

        assert visibility.shows(leaf, brand, named_by) == naive(rules, leaf, brand, named_by)


def test_everything_is_visible_where_no_rule_speaks() -> None:
    assert all(resolve_assortment([], LEAVES).shows(leaf, brand) for leaf, brand in product(LEAVES, BRANDS))


def test_a_contract_opens_what_the_customer_type_closes() -> None:
    rules = [
        AssortmentFacts(1, 2, is_deny=True, category_id=2),
        AssortmentFacts(2, 16, is_deny=False, names_products=True),
    ]
    visibility = resolve_assortment(rules, LEAVES)

    assert not visibility.shows(11, 7)
    assert visibility.shows(11, 7, {2})
    assert visibility.shows(21, 7)
