"""What is rendered once for the same values, and what one request reads once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.template import Context, Template
from django.utils import translation

from apps.core.memo import RequestMemo, remembering
from apps.freight.queries import Promise


def promised(day: int, language: str = "en") -> str:
    promise = Promise(date(2031, 3, 4), date(2031, 3, day), "stock")
    with translation.override(language):
        source = '{% fragment "orders/promise.html" promise=promise is_late=False %}'
        return Template(source).render(Context({"promise": promise})).strip()


class TestFragment:
    def test_says_what_an_include_says(self) -> None:
        source = (
            '{% include "components/stepper.html" with id="x" name="q" value=two step=one least=one label="A" only %}'
        )
        values = Context({"one": Decimal(1), "two": Decimal(2)})
        kept = source.replace("include", "fragment").replace(" with", "").replace(" only", "")

        assert Template(kept).render(values) == Template(source).render(values)

    def test_other_values_and_other_languages_have_their_own(self) -> None:
        assert promised(5) == '<span class="p-nowrap p-st">5 Mar 2031</span>'
        assert promised(6) == '<span class="p-nowrap p-st">6 Mar 2031</span>'
        assert "2031年3月6日" in promised(6, "zh-hans")
        assert promised(6) == '<span class="p-nowrap p-st">6 Mar 2031</span>'


@pytest.mark.django_db(transaction=True)
class TestRequestMemo:
    def test_reads_once_in_a_request_until_it_is_forgotten(self) -> None:
        memo, answers = RequestMemo[int](), iter(range(10))

        def read() -> int:
            return memo.get("key", lambda: next(answers))

        assert [read(), read()] == [0, 1]
        with remembering():
            assert [read(), read()] == [2, 2]
            with transaction.atomic():
                assert read() == 2
                memo.forget()
                assert [read(), read()] == [3, 4]
            assert [read(), read()] == [5, 5]
        assert read() == 6
