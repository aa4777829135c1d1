"""Quick order: rows judged one by one, mended in place, and put into the cart together."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.models import AssortmentRule, CustomerItemCode, ItemNumber, PackLevel, Product
from apps.catalog.queries.tree import catalog_tree
from apps.orders.actions.save_list import save_list
from apps.orders.actions.save_quick_rows import save_quick_rows
from apps.orders.models import CartLine, QuickRow
from apps.orders.queries.quick import quick_rows
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from apps.shop.queries.quick import JudgedRow, State, judge_rows
from tests.factories import NOW, Market, fill_cart, make_product, open_market
from tests.workbooks import pack, rows_xml

SignIn = Callable[[Any], Client]
DAY = date(2026, 11, 23)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def market(db: None) -> Market:
    market = open_market()
    Product.objects.filter(pk=market.screw.pk).update(min_quantity=100, order_multiple=50)
    PackLevel.objects.create(product=market.screw, unit="BX", factor=Decimal(200))
    return market


def judged(member: Membership, *rows: tuple[str, str]) -> list[JudgedRow]:
    save_quick_rows(actor=member, rows=rows, now=NOW)
    return judge_rows(buying_context(member), catalog_tree(), quick_rows(member), DAY)


def words(row: JudgedRow) -> str:
    return " ".join(note.message % note.words for note in row.notes)


class TestJudging:
    def test_a_known_number_with_a_good_quantity_is_ready(self, mira: Membership, market: Market) -> None:
        [row] = judged(mira, ("hx 933 0840 a2", "2 box"))

        assert (row.state, row.product, row.quantity, row.notes) == (State.READY, market.screw, Decimal(400), ())

    def test_a_quantity_is_rounded_and_the_one_below_offered(self, mira: Membership, market: Market) -> None:
        [row] = judged(mira, ("HX-933-0840A2", "130"))

        assert (row.state, row.quantity, row.lower) == (State.ADJUSTED, Decimal(150), Decimal(100))
        assert "130 rounded up to 150" in words(row)

    @pytest.mark.parametrize(
        ("quantity", "reason"),
        [("", "missing"), ("0", "more than 0"), ("many", "not a quantity"), ("100.5", "whole units"),
         ("2 pallets", "does not come in"), ("99999999", "At most")],
    )  # fmt: skip
    def test_a_quantity_that_is_none_needs_the_person(
        self, quantity: str, reason: str, mira: Membership, market: Market
    ) -> None:
        [row] = judged(mira, ("HX-933-0840A2", quantity))

        assert (row.state, row.product) == (State.OPEN, market.screw)
        assert reason in words(row)

    def test_a_misread_number_gets_the_right_one_offered(self, mira: Membership, market: Market) -> None:
        [row, far] = judged(mira, ("HX-933-084OA2", "100"), ("ZZ-99", "1"))

        assert [pick.product for pick in row.picks] == [market.screw]
        assert row.picks[0].name == "Hex screw M8×40"
        assert words(row) == "No such part. Letter O instead of zero?"
        assert (far.state, far.picks) == (State.OPEN, ())

    def test_near_numbers_are_offered(self, mira: Membership, market: Market) -> None:
        [row] = judged(mira, ("HX-933-840A2", "100"))

        assert [pick.product for pick in row.picks] == [market.screw]

    def test_two_parts_of_one_number_are_a_choice(self, mira: Membership, market: Market) -> None:
        for product in (market.screw, market.gloves):
            ItemNumber.objects.create(product=product, kind="mpn", code="77", code_key="77")

        [row] = judged(mira, ("77", "1"))

        assert (row.state, len(row.picks)) == (State.OPEN, 2)
        assert "2 parts carry" in words(row)

    def test_old_numbers_and_successors_are_told(self, mira: Membership, market: Market) -> None:
        ItemNumber.objects.create(product=market.gloves, kind="old", code="GL-OLD", code_key="GLOLD")
        shelf = market.screw.category
        make_product(shelf, "HX-OLD", lifecycle="discontinued", successor=market.screw)
        make_product(shelf, "HX-GONE", lifecycle="discontinued")

        renumbered, replaced, gone = judged(mira, ("gl old", "1"), ("HX-OLD", "100"), ("HX-GONE", "1"))

        assert (renumbered.state, renumbered.product) == (State.ADJUSTED, market.gloves)
        assert "GL-N7-0930B" in words(renumbered)
        assert (replaced.state, replaced.product) == (State.ADJUSTED, market.screw)
        assert words(replaced) == "Replaced by HX-933-0840A2."
        assert (gone.state, words(gone)) == (State.OPEN, "This part is not sold any more.")

    def test_rows_of_one_part_count_together(self, mira: Membership, market: Market) -> None:
        [row, other] = judged(mira, ("HX-933-0840A2", "130"), ("GL-N7-0930B", "1"), ("hx9330840a2", "120"))

        assert (row.quantity, row.state) == (Decimal(250), State.ADJUSTED)
        assert [folded.position for folded in row.folded] == [3]
        assert "With row 3" in words(row)
        assert other.product == market.gloves

    def test_hidden_goods_are_unknown_and_offered_nowhere(self, mira: Membership, market: Market) -> None:
        AssortmentRule.objects.create(effect="deny", organization=mira.organization, brand=market.gloves.brand)
        make_product(market.screw.category, "HX-OLD", lifecycle="discontinued", successor=market.gloves)

        found = judged(mira, ("GL-N7-0930B", "1"), ("GL-N7-O930B", "1"), ("GL-N7-0930", "1"), ("HX-OLD", "1"))

        assert [(row.state, row.product, row.picks) for row in found] == [(State.OPEN, None, ())] * 4

    def test_an_own_number_is_the_company_s_alone(self, mira: Membership, gus: Membership, market: Market) -> None:
        CustomerItemCode.objects.create(
            organization=mira.organization, product=market.gloves, code="NV 7", code_key="NV7"
        )

        assert judged(mira, ("nv-7", "1"))[0].product == market.gloves
        assert judged(gus, ("nv-7", "1"))[0].product is None

    def test_as_many_statements_for_one_row_as_for_hundreds(self, mira: Membership, market: Market) -> None:
        def statements() -> int:
            with CaptureQueriesContext(connection) as captured:
                judge_rows(buying_context(mira), tree, quick_rows(mira), DAY)
            return len([row for row in captured if "catalog_assortmentrule" not in row["sql"].split("WHERE")[0]])

        tree = catalog_tree()
        save_quick_rows(actor=mira, rows=[("HX-933-0840A2", "100"), ("HX-933-084OA2", "1"), ("QQ-55", "1")], now=NOW)
        few = statements()
        for number in range(300):
            make_product(market.screw.category, f"HX-A-{number}")
        save_quick_rows(actor=mira, rows=[(f"HX-A-{number}", "1") for number in range(300)], now=NOW)
        save_quick_rows(actor=mira, rows=[(f"QQ-{number}", "1") for number in range(50)], now=NOW)

        assert statements() == few <= 10


def page(client: Client) -> str:
    return client.get(reverse("shop:quick_order")).content.decode()


def take_in(client: Client, **fields: Any) -> HttpResponse:
    return client.post(reverse("shop:quick_rows"), fields)


class TestPage:
    def test_without_scripts_from_paste_to_cart(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        client = sign_in(mira)

        response = take_in(client, text="Part no.\tQty\nHX-933-0840A2\t130\nGL-N7-0930B\t2\nNOPE\t1")
        assert (response.status_code, response["Location"]) == (303, reverse("shop:quick_order"))
        html = page(client)
        assert html.index("NOPE") < html.index("HX-933-0840A2") < html.index("GL-N7-0930B")
        assert "1 ready" in html
        assert "1 adjusted" in html
        assert "1 needs you" in html
        # 150 at €1.50 and 2 at €10.
        assert "€245.00" in html

        response = client.post(reverse("shop:quick_lines"))
        assert response["Location"] == reverse("orders:current_cart")
        assert sorted(CartLine.objects.values_list("product__sku", "quantity")) == [
            ("GL-N7-0930B", Decimal(2)),
            ("HX-933-0840A2", Decimal(150)),
        ]
        assert [row.number for row in quick_rows(mira)] == ["NOPE"]

    @pytest.mark.parametrize(
        "upload",
        [
            SimpleUploadedFile("list.csv", b"Menge;Quantity;Part no.\nx;100;HX-933-0840A2\n"),
            SimpleUploadedFile("list.csv", b"HX-933-0840A2,100\nGL-N7-0930B,1\n"),
            SimpleUploadedFile("list.xlsx", pack({"A": rows_xml([["SKU", "Qty"], ["HX-933-0840A2", 100]])})),
        ],
    )
    def test_files_are_taken_in(
        self, upload: SimpleUploadedFile, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        upload.seek(0)

        assert take_in(sign_in(mira), file=upload).status_code == 303
        assert (quick_rows(mira)[0].number, quick_rows(mira)[0].quantity) == ("HX-933-0840A2", "100")

    @pytest.mark.parametrize(
        ("fields", "fault"),
        [
            ({"text": " "}, "Paste at least one line"),
            ({"text": "HX-1 1\n" * 2001}, "At most 2,000 rows at once"),
            ({"number": "", "quantity": ""}, "Type a part number"),
            (
                {"file": SimpleUploadedFile("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")},
                "This workbook cannot be read",
            ),
        ],
    )
    def test_what_cannot_be_read_is_told_and_kept(
        self, fields: dict[str, Any], fault: str, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        save_quick_rows(actor=mira, rows=[("HX-933-0840A2", "100")], now=NOW)

        response = take_in(sign_in(mira), **fields)

        assert response.status_code == 422
        html = response.content.decode()
        assert fault in html
        assert "HX-933-0840A2" in html
        assert QuickRow.objects.count() == 1

    @pytest.mark.parametrize(
        "upload",
        [
            SimpleUploadedFile("list.csv", b"Artikel;Bezeichnung;Menge\nHX-933-0840A2;Schraube, lang;100\n"),
            SimpleUploadedFile("list.xlsx", pack({"A": rows_xml([["", "x", "x"], ["HX-933-0840A2", "M8", 100]])})),
        ],
    )
    def test_a_file_with_wrong_or_missing_headings_asks_for_its_columns(
        self, upload: SimpleUploadedFile, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        upload.seek(0)

        asked = take_in(client, file=upload)
        assert "Which column is which?" in asked.content.decode()
        assert quick_rows(mira) == []
        table = asked.context["unclear"].text

        # No number is chosen: the question stands again.
        assert "Which column is which?" in take_in(client, table=table, number_column="9").content.decode()
        answer = {"number_column": "0", "quantity_column": "2", "is_headed": "1"}
        assert take_in(client, table=table, **answer).status_code == 303
        assert [(row.number, row.quantity) for row in quick_rows(mira)] == [("HX-933-0840A2", "100")]

    def test_a_purchasing_list_is_taken_in(
        self, mira: Membership, omar: Membership, market: Market, sign_in: SignIn
    ) -> None:
        cart = fill_cart(mira, screw=(market.screw, 150), gloves=(market.gloves, 2))
        found = save_list(actor=mira, name="Weekly", cart_uid=cart.uid, now=NOW)
        client = sign_in(mira)
        assert "Weekly, 2 lines" in page(client)

        assert take_in(client, list=str(found.uid)).status_code == 303
        assert [(row.number, row.quantity) for row in quick_rows(mira)] == [
            ("HX-933-0840A2", "150"),
            ("GL-N7-0930B", "2"),
        ]
        assert take_in(client, list="").status_code == 422
        # It is not shared, so that a colleague does not find it.
        assert take_in(sign_in(omar), list=str(found.uid)).status_code == 404
        assert quick_rows(omar) == []

    def test_htmx_gets_the_new_row_and_the_sums(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        response = sign_in(mira).post(
            reverse("shop:quick_rows"), {"number": "GL-N7-0930B", "quantity": "3"}, headers=HTMX
        )

        html = response.content.decode()
        assert html.lstrip().startswith("<tr")
        assert "autofocus" in html
        assert 'id="quick-sum" hx-swap-oob="true"' in html
        assert "€30.00" in html

    def test_rows_are_mended_in_place(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        client = sign_in(mira)
        wrong, rounded = save_quick_rows(actor=mira, rows=[("HX-933-084OA2", "100"), ("GL-N7-0930B", "2")], now=NOW)

        def mend(row: QuickRow, **fields: Any) -> str:
            url = reverse("shop:quick_row", args=[row.uid])
            return client.post(url, fields, headers=HTMX).content.decode()

        assert "You chose HX-933-0840A2" in mend(wrong, product=market.screw.uid)
        assert "No such part" in mend(wrong, product="")
        assert "Hex screw M8×40" in mend(wrong, number="HX-933-0840A2")
        assert "130 rounded up to 150" in mend(wrong, quantity="130")
        assert "rounded" not in mend(wrong, instead="100")
        assert "not a quantity" in mend(rounded, quantity="lots")
        assert "€50.00" in mend(rounded, quantity="5")

    def test_a_product_that_is_hidden_cannot_be_chosen(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        AssortmentRule.objects.create(effect="deny", organization=mira.organization, brand=market.gloves.brand)
        [row] = save_quick_rows(actor=mira, rows=[("NOPE", "1")], now=NOW)

        sign_in(mira).post(reverse("shop:quick_row", args=[row.uid]), {"product": market.gloves.uid})

        assert quick_rows(mira)[0].chosen is None

    def test_the_sum_of_twins_is_what_is_changed_and_removed(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        client = sign_in(mira)
        first, twin = save_quick_rows(actor=mira, rows=[("GL-N7-0930B", "2"), ("GL-N7-0930B", "3")], now=NOW)
        html = page(client)
        assert html.count(f'name="folded" value="{twin.uid}"') == 3
        # The next row comes behind both.
        assert '<td class="p-num p-mm m-hide">3</td>' in html

        # The first row alone was 2 already.
        fields = {"quantity": "2", "folded": str(twin.uid)}
        client.post(reverse("shop:quick_row", args=[first.uid]), fields, headers=HTMX)
        assert [row.quantity for row in quick_rows(mira)] == ["2"]

        [twin] = save_quick_rows(actor=mira, rows=[("GL-N7-0930B", "3")], now=NOW)
        fields = {"quantity": "6", "folded": str(twin.uid)}
        response = client.post(reverse("shop:quick_row", args=[first.uid]), fields, headers=HTMX)
        assert response["HX-Retarget"] == "#quick"
        assert "GL-N7-0930B" in response.content.decode()
        assert [row.quantity for row in quick_rows(mira)] == ["6"]

        [twin] = save_quick_rows(actor=mira, rows=[("GL-N7-0930B", "3")], now=NOW)
        client.post(reverse("shop:quick_row_removal", args=[first.uid]), {"folded": str(twin.uid)})
        assert quick_rows(mira) == []

    def test_nothing_ready_adds_nothing(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        save_quick_rows(actor=mira, rows=[("NOPE", "1")], now=NOW)

        assert sign_in(mira).post(reverse("shop:quick_lines")).status_code == 422
        assert not CartLine.objects.exists()
        assert QuickRow.objects.count() == 1

    def test_clearing_takes_all_away(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        save_quick_rows(actor=mira, rows=[("NOPE", "1")], now=NOW)

        sign_in(mira).post(reverse("shop:quick_clearance"))

        assert quick_rows(mira) == []

    def test_a_number_is_named_while_it_is_typed(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        client, url = sign_in(mira), reverse("shop:quick_lookup")

        assert "Nitrile gloves" in client.get(url, {"number": "gl n7 0930b"}).content.decode()
        assert "No part has this number" in client.get(url, {"number": "<zz>"}).content.decode()
        assert client.get(url, {"number": ""}).content.decode().strip() == ""

    def test_as_many_statements_for_1_row_as_for_20(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        client = sign_in(mira)
        for number in range(20):
            make_product(market.screw.category, f"HX-A-{number}")

        def statements() -> int:
            with CaptureQueriesContext(connection) as captured:
                page(client)
            return len(captured)

        save_quick_rows(actor=mira, rows=[("HX-A-0", "1")], now=NOW)
        page(client)
        one = statements()
        save_quick_rows(actor=mira, rows=[(f"HX-A-{number}", "1") for number in range(20)], now=NOW)

        assert statements() == one
