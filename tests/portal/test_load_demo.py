"""The demo catalog: what the drawn pages speak of is there, in five languages, and every company sees its own."""

import random
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Count, Q
from django.utils import timezone

from apps.accounts.models import User
from apps.approvals.models import Policy, Request
from apps.catalog.models import (
    Attribute,
    AttributeOption,
    AttributeValue,
    Category,
    CategoryText,
    CustomerItemCode,
    Family,
    FamilyText,
    ItemNumber,
    PackLevel,
    Product,
    ProductFile,
    ProductText,
)
from apps.catalog.queries.tree import catalog_tree
from apps.catalog.queries.visibility import visible
from apps.catalog.rules import clean_gtin
from apps.core.ids import next_id, scatter
from apps.freight.queries import Destination, PromiseLine, delivery_options, promise_lines
from apps.fulfillment.models import Shipment
from apps.inventory.models import Receipt, Stock
from apps.inventory.queries import availability
from apps.ledger.queries import company_credit, used_in_month
from apps.orders.models import Cart, Order, PurchasingList, Submission
from apps.orders.queries.orders import arrivals
from apps.orgs.models import Address, CostCenter, Invitation, Membership, Organization
from apps.orgs.queries import buying_context
from apps.portal.management.demo.catalog import items, layouts
from apps.portal.management.demo.catalog.builder import LANGUAGES, table, words
from apps.portal.management.demo.drawn import LISTS, ORDERS, sketches, wanted
from apps.portal.management.demo.numbers import SERIES
from apps.portal.queries import broken_invariants
from apps.pricing.models import Agreement
from apps.shop.queries.lists import glances
from tests.factories import NOW

