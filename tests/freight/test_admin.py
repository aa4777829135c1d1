from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.permissions import StaffRole
from apps.freight.models import DeliveryMethod, FreightRate, FreightRule, FreightZone, Route
from tests.factories import make_staff, make_warehouse
from tests.forms import said, typed
from tests.refusals import nothing_written

SignIn = Callable[[Any], Client]
KINDS = ["deliverymethod", "freightzone", "route", "freightrate", "freightrule"]


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


def add(client: Client, kind: str, facts: dict[str, Any], row: Any = None) -> None:
    name = f"admin:freight_{kind}_{'change' if row else 'add'}"
    response = client.post(reverse(name, args=[row.pk] if row else []), facts)
    assert response.status_code == 302, response.context["adminform"].form.errors


def test_the_warehouse_sets_up_a_delivery_and_changes_it(db: None, sign_in: SignIn) -> None:
    client, warehouse = sign_in(make_staff("Wim", StaffRole.WAREHOUSE)), make_warehouse()
    add(client, "deliverymethod", {"code": "pallet", "kind": "pallet", "position": "1", "is_active": "on"})
    method = DeliveryMethod.objects.get()
    add(client, "freightzone", {"code": "oslo", "country": "NO", "postal_from": "01 00", "postal_to": "12 99"})
    zone = FreightZone.objects.get()
    facts = {"warehouse": warehouse.pk, "zone": zone.pk, "method": method.pk, "cut_off": "14:00", "transit_days": "2"}
    add(client, "route", {**facts, "weekdays": ["0", "3"]})
    add(client, "route", {**facts, "weekdays": ["1"], "transit_days": "1"}, Route.objects.get())
    rate = {"method": method.pk, "zone": zone.pk, "basis": "weight", "from_value": "0", "currency": "EUR"}
    add(client, "freightrate", {**rate, "price": "38"})
    add(client, "freightrule", {"free_from": "2,500", "currency": "EUR"})

    route = Route.objects.get()
    assert (zone.postal_from, route.weekdays, route.transit_days) == ("0100", 0b0000010, 1)
    assert (FreightRate.objects.get().price, FreightRule.objects.get().free_from) == (38, 2500)


def test_two_people_do_not_lose_each_other_s_change(db: None, sign_in: SignIn) -> None:
    client = sign_in(make_staff("Wim", StaffRole.WAREHOUSE))
    add(client, "freightrule", {"free_from": "2500", "currency": "EUR"})
    rule = FreightRule.objects.get()
    url = reverse("admin:freight_freightrule_change", args=[rule.pk])
    opened = typed(client, url)
    add(client, "freightrule", {**opened, "free_from": "2600"}, rule)

    with nothing_written():
        response = client.post(url, {**opened, "free_from": "2700"})

    assert "Somebody else has changed this since" in said(response)
    assert 'value="2700"' in response.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_sales_may_look_and_set_who_pays_nothing(kind: str, db: None, sign_in: SignIn) -> None:
    client = sign_in(make_staff("Sal", StaffRole.SALES))

    assert client.get(reverse(f"admin:freight_{kind}_changelist") + "?q=x").status_code == 200
    expected = 200 if kind == "freightrule" else 403
    assert client.get(reverse(f"admin:freight_{kind}_add")).status_code == expected


@pytest.mark.parametrize("kind", KINDS)
def test_the_catalog_role_does_not_see_it(kind: str, db: None, sign_in: SignIn) -> None:
    client = sign_in(make_staff("Cat", StaffRole.CATALOG))

    assert client.get(reverse(f"admin:freight_{kind}_changelist")).status_code == 403
