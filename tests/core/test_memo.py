import pytest
from django.db import transaction

from apps.core.memo import VersionedMemo


@pytest.mark.django_db(transaction=True)
class TestVersionedMemo:
    def test_works_a_value_out_once_for_each_version(self) -> None:
        memo = VersionedMemo[int](most=10)
        calls: list[int] = []

        for version in (1, 1, 2, 1):
            memo.get(("company", version), lambda: calls.append(1) or len(calls))

        assert len(calls) == 2

    def test_keeps_nothing_of_a_transaction_that_may_roll_back(self) -> None:
        memo = VersionedMemo[str](most=10)

        with transaction.atomic():
            memo.get(("company", 1), lambda: "rights that were rolled back")

        assert memo.get(("company", 1), lambda: "rights that count") == "rights that count"

    def test_does_not_grow_for_ever(self) -> None:
        memo = VersionedMemo[int](most=3)

        for number in range(10):
            memo.get(number, lambda number=number: number)

        assert list(memo.values) == [7, 8, 9]

    def test_a_value_that_another_thread_takes_away_is_worked_out_again(self) -> None:
        class Emptied(dict):  # type: ignore[type-arg]
            def __contains__(self, key: object) -> bool:
                found = super().__contains__(key)
                self.clear()
                return found

        memo = VersionedMemo[str](most=3)
        memo.values = Emptied({1: "kept"})

        assert memo.get(1, lambda: "anew") in {"kept", "anew"}
