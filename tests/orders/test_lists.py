"""Purchasing lists: out of carts and orders, shared or not, and back into the cart."""

from decimal import Decimal

import pytest

from apps.catalog.models import AssortmentRule, Product
from apps.core.errors import NotAllowed
from apps.orders.actions.add_lines import QuantityRefused
from apps.orders.actions.add_list_to_cart import NothingToAdd, add_list_to_cart
from apps.orders.actions.change_list import change_list
from apps.orders.actions.change_list_lines import change_list_lines
from apps.orders.actions.remove_list import remove_list
from apps.orders.actions.remove_list_lines import remove_list_lines
from apps.orders.actions.save_list import NameMissing, save_list
from apps.orders.actions.take_list import ListGone
from apps.orders.models import Cart, CartLine, CurrentCart, PurchasingList, PurchasingListLine
from apps.orgs.models import CostCenter, Membership
from tests.factories import NOW, Market, fill_cart, make_category, make_product, send_cart
from tests.refusals import refused

D = Decimal


def content(found: PurchasingList) -> list[tuple[str, Decimal]]:
    return list(found.lines.order_by("pk").values_list("product__sku", "quantity"))


def in_cart() -> list[tuple[str, Decimal]]:
    return list(CartLine.objects.order_by("pk").values_list("product__sku", "quantity"))


@pytest.fixture
def restock(market: Market, mira: Membership) -> PurchasingList:
    """400 screws and 4 gloves, out of a cart that was put away since."""
    cart = fill_cart(mira, screw=(market.screw, 400), gloves=(market.gloves, 4))
    found = save_list(actor=mira, name="Restock", cart_uid=cart.uid, now=NOW)
    Cart.objects.update(state=Cart.State.ARCHIVED)
    CurrentCart.objects.update(cart=None)
    CartLine.objects.all().delete()
    return found


def share(found: PurchasingList) -> None:
    change_list(actor=found.owner, list_uid=found.uid, name=found.name, is_shared=True, now=NOW)


def deny(product: Product) -> None:
    other = make_category("Gone")
    Product.objects.filter(pk=product.pk).update(category=other)
    AssortmentRule.objects.create(effect="deny", category=other)


class TestSaving:
    def test_a_cart_becomes_a_list_of_its_products(self, restock: PurchasingList) -> None:
        assert content(restock) == [("HX-933-0840A2", D(400)), ("GL-N7-0930B", D(4))]

    def test_an_order_becomes_a_list(self, market: Market, mira: Membership) -> None:
        order = send_cart(mira, fill_cart(mira, screw=(market.screw, 400))).order
        assert order

        found = save_list(actor=mira, name="Again", order_uid=order.uid, now=NOW)

        assert content(found) == [("HX-933-0840A2", D(400))]

    def test_a_product_on_several_lines_is_there_once(self, market: Market, mira: Membership) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))
        center = CostCenter.objects.create(organization_id=mira.organization_id, code="1", name="Hull")
        CartLine.objects.create(
            organization_id=mira.organization_id, cart=cart, product=market.screw, quantity=D(100),
            cost_center=center, author=mira, changed_by=mira, created_at=NOW,
        )  # fmt: skip

        assert content(save_list(actor=mira, name="Once", cart_uid=cart.uid, now=NOW)) == [("HX-933-0840A2", D(500))]

    def test_a_list_of_a_cart_that_one_does_not_see_cannot_be_made(
        self, market: Market, mira: Membership, gus: Membership
    ) -> None:
        cart = fill_cart(mira, screw=(market.screw, 400))

        with refused(Cart.DoesNotExist):
            save_list(actor=gus, name="Theirs", cart_uid=cart.uid, now=NOW)

    def test_it_needs_a_name(self, mira: Membership) -> None:
        with refused(NameMissing):
            save_list(actor=mira, name="", now=NOW)

    def test_who_only_approves_keeps_none(self, dana: Membership) -> None:
        with refused(NotAllowed):
            save_list(actor=dana, name="Mine", now=NOW)


