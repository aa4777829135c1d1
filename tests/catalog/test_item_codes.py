from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.activity.models import Event
from apps.catalog.actions.remove_item_code import remove_item_code
from apps.catalog.actions.save_item_codes import CodesClash, CodesTaken, CodeUnreadable, save_item_codes
from apps.catalog.models import AssortmentRule, CustomerItemCode
from apps.catalog.queries.search import find_number
from apps.catalog.queries.tree import catalog_tree
from apps.core.errors import NotAllowed
from apps.orgs.models import Membership
from apps.orgs.queries import buying_context
from tests.factories import NOW, Market
from tests.refusals import refused

SignIn = Callable[[Any], Client]


def kept(member: Membership) -> dict[str, str]:
    return dict(CustomerItemCode.objects.visible_to(member).values_list("code", "product__sku"))


def found(member: Membership, text: str) -> list[str]:
    today = timezone.localdate()
    return [product.sku for product in find_number(buying_context(member), catalog_tree(), text, today)]


class TestSaveItemCodes:
    def test_a_number_finds_the_product_at_once(self, mira: Membership, gus: Membership, market: Market) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves, "NV 8": market.screw}, now=NOW)

        assert found(mira, "nv-7") == [market.gloves.sku]
        assert found(gus, "nv-7") == []
        assert Event.objects.get(name="catalog.item_codes_saved").payload == {"count": 2}

    def test_one_that_names_another_product_is_moved_only_knowingly(self, mira: Membership, market: Market) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves}, now=NOW)

        with refused(CodesTaken, match=market.gloves.sku):
            save_item_codes(actor=mira, codes={"NV 8": market.screw, "nv-7": market.screw}, now=NOW)

        save_item_codes(actor=mira, codes={"nv-7": market.screw}, is_moving=True, now=NOW)
        assert kept(mira) == {"nv-7": market.screw.sku}

    def test_the_same_again_is_spelled_anew(self, mira: Membership, market: Market) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves}, now=NOW)
        save_item_codes(actor=mira, codes={"nv-7": market.gloves}, now=NOW)
        save_item_codes(actor=mira, codes={"nv 7": market.gloves}, replacing="NV7", now=NOW)

        assert kept(mira) == {"nv 7": market.gloves.sku}

    def test_one_takes_the_place_of_another(self, mira: Membership, market: Market) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves}, now=NOW)

        save_item_codes(actor=mira, codes={"NV 9": market.gloves}, replacing="NV7", now=NOW)

        assert kept(mira) == {"NV 9": market.gloves.sku}

    def test_but_not_by_taking_the_number_of_another_product(self, mira: Membership, market: Market) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves, "NV 8": market.screw}, now=NOW)

        with refused(CodesTaken):
            save_item_codes(actor=mira, codes={"nv8": market.gloves}, replacing="NV7", now=NOW)

    @pytest.mark.parametrize("code", ["", "–/–", "X" * 61])
    def test_refuses_what_cannot_be_looked_for(self, code: str, mira: Membership, market: Market) -> None:
        with refused(CodeUnreadable):
            save_item_codes(actor=mira, codes={"NV 8": market.screw, code: market.gloves}, now=NOW)

    def test_refuses_one_number_for_two_products(self, mira: Membership, market: Market) -> None:
        with refused(CodesClash):
            save_item_codes(actor=mira, codes={"NV 7": market.screw, "NV-7": market.gloves}, now=NOW)

    def test_only_who_keeps_the_lists_of_everybody_may(
        self, mira: Membership, omar: Membership, dana: Membership, market: Market
    ) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves}, now=NOW)

        for actor in (omar, dana):
            with refused(NotAllowed):
                save_item_codes(actor=actor, codes={"NV 8": market.screw}, now=NOW)
            with refused(NotAllowed):
                remove_item_code(actor=actor, key="NV7", now=NOW)

    def test_is_taken_away_by_its_own_company_alone(self, mira: Membership, gus: Membership, market: Market) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves}, now=NOW)
        with refused(CustomerItemCode.DoesNotExist):
            remove_item_code(actor=gus, key="NV7", now=NOW)

        remove_item_code(actor=mira, key="NV7", now=NOW)

        assert kept(mira) == {}


