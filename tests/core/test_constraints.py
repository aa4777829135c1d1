import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from apps.activity.models import Event
from apps.orgs.models import Membership, OrgUnit


class TestTenantForeignKey:
    def test_the_database_refuses_a_row_that_points_into_another_company(
        self, mira: Membership, gus: Membership
    ) -> None:
        with pytest.raises(IntegrityError, match="membership_approver_tenant"), transaction.atomic():
            Membership.objects.filter(pk=mira.pk).update(approver=gus)
            connection.check_constraints()

    def test_the_unit_must_be_one_of_the_own_company(self, mira: Membership, gus: Membership) -> None:
        foreign = OrgUnit.objects.get(organization=gus.organization)
        with pytest.raises(IntegrityError, match="membership_unit_tenant"), transaction.atomic():
            Membership.objects.filter(pk=mira.pk).update(unit=foreign)
            connection.check_constraints()


class TestAppendOnly:
    def test_an_event_can_neither_be_changed_nor_deleted(self, mira: Membership) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Event.objects.update(name="forged")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Event.objects.all()._raw_delete("default")

        assert Event.objects.exists()
