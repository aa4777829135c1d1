from typing import Any

import pytest
from django.db import connection, models
from django.db.models import Count, F, Window
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from apps.activity.models import Event
from apps.catalog.models import Brand, Product
from apps.core.prepared import Given, GivenIds, GivenMember, PreparedQuery
from apps.orgs.models import CostCenter, Membership
from tests.factories import OrganizationFactory, make_category, make_member, make_product

pytestmark = pytest.mark.django_db


class TestPreparedQuery:
    def test_finds_what_its_queryset_finds(self) -> None:
        company, other = OrganizationFactory(), OrganizationFactory()
        mira, omar = make_member(company, "Mira", "buyer"), make_member(other, "Omar", "buyer")
        prepared = PreparedQuery(
            Membership.objects.active().filter(user=Given("user")).select_related("organization", "approver__user")
        )

        for member in (mira, omar):
            (found,) = prepared.ask(user=member.user_id)

            assert found == member
            assert model_to_dict(found) == model_to_dict(Membership.objects.get(pk=member.pk))
            assert found.organization == member.organization
        assert prepared.ask(user=0) == []

    def test_reads_related_rows_with_it_also_where_there_are_none(self) -> None:
        company = OrganizationFactory()
        dana = make_member(company, "Dana", "approver")
        mira = make_member(company, "Mira", "buyer")
        Membership.objects.filter(pk=mira.pk).update(approver=dana)
        prepared = PreparedQuery(
            Membership.objects.filter(pk=Given("pk")).select_related("organization", "approver__user")
        )

        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = [prepared.first(pk=row.pk) for row in (mira, dana)]
            read = [(row.organization.legal_name, row.approver and row.approver.user.name) for row in found if row]

        assert len(asked) == 2
        assert read == [(company.legal_name, "Dana"), (company.legal_name, None)]

    def test_a_found_row_can_be_changed_and_saved(self) -> None:
        member = make_member(OrganizationFactory(), "Mira", "buyer")
        prepared = PreparedQuery(Membership.objects.filter(pk=Given("pk")).select_related("user"))

        found = prepared.ask(pk=member.pk)[0]
        found.user.name = "Mira Dahl"
        found.user.save(update_fields=["name"])

        member.user.refresh_from_db()
        assert member.user.name == "Mira Dahl"

    def test_brings_columns_of_values_list_in_their_order(self) -> None:
        shelf = make_category("Screws")
        for number in range(3):
            make_product(shelf, f"HX-{number}", brand="Halden" if number else "Bulten")
        prepared = PreparedQuery(
            Product.objects.filter(category=Given("category"))
            .order_by("brand__name")
            .values_list("brand__name")
            .annotate(Count("pk"))
        )

        assert prepared.ask(category=shelf.pk) == [("Bulten", 1), ("Halden", 2)]

    def test_brings_what_is_annotated_and_leaves_out_what_is_not_asked_for(self) -> None:
        shelf = make_category("Screws")
        for number in range(3):
            make_product(shelf, f"HX-{number}")
        rows: models.QuerySet[Any] = Product.objects.filter(category=Given("category")).only("sku").order_by("pk")
        prepared: PreparedQuery[Any] = PreparedQuery(rows.annotate(found=Window(Count("*")), number=F("sku"))[:2])

        found = prepared.ask(category=shelf.pk)

        assert [(row.sku, row.found, row.number) for row in found] == [("HX-0", 3, "HX-0"), ("HX-1", 3, "HX-1")]
        assert found[0].get_deferred_fields() >= {"lead_days", "brand_id"}

    def test_reads_json_as_django_does(self) -> None:
        company = OrganizationFactory()
        make_member(company, "Mira", "buyer")
        prepared = PreparedQuery(Event.objects.filter(organization_id=Given("organization")).order_by("pk"))

        read = [row.payload for row in prepared.ask(organization=company.pk)]

        assert read == [row.payload for row in Event.objects.filter(organization_id=company.pk).order_by("pk")]
        assert all(isinstance(payload, dict) for payload in read)

    def test_takes_lists(self) -> None:
        brands = Brand.objects.bulk_create(Brand(name=name) for name in ("Ansell", "Bulten", "Halden"))
        ids, uids = [row.pk for row in brands[:2]], [make_product(make_category("Screws"), "HX-1").uid]
        by_id = PreparedQuery(Brand.objects.filter(pk__in=GivenIds("ids")).order_by("pk"))
        by_uid = PreparedQuery(Product.objects.filter(uid__in=GivenIds("uids", models.UUIDField())))

        assert by_id.ask(ids=ids) == brands[:2]
        assert by_id.ask(ids=[]) == []
        assert [row.uid for row in by_uid.ask(uids=uids)] == uids

    def test_a_given_member_sees_what_the_member_sees(self) -> None:
        company, other = OrganizationFactory(), OrganizationFactory()
        for owner in (company, other):
            CostCenter.objects.create(organization=owner, code="4410", name="Hull")
        mira = make_member(company, "Mira", "buyer")
        prepared = PreparedQuery(CostCenter.objects.visible_to(GivenMember()))

        found = prepared.ask(organization=mira.organization_id, membership=mira.pk)

        assert found == list(CostCenter.objects.visible_to(mira))
        assert len(found) == 1

    def test_knows_when_nothing_can_be_found(self) -> None:
        prepared = PreparedQuery(Brand.objects.filter(pk__in=[], name=Given("name", models.CharField())))

        with CaptureQueriesContext(connection) as asked:
            assert prepared.ask(name="Halden") == []
        assert not asked

    def test_refuses_what_it_would_forget(self) -> None:
        with pytest.raises(ValueError, match="left to Django"):
            PreparedQuery(Membership.objects.locked())
        with pytest.raises(ValueError, match="left to Django"):
            PreparedQuery(Membership.objects.prefetch_related("assignments"))

    def test_a_value_that_nobody_tells_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            PreparedQuery(Brand.objects.filter(pk=Given("pk"))).ask()