class TestPage:
    URL = "catalog:item_codes_new"

    def test_one_is_typed_changed_and_removed(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        client = sign_in(mira)
        client.post(reverse(self.URL), {"number": "gl n7 0930b", "code": "NV 7"})
        page = client.get(reverse("catalog:item_codes")).content.decode()
        assert "Nitrile gloves" in page
        assert 'value="NV 7"' in page

        client.post(reverse("catalog:item_code", args=["NV7"]), {"code": "NV 9"})
        assert kept(mira) == {"NV 9": market.gloves.sku}
        client.post(reverse("catalog:item_code_removal", args=["NV9"]))
        assert kept(mira) == {}

    @pytest.mark.parametrize("separator", ["\t", ";", ","])
    def test_a_table_is_pasted_or_uploaded(
        self, separator: str, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        rows = [("Part number", "Ours"), (market.gloves.sku, "NV 7"), (market.screw.sku, "NV 8")]
        text = "\n".join(separator.join(row) for row in rows)

        assert sign_in(mira).post(reverse(self.URL), {"text": text}).status_code == 303
        assert kept(mira) == {"NV 7": market.gloves.sku, "NV 8": market.screw.sku}

        CustomerItemCode.objects.all().delete()
        sign_in(mira).post(reverse(self.URL), {"file": SimpleUploadedFile("numbers.csv", text.encode())})
        assert kept(mira) == {"NV 7": market.gloves.sku, "NV 8": market.screw.sku}

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({}, "Type a part number"),
            ({"number": "GL-N7-0930B", "code": ""}, "needs letters or digits"),
            ({"number": "nonsense", "code": "NV 7"}, "nonsense"),
            ({"text": "GL-N7-0930B;NV 7\nnonsense;NV 8"}, "Nothing was saved"),
            ({"text": "GL-N7-0930B;NV 7\nHX-933-0840A2;NV 7"}, "two different products"),
            ({"text": "GL-N7-0930B\nHX-933-0840A2"}, "two columns"),
        ],
    )
    def test_what_is_refused_saves_nothing(
        self, data: dict[str, str], said: str, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        response = sign_in(mira).post(reverse(self.URL), data)

        assert response.status_code == 422
        assert said in response.content.decode()
        assert kept(mira) == {}

    def test_what_names_another_product_moves_only_when_it_is_ticked(
        self, mira: Membership, market: Market, sign_in: SignIn
    ) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves}, now=NOW)
        client, text = sign_in(mira), f"{market.screw.sku};NV 7"
        for data in ({"number": market.screw.sku, "code": "NV 7"}, {"text": text}):
            response = client.post(reverse(self.URL), data)
            assert response.status_code == 422
            assert f"NV 7 → {market.gloves.sku}" in response.content.decode()
        assert kept(mira) == {"NV 7": market.gloves.sku}

        client.post(reverse(self.URL), {"text": text, "is_moving": "1"})

        assert kept(mira) == {"NV 7": market.screw.sku}

    def test_hidden_goods_cannot_be_named(self, mira: Membership, market: Market, sign_in: SignIn) -> None:
        AssortmentRule.objects.create(effect="deny", organization=mira.organization, brand=market.gloves.brand)

        response = sign_in(mira).post(reverse(self.URL), {"number": market.gloves.sku, "code": "NV 7"})

        assert response.status_code == 422
        assert kept(mira) == {}

    def test_who_only_looks_sees_no_way_to_change(
        self, mira: Membership, omar: Membership, market: Market, sign_in: SignIn
    ) -> None:
        save_item_codes(actor=mira, codes={"NV 7": market.gloves}, now=NOW)
        client = sign_in(omar)

        page = client.get(reverse("catalog:item_codes")).content.decode()

        assert "NV 7" in page
        assert reverse(self.URL) not in page
        assert client.post(reverse(self.URL), {"number": market.screw.sku, "code": "NV 8"}).status_code == 403

    def test_has_more_pages_and_as_many_statements_for_many(
        self, mira: Membership, market: Market, sign_in: SignIn, statements: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save_item_codes(actor=mira, codes={"NV 0": market.gloves}, now=NOW)
        client, url = sign_in(mira), reverse("catalog:item_codes")
        client.get(url)
        few = statements(lambda: client.get(url))
        save_item_codes(actor=mira, codes={f"NV {number}": market.screw for number in range(1, 9)}, now=NOW)

        assert statements(lambda: client.get(url)) == few
        monkeypatch.setattr("apps.catalog.views.PAGE", 3)
        assert "?after=NV2" in client.get(url).content.decode()
        assert "NV 3" in client.get(url, {"after": "NV2"}).content.decode()
