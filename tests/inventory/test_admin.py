from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.activity.models import Event
from apps.catalog.models import Product
from apps.core.permissions import StaffRole
from apps.inventory.models import Receipt, Stock, Warehouse
from tests.factories import expect_goods, make_staff, put_in_stock

SignIn = Callable[[Any], Client]


@pytest.fixture
def storekeeper(db: None, sign_in: SignIn, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    return sign_in(make_staff("Wim", StaffRole.WAREHOUSE))


def page(kind: str, row: Any = None) -> str:
    return reverse(f"admin:inventory_{kind}_{'change' if row else 'add'}", args=[row.pk] if row else [])


class TestWarehouse:
    FACTS = {
        "code": "OSL", "name": "Oslo", "country": "NO", "time_zone": "Europe/Oslo", "weekdays": ["0", "1", "5"],
        "closed_days": "2026-12-31\n2027-01-04",
    }  # fmt: skip

    def test_is_opened_and_changed(self, storekeeper: Client) -> None:
        storekeeper.post(page("warehouse"), self.FACTS)
        warehouse = Warehouse.objects.get()
        form = storekeeper.get(page("warehouse", warehouse)).content.decode()
        storekeeper.post(page("warehouse", warehouse), {**self.FACTS, "name": "Oslo harbor", "closed_days": ""})

        assert "2026-12-31\n2027-01-04" in form
        assert warehouse.weekdays == 0b0100011
        warehouse.refresh_from_db()
        assert (warehouse.name, warehouse.closures.count()) == ("Oslo harbor", 0)

    def test_what_is_no_day_is_refused(self, storekeeper: Client) -> None:
        response = storekeeper.post(page("warehouse"), {**self.FACTS, "closed_days": "31.12.2026"})

        assert "Write each day as 2026-12-31." in response.content.decode()
        assert not Warehouse.objects.exists()


class TestStock:
    def test_is_counted_and_changed_by_a_quantity(self, storekeeper: Client, drill: Product, oslo: Warehouse) -> None:
        facts = {"product": drill.pk, "warehouse": oslo.pk, "delta": "31", "reason": "count", "safety": "0"}
        storekeeper.post(page("stock"), facts)
        stock = Stock.objects.get()
        storekeeper.post(page("stock", stock), {"delta": "-2.5", "reason": "loss", "safety": "3"})

        stock.refresh_from_db()
        assert (stock.on_hand, stock.safety) == (Decimal("28.5"), 3)
        assert Event.objects.filter(name="inventory.stock_changed").count() == 2

    def test_its_fields_look_like_fields_and_a_piece_is_one(
        self, storekeeper: Client, drill: Product, oslo: Warehouse
    ) -> None:
        stock = put_in_stock(drill, oslo, 10)
        storekeeper.post(page("stock", stock), {"delta": "1", "reason": "count", "safety": "1"})

        form = storekeeper.get(page("stock", stock)).context["adminform"].form

        assert all("border" in form.fields[name].widget.attrs["class"] for name in ("delta", "reason", "safety"))
        assert form.initial["safety"] == "1"

    def test_a_refusal_stands_in_the_form(self, storekeeper: Client, drill: Product, oslo: Warehouse) -> None:
        stock = put_in_stock(drill, oslo, 10)

        response = storekeeper.post(page("stock", stock), {"delta": "-11", "reason": "loss", "safety": "0"})

        assert "no more than 10 can go" in response.content.decode()
        stock.refresh_from_db()
        assert stock.on_hand == 10


class TestReceipt:
    def test_is_expected_changed_and_taken_in(self, storekeeper: Client, drill: Product, oslo: Warehouse) -> None:
        facts = {"due_on": "2026-12-01", "quantity": "40"}
        storekeeper.post(page("receipt"), {**facts, "kind": "transfer", "product": drill.pk, "warehouse": oslo.pk})
        receipt = Receipt.objects.get()
        storekeeper.post(page("receipt", receipt), {**facts, "due_on": "2026-12-08"})
        storekeeper.post(page("receipt", receipt), {**facts, "receive": "15"})

        receipt.refresh_from_db()
        assert (receipt.kind, receipt.due_on, receipt.arrived) == ("transfer", date(2026, 12, 8), 15)
        assert Stock.objects.get().on_hand == 15


@pytest.mark.parametrize("kind", ["warehouse", "stock", "receipt"])
def test_sales_may_look_and_not_touch(
    kind: str, drill: Product, oslo: Warehouse, sign_in: SignIn, settings: Any
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client = sign_in(make_staff("Sal", StaffRole.SALES))
    rows = {"warehouse": oslo, "stock": put_in_stock(drill, oslo, 5), "receipt": expect_goods(drill, oslo, 5, date.max)}

    assert client.get(page(kind, rows[kind])).status_code == 200
    assert client.post(page(kind, rows[kind]), {"delta": "5"}).status_code == 403
    assert client.get(page(kind)).status_code == 403


@pytest.mark.parametrize("kind", ["warehouse", "stock", "receipt", "demand", "stockmovement"])
def test_lists_are_not_for_the_catalog_role(kind: str, sam: User, sign_in: SignIn, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client = sign_in(make_staff("Cat", StaffRole.CATALOG))

    assert client.get(reverse(f"admin:inventory_{kind}_changelist")).status_code == 403
    assert sign_in(sam).get(reverse(f"admin:inventory_{kind}_changelist") + "?q=TL").status_code == 200


def test_lists_and_records_say_5_and_not_5_000(drill: Product, oslo: Warehouse, storekeeper: Client) -> None:
    stock = put_in_stock(drill, oslo, 5)

    listed = storekeeper.get(reverse("admin:inventory_stock_changelist"), {"o": "3"}).content.decode()
    record = storekeeper.get(page("stock", stock)).content.decode()

    assert drill.sku in listed
    assert "5.000" not in listed
    assert "5.000" not in record
