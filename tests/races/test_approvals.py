from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from apps.approvals.actions.move_policy import move_policy
from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.approvals.models import Policy, PolicyQuerySet
from tests.factories import NOW, SYSTEM, OrganizationFactory, make_member

AtOnce = Callable[..., list[Any]]


class TestOrderOfRules:
    """A move counts places from where the rules stand: two at once must not count from the same."""

    @pytest.fixture
    def both_down(self, transactional_db: None, at_once: AtOnce, pause_after: Any) -> Callable[[], list[int]]:
        """Two moves of the first rule of three; the places of all three afterwards."""
        company = OrganizationFactory(legal_name="Norrvik Shipyard")
        admin = make_member(company, "Lena", "admin", "approver")
        terms = PolicyTerms("amount", Decimal(1), [{"kind": "member", "member": admin.pk}])
        rules = [save_policy(actor=SYSTEM, organization=company, terms=terms, now=NOW) for _number in range(3)]
        move = lambda: move_policy(actor=admin, uid=rules[0].uid, by=1, now=NOW)  # noqa: E731
        pause_after(PolicyQuerySet, "write")

        def run() -> list[int]:
            at_once(move, move)
            places = dict(Policy.objects.values_list("pk", "position"))
            return [places[rule.pk] for rule in rules]

        return run

    def test_two_moves_at_once_are_two_places(self, both_down: Callable[[], list[int]]) -> None:
        assert both_down() == [3, 1, 2]

    @pytest.mark.usefixtures("without_locks")
    def test_control_without_the_lock_one_is_lost(self, both_down: Callable[[], list[int]]) -> None:
        assert both_down() != [3, 1, 2]
