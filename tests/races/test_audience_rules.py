"""Two of the staff change one rule for an audience at the same moment."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model

from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.actions.save_quantity_rule import save_quantity_rule
from apps.catalog.models import Category
from apps.core.errors import ChangedMeanwhile
from apps.core.querysets import LockingQuerySet
from apps.freight.actions.save_freight_rule import save_freight_rule
from tests.factories import NOW, SYSTEM, make_category

AtOnce = Callable[..., list[Any]]
# One of the two changes; without a rule it makes one.
Change = Callable[..., Model]


def hide(shelf: Category, count: int, **seen: Any) -> Model:
    return save_assortment_rule(actor=SYSTEM, effect="deny", category=shelf, reason=str(count), now=NOW, **seen)


def sell_by(shelf: Category, count: int, **seen: Any) -> Model:
    return save_quantity_rule(actor=SYSTEM, category=shelf, order_multiple=Decimal(count), now=NOW, **seen)


def free_from(_shelf: Category, count: int, **seen: Any) -> Model:
    return save_freight_rule(actor=SYSTEM, currency="EUR", free_from=Decimal(count), now=NOW, **seen)


@pytest.fixture(params=[hide, sell_by, free_from])
def both_change(request: Any, at_once: AtOnce, pause_after: Any) -> Callable[[], list[Any]]:
    change: Change = request.param
    shelf = make_category("Screws")
    rule = change(shelf, 1)
    pause_after(LockingQuerySet, "exists")
    return lambda: at_once(*(lambda n=n: change(shelf, n, rule=rule, seen_version=1) for n in (2, 3)))


def test_the_second_is_told_that_the_first_has_changed_it(both_change: Callable[[], list[Any]]) -> None:
    results = both_change()

    [saved] = [result for result in results if isinstance(result, Model)]
    assert {type(result) for result in results} == {type(saved), ChangedMeanwhile}
    saved.refresh_from_db()
    assert saved.version == 2


@pytest.mark.usefixtures("without_locks")
def test_control_without_the_lock_one_change_is_lost(both_change: Callable[[], list[Any]]) -> None:
    assert not [result for result in both_change() if isinstance(result, Exception)]