DRAWINGS = set(re.findall(r'<symbol id="([^"]+)"', (settings.BASE_DIR / "static/img/drawings.svg").read_text()))
# Part number -> name, as drawn.
DRAWN = {
    "HX-933-0840A2": "Hex screw DIN 933 M8×40, A2-70",
    "HX-933-0840ZN": "Hex screw DIN 933 M8×40, 8.8 zinc",
    "HX-933-0840P9": "Hex screw DIN 933 M8×40, 10.9",
    "HX-931-0840ZN": "Hex bolt DIN 931 M8×40, 8.8 zinc",
    "NT-934-08A2": "Hex nut DIN 934 M8, A2-70",
    "NT-934-08A4": "Hex nut DIN 934 M8, A4-80",
    "NT-934-10A2": "Hex nut DIN 934 M10, A2-70",
    "WS-125-08A2": "Washer DIN 125-A M8, A2",
    "WS-125-08A4": "Washer DIN 125-A M8, A4",
    "BR-6205-2RS": "Deep groove ball bearing 6205-2RS",
    "BR-6205-2Z": "Deep groove ball bearing 6205-2Z",
    "BR-6305-2RS": "Deep groove ball bearing 6305-2RS",
    "GL-N7-0930": "Nitrile gloves 0.15 mm, size 9, box of 100",
    "GL-N7-0930B": "Nitrile gloves 0.15 mm, size 9, box of 100",
    "PP-GG-CLR": "Safety goggles, clear, anti-fog",
    "PP-HM-WHT": "Safety helmet, vented, white",
    "PP-EM-33": "Ear defenders SNR 33",
    "PP-KP-GEL": "Knee pads, gel, pair",
    "PP-FH-2P": "Fall arrest harness, 2-point",
    "PP-HV-2L": "Hi-vis vest, class 2, L",
    "PP-FA-13157": "First aid refill, DIN 13157",
    "PP-EW-500": "Eye wash bottle 500 ml",
    "FL-BC-500": "Brake and parts cleaner, 500 ml",
    "FL-GR-EP2": "Grease EP2, cartridge 400 g",
    "FL-AS-NI500": "Anti-seize paste, nickel, 500 g",
    "TL-D338-068C": "HSS-Co drill 6.8 mm, DIN 338",
    "TL-CW-13": "Combination wrench 13 mm",
    "TL-TW-100": "Torque wrench 20–100 N·m",
    "EL-TP19-BK": "PVC insulating tape 19 mm × 25 m, black",
    "EL-H07-3G15": "Cable H07RN-F 3G1.5, per meter",
    "EL-H07-3G25": "Cable H07RN-F 3G2.5, per meter",
    "AB-FD125-80": "Flap disc 125 mm, grit 80",
    "WL-ER70-12": "Welding wire ER70S-6 1.2 mm, 15 kg",
    "HZ-AIR-1050": "Hose, air, 10 mm × 50 m",
    "KT-FL-DN100": "Flange set DN 100, 8 joints",
}
# The rows of the drawn table, in their order: thread and material, lengths, pack.
TABLE = (
    ("M8 × 1.25, Stainless A2-70", "08", "A2", (16, 20, 25, 30, 35, 40, 50, 60), 100),
    ("M8 × 1.25, Stainless A4-80", "08", "A4", (20, 30, 40, 50), 100),
    ("M10 × 1.5, Stainless A2-70", "10", "A2", (20, 25, 30, 35, 40, 50, 60, 70, 80), 50),
)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureDef) -> None:  # type: ignore[type-arg]
    """One demo for all tests of this module."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        call_command("load_demo")
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def in_demo(demo: None, django_db_blocker: pytest.FixtureDef) -> None:  # type: ignore[type-arg]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


def sees(number: str) -> set[str]:
    member = Membership.objects.filter(organization__number=number).order_by("pk").first()
    assert member is not None
    return set(visible(buying_context(member), catalog_tree(), date(2026, 11, 23)).values_list("sku", flat=True))


class TestCatalog:
    def test_has_the_products_that_are_drawn(self) -> None:
        names = dict(
            ProductText.objects.filter(language="en", product__sku__in=DRAWN).values_list("product__sku", "name")
        )

        assert names == DRAWN

    def test_has_data_sheets_of_what_the_catalog_says(self) -> None:
        sheets = ProductFile.objects.filter(product__sku="HX-933-0840A2").order_by("position")

        assert [(file.language, file.media_type) for file in sheets] == [("en", "text/plain"), ("ru", "text/plain")]
        text = sheets[0].content.read().decode()
        assert "HX-933-0840A2  Hex screw DIN 933 M8×40, A2-70" in text
        assert "Length: 40 mm" in text

    def test_has_the_table_that_is_drawn(self) -> None:
        shelf = Category.objects.get(slug="hex-head-screws-din-933")
        rows = Product.objects.filter(category=shelf, family__texts__language="en")
        rows = rows.filter(family__texts__name__in=[head for head, *_rest in TABLE])
        found = rows.order_by("family__position", "family_position").values_list(
            "sku", "min_quantity", "family__texts__name"
        )
        expected = [
            (f"HX-933-{thread}{length}{grade}", pack, head)
            for head, thread, grade, lengths, pack in TABLE
            for length in lengths
        ]

        assert list(found) == expected
        assert Product.objects.filter(category=shelf).count() == 248
        assert FamilyText.objects.get(family__code="hx-933-8-a2", language="en").description == (
            "Hexagon head, wrench 13 mm, thread to head"
        )

    def test_is_of_the_size_of_a_real_range(self) -> None:
        assert 1900 <= Product.objects.count() <= 2200
        assert Product.objects.values("category").distinct().count() >= 40
        assert not Product.objects.filter(category__numchild__gt=0).exists()

    def test_replaced_products_name_what_follows_them(self) -> None:
        replaced = dict(Product.objects.exclude(successor=None).values_list("sku", "successor__sku"))

        assert replaced == {"GL-N7-0930": "GL-N7-0930B", "HX-931-0840P9": "HX-933-0840P9"}
        assert set(Product.objects.exclude(lifecycle="active").values_list("sku", flat=True)) == set(replaced)

    def test_every_text_stands_in_five_languages(self) -> None:
        for model, parent in ((ProductText, "product"), (CategoryText, "category"), (FamilyText, "family")):
            languages = model.objects.values(parent).annotate(count=Count("language"))  # type: ignore[attr-defined]
            assert set(languages.values_list("count", flat=True)) == {len(LANGUAGES)}
        assert all(set(names) == set(LANGUAGES) for names in Attribute.objects.values_list("names", flat=True))
        named = AttributeOption.objects.exclude(names={})
        assert all(set(names) == set(LANGUAGES) for names in named.values_list("names", flat=True))
        # What has no names reads the same everywhere: M8, EPDM, 3G1.5.
        plain = AttributeOption.objects.filter(names={}).values_list("code", flat=True)
        assert not [code for code in plain if code.isalpha() and code.lower() == code]

    def test_translations_fill_every_gap_and_leave_none(self) -> None:
        for key, texts in words().items():
            assert all(texts.values()), key
            holes = {
                language: Counter(part.split("}")[0] for part in text.split("{")[1:])
                for language, text in texts.items()
            }
            assert len({tuple(sorted(found.items())) for found in holes.values()}) == 1, key
        assert not ProductText.objects.filter(Q(name__contains="{") | Q(description__contains="{")).exists()

    def test_every_product_has_a_gtin_for_internal_use_a_weight_and_a_maker(self) -> None:
        gtins = list(ItemNumber.objects.filter(kind="gtin").values_list("code", flat=True))

        assert len(gtins) == len(set(gtins)) == Product.objects.count()
        assert all(code == clean_gtin(code) and code.startswith("20") for code in gtins)
        assert not Product.objects.filter(net_weight_g=None).exists()
        assert 18 <= Product.objects.get(sku="HX-933-0840A2").net_weight_g <= 20

    def test_a_minimum_is_a_whole_box(self) -> None:
        boxes = dict(
            PackLevel.objects.filter(unit="BX", product__sku__startswith="HX-").values_list("product__sku", "factor")
        )

        for sku, least, step in Product.objects.filter(sku__in=boxes).values_list(
            "sku", "min_quantity", "order_multiple"
        ):
            assert boxes[sku] == least == step

    def test_sizes_stand_in_engineering_order(self) -> None:
        threads = AttributeOption.objects.filter(attribute__code="thread").order_by("position")
        materials = AttributeOption.objects.filter(attribute__code="material").order_by("position")

        assert [option.code for option in threads] == [f"M{n}" for n in (3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24)]
        assert [option.code for option in materials][:4] == [
            "Stainless A2-70", "Stainless A4-80", "Steel 8.8, zinc", "Steel 10.9, plain",
        ]  # fmt: skip
        assert [
            option.code
            for option in AttributeOption.objects.filter(attribute__kind="yes_no").order_by("attribute", "position")
        ][:2] == ["yes", "no"]

    def test_uses_every_attribute_and_only_drawings_that_exist(self) -> None:
        used = set(AttributeValue.objects.values_list("attribute__code", flat=True))

        assert {layout.code for layout in layouts()} == used
        assert set(Category.objects.values_list("drawing", flat=True)) - {""} <= DRAWINGS

    def test_is_the_same_every_time(self) -> None:
        assert [item.cells() for item in items()] == [item.cells() for item in items()]
        assert Family.objects.count() == len({item.block.code for item in items() if item.block})
        assert len({item.sku for item in items()}) == len(items())


class TestAssortments:
    def test_norrvik_sees_everything_that_is_sold(self) -> None:
        assert len(sees("C-20417")) == Product.objects.filter(lifecycle="active").count()

    def test_a_food_maker_sees_of_welding_what_its_contract_opens(self) -> None:
        welding = {sku for sku in sees("C-27790") if sku.startswith("WL-")}

        assert welding == {"WL-E316-25", "WL-E316-32", "WL-HM-AD"}

    def test_fjellbygg_sees_other_goods(self) -> None:
        seen = sees("C-31058")

        assert not any(sku.startswith(("AD-ZN", "MR-")) for sku in seen)
        assert {sku for sku in seen if sku.startswith(("HY-", "HF-"))} == {"HY-2SN-10", "HY-2SN-12", "HF-S-12L"}
        assert "HX-933-0840A2" in seen


# Part number -> what the drawn pages say is free.
FREE = {
    "GL-N7-0930B": 640, "NT-934-10A2": 22_300, "HX-933-1025A2": 12_400, "HX-933-0840A2": 18_400, "TL-D338-068C": 31,
    "AB-FD125-80": 0, "HX-933-0860A2": 0, "WS-125-08A2": 120_000, "EL-H07-3G15": 2_400, "TL-CW-13": 64,
}  # fmt: skip


class TestStock:
    def test_is_what_is_drawn(self) -> None:
        products = Product.objects.filter(sku__in=FREE)
        found = availability(products)

        assert {product.sku: found[product.pk].in_stock for product in products} == FREE

    def test_every_product_has_its_place_and_most_have_goods(self) -> None:
        rows = Stock.objects.all()

        assert rows.count() == 2 * Product.objects.count()
        sold = Product.objects.filter(lifecycle="active")
        there = sold.filter(stocks__on_hand__gt=0).distinct().count()
        assert 0.9 < there / sold.count() < 0.97
        assert Receipt.objects.count() > 150
        assert broken_invariants() == []

    def test_what_runs_out_is_not_bought_again(self) -> None:
        assert not Product.objects.exclude(lifecycle="active").exclude(lead_days=None).exists()
        lead_days = Product.objects.filter(lifecycle="active").values_list("lead_days", flat=True)
        assert 6 <= min(lead_days) < max(lead_days) <= 20

    def test_forty_drills_come_in_two_parts_and_flap_discs_later(self) -> None:
        products = {row.sku: row for row in Product.objects.filter(sku__in=FREE)}
        yard = Destination.of(Address.objects.get(name="Oslo yard, gate 3"))
        drills, discs, gloves = promise_lines(
            [
                PromiseLine(products["TL-D338-068C"], Decimal(40)),
                PromiseLine(products["AB-FD125-80"], Decimal(50)),
                PromiseLine(products["GL-N7-0930B"], Decimal(12)),
            ],
            yard,
            timezone.now(),
        )

        assert [row.reason for row in (drills, discs, gloves)] == ["receipt", "receipt", "stock"]
        assert [quantity for quantity, _day in drills.parts] == [31, 9]
        assert drills.parts[0][1] == gloves.arrives_on
        assert drills.arrives_on == discs.arrives_on

    def test_what_lies_in_hamburg_comes_a_day_later(self) -> None:
        screw = Product.objects.get(sku="HX-933-0840A2")
        yard = Destination.of(Address.objects.get(name="Oslo yard, gate 3"))

        [found] = promise_lines([PromiseLine(screw, Decimal(10_000))], yard, NOW)

        assert found.parts == ((6400, date(2026, 11, 24)), (3600, date(2026, 11, 25)))


class TestDelivery:
    def options(self, number: str, **cart: Any) -> dict[str, Decimal]:
        member = Membership.objects.filter(organization__number=number).order_by("pk").first()
        assert member is not None
        address = Address.objects.get(organization=member.organization, is_default=True)
        found = delivery_options(
            buying_context(member), destination=Destination.of(address), now=timezone.now(), **cart
        )
        return {option.method.code: option.freight_net for option in found}

    def test_norrvik_s_cart_costs_what_is_drawn(self) -> None:
        assert self.options("C-20417", net=Decimal("2184.60"), weight_g=214_000)["pallet"] == 38
        assert self.options("C-20417", net=Decimal("2500.00"), weight_g=214_000)["pallet"] == 0

    def test_every_company_can_be_reached_in_its_currency(self) -> None:
        defaults = Address.objects.filter(is_default=True)
        for number, parcels_only in defaults.values_list("organization__number", "parcels_only"):
            found = self.options(number, net=Decimal(100), weight_g=8_000)

            assert "parcel" in found, number
            assert ("pallet" in found) is not parcels_only, number
            assert found["parcel"] > 0

    def test_norrvik_books_on_four_cost_centers(self) -> None:
        centers = CostCenter.objects.filter(organization__number="C-20417")

        assert dict(centers.values_list("code", "name")) == {
            "410": "Hull workshop", "415": "Safety", "420": "Engine", "430": "Bergen yard",
        }  # fmt: skip


class TestOrders:
    def test_a_year_of_them_is_in_every_state(self) -> None:
        states = Counter(Order.objects.values_list("state", flat=True))

        assert 130 <= states.total() <= 170
        assert set(states) == set(Order.State.values)

    def test_those_of_the_last_weeks_are_the_drawn_ones(self) -> None:
        numbers = [f"SO-{number}" for number, *_rest in table(ORDERS)]
        rows = Order.objects.filter(number__in=numbers).annotate(line_count=Count("lines"))
        found = rows.order_by("placed_at").values_list("number", "po_number", "line_count", "goods_net")

        assert list(found) == [
            (f"SO-{number}", po_number, int(lines), Decimal(net))
            for number, _days, _name, po_number, _address, lines, net, _end in table(ORDERS)
        ]
        assert Order.objects.filter(organization__number="C-20417").order_by("-placed_at")[0].number == "SO-48812"
        assert Counter(rows.values_list("state", flat=True)) == {"closed": 8, "confirmed": 2, "cancelled": 1}

    def test_all_numbers_are_the_same_whatever_the_server_s_secret(self) -> None:
        for model, series in SERIES.items():
            numbers = random.Random(series).sample(range(10_000, 100_000), 600)
            drawn = {int(number) for number, *_rest in table(ORDERS)} if model is Order else set()
            found = {int(number[3:]) for number in model.objects.values_list("number", flat=True)} - drawn

            left = [number for number in numbers if number not in drawn]
            assert found == set(left[: len(found)])
            assert all(row.number == f"{series}-{scatter(series, row.pk)}" for row in model.objects.all())

    def test_an_order_after_the_demo_gets_a_number_of_its_own(self) -> None:
        assert next_id(Order) > Order.objects.order_by("-pk")[0].pk

    def test_nobody_unloads_on_a_sunday(self) -> None:
        sent = Shipment.objects.filter(state=Shipment.State.DELIVERED)

        assert sent.exists()
        assert not sent.filter(delivered_at__iso_week_day__gte=6).exists()
        assert not sent.filter(delivered_at__gt=timezone.now()).exists()

    def test_deliveries_of_this_week_are_still_to_come(self) -> None:
        today = timezone.localdate()
        found = arrivals(Membership.objects.get(user__email="mira@norrvik.example"), today + timedelta(days=9))

        assert [(row.order.number, row.lines) for row in found if row.day > today] == [
            ("SO-48812", 4), ("SO-48812", 3), ("SO-48790", 4), ("SO-48812", 2),
        ]  # fmt: skip
        assert all(row.day > today for row in found)

    def test_what_lies_open_today_is_what_is_drawn(self) -> None:
        yard = Cart.objects.get(name="Yard week 48")
        assert yard.last_total == Decimal("2184.60")
        days = yard.lines.order_by("pk").values_list("requested_date", flat=True)
        soon, late = wanted(timezone.localdate()).values()
        assert list(days) == [soon] * 12 + [None, late]
        assert timezone.localdate() < soon < late
        waiting = Request.objects.filter(state=Request.State.PENDING).order_by("submission__goods_net")
        assert list(waiting.values_list("requester__user__name", "submission__goods_net")) == [
            ("Omar", Decimal("1920.00")), ("Lena", Decimal("6120.00")),
        ]  # fmt: skip
        sent = Submission.objects.filter(cart__name="Safety stock, dock 2").order_by("created_at")
        assert list(sent.values_list("goods_net", flat=True)) == [Decimal("1884.50"), Decimal("1920.00")]
        assert Request.objects.get(cart__name="Heated jackets").state == Request.State.REJECTED

    def test_seven_lists_can_be_bought_from(self) -> None:
        found = PurchasingList.objects.annotate(line_count=Count("lines")).order_by("pk")
        named = [(name, int(lines), title.replace("_", " ")) for name, lines, _total, title in table(LISTS)]

        assert [(row.owner.label.lower(), row.line_count, row.name) for row in found] == named
        assert all(row.is_shared for row in found)
        mira = Membership.objects.get(user__email="mira@norrvik.example")
        today = timezone.localdate()
        rows = glances(mira, buying_context(mira), catalog_tree(), list(found), today)
        assert [row.total for row in rows] == [Decimal(total) for _name, _lines, total, _title in table(LISTS)]

    def test_the_company_s_credit_is_used_as_drawn(self) -> None:
        credit = company_credit(Organization.objects.get(number="C-20417"))

        assert credit is not None
        assert credit.available is not None
        assert abs(credit.available - Decimal("31450.00")) <= Decimal("0.01")

    def test_months_are_used_by_the_drawn_orders_alone(self) -> None:
        """More than the people page draws: the orders that are drawn for the month come to more."""
        used: dict[str, Decimal] = defaultdict(Decimal)
        today = timezone.localdate()
        for sketch in sketches(timezone.now()):
            if sketch.end != "canceled" and (sketch.then.year, sketch.then.month) == (today.year, today.month):
                used[sketch.buyer.label] += Decimal(sketch.net)
        mira = Membership.objects.get(user__email="mira@norrvik.example")
        found = used_in_month(mira, today)

        names = dict(Membership.objects.values_list("pk", "user__name"))
        assert {names[pk]: amount for pk, amount in found.items() if amount} == used


class TestCompanies:
    def test_each_has_a_contract_limits_and_rules_of_its_own(self) -> None:
        assert Agreement.objects.values("organization").distinct().count() == 8
        assert Agreement.objects.values("number").distinct().count() == 8
        assert Policy.objects.values("organization").distinct().count() == 8
        limited = Membership.objects.filter(order_limit__isnull=False).values("organization").distinct()
        assert limited.count() == 8
        assert Organization.objects.filter(po_number_required=True).count() == 1

    def test_one_person_belongs_to_two(self) -> None:
        twice = User.objects.annotate(companies=Count("memberships")).filter(companies__gt=1)

        assert [person.email for person in twice] == ["jonas@hansewerft.example"]

    def test_norrvik_calls_parts_by_its_own_numbers(self) -> None:
        own = dict(CustomerItemCode.objects.values_list("code", "product__sku"))

        assert own["NV-10442"] == "HX-933-0840A2"
        assert Invitation.objects.get().email == "ines@norrvik.example"


# The mark is what makes a database of the tests where this file runs alone; on each test it would check all constraints
# of the demo again.
@pytest.mark.django_db
def test_goes_into_an_empty_database_only() -> None:
    companies = Organization.objects.count()

    with pytest.raises(CommandError, match="empty"):
        call_command("load_demo")

    assert Organization.objects.count() == companies == 8