class TestSharing:
    def test_a_list_is_its_owners_until_it_is_shared(
        self, restock: PurchasingList, omar: Membership, gus: Membership
    ) -> None:
        assert not PurchasingList.objects.visible_to(omar).exists()

        share(restock)

        assert PurchasingList.objects.visible_to(omar).get() == restock
        assert not PurchasingList.objects.visible_to(gus).exists()

    def test_a_buyer_changes_shared_lists_and_a_requester_only_their_own(
        self, restock: PurchasingList, omar: Membership, lena: Membership, market: Market
    ) -> None:
        share(restock)

        with refused(NotAllowed):
            change_list(actor=lena, list_uid=restock.uid, name="Restock", is_shared=False, now=NOW)
        with refused(NotAllowed):
            change_list_lines(actor=omar, list_uid=restock.uid, quantities={market.screw.pk: D(1)}, now=NOW)

        change_list_lines(actor=lena, list_uid=restock.uid, quantities={market.screw.pk: D(1)}, now=NOW)
        assert content(restock)[0] == ("HX-933-0840A2", D(1))

    def test_what_one_does_not_see_cannot_be_changed(self, restock: PurchasingList, lena: Membership) -> None:
        for change in (
            lambda: remove_list(actor=lena, list_uid=restock.uid),
            lambda: change_list(actor=lena, list_uid=restock.uid, name="Mine", is_shared=True, now=NOW),
            lambda: add_list_to_cart(actor=lena, list_uid=restock.uid, now=NOW),
        ):
            with refused(ListGone):
                change()


class TestChanging:
    def test_lines_change_come_and_go(self, restock: PurchasingList, mira: Membership) -> None:
        tape = make_product(make_category("Tape"), "TP-1")
        gloves = restock.lines.get(product__sku="GL-N7-0930B")

        change_list_lines(
            actor=mira, list_uid=restock.uid, quantities={tape.pk: D(3), gloves.product_id: D(9)}, now=NOW
        )
        assert content(restock) == [("HX-933-0840A2", D(400)), ("GL-N7-0930B", D(9)), ("TP-1", D(3))]

        assert remove_list_lines(actor=mira, list_uid=restock.uid, line_uids=[gloves.uid], now=NOW) == 1
        assert content(restock) == [("HX-933-0840A2", D(400)), ("TP-1", D(3))]

    def test_a_removed_list_is_gone_with_its_lines(self, restock: PurchasingList, mira: Membership) -> None:
        remove_list(actor=mira, list_uid=restock.uid)

        assert not PurchasingList.objects.exists()
        assert not PurchasingListLine.objects.exists()


class TestAdding:
    def test_all_of_it_goes_into_the_cart(self, restock: PurchasingList, mira: Membership) -> None:
        _cart, added, left_out = add_list_to_cart(actor=mira, list_uid=restock.uid, now=NOW)

        assert (added, left_out) == (2, 0)
        assert in_cart() == [("HX-933-0840A2", D(400)), ("GL-N7-0930B", D(4))]

    def test_a_part_of_it_goes_in_other_quantities(
        self, restock: PurchasingList, mira: Membership, market: Market
    ) -> None:
        line = restock.lines.get(product=market.gloves)

        add_list_to_cart(
            actor=mira, list_uid=restock.uid, line_uids=[line.uid], quantities={market.gloves.pk: D(2)}, now=NOW
        )

        assert in_cart() == [("GL-N7-0930B", D(2))]
        assert content(restock)[1] == ("GL-N7-0930B", D(4))

    def test_a_colleague_uses_a_shared_list(self, restock: PurchasingList, omar: Membership) -> None:
        share(restock)

        cart, added, _left_out = add_list_to_cart(actor=omar, list_uid=restock.uid, now=NOW)

        assert (cart.owner, added) == (omar, 2)

    def test_what_is_not_in_the_catalog_any_more_is_left_out_and_said(
        self, restock: PurchasingList, mira: Membership, market: Market
    ) -> None:
        deny(market.gloves)

        _cart, added, left_out = add_list_to_cart(actor=mira, list_uid=restock.uid, now=NOW)

        assert (added, left_out) == (1, 1)
        assert in_cart() == [("HX-933-0840A2", D(400))]

    def test_nothing_is_added_where_nothing_is_left(
        self, restock: PurchasingList, mira: Membership, market: Market
    ) -> None:
        line = restock.lines.get(product=market.gloves)
        deny(market.gloves)

        with refused(NothingToAdd):
            add_list_to_cart(actor=mira, list_uid=restock.uid, line_uids=[line.uid], now=NOW)

    def test_one_refused_quantity_adds_nothing(self, restock: PurchasingList, mira: Membership, market: Market) -> None:
        with refused(QuantityRefused):
            add_list_to_cart(actor=mira, list_uid=restock.uid, quantities={market.gloves.pk: D(-1)}, now=NOW)
