import pytest

from apps.activity.models import Event
from apps.orgs.actions.create_organization import CompanyExists, VatIdInvalid
from apps.orgs.models import OrgUnit
from tests.factories import CustomerTypeFactory, OrganizationFactory, PaymentTermsFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db


class TestCreateOrganization:
    def test_opens_the_company_with_its_root_unit_and_says_so_in_the_log(self) -> None:
        company = OrganizationFactory(legal_name="Norrvik Shipyard", vat_id="100 000 008 MVA")

        assert company.vat_id == "NO100000008MVA"
        assert OrgUnit.objects.get(organization=company).name == "Norrvik Shipyard"
        assert Event.objects.get(subject_uid=company.uid).name == "orgs.company_created"

    @pytest.mark.parametrize(
        ("country", "vat_id"), [("NO", "100000009MVA"), ("DE", "DE100000007"), ("DE", "NO100000008MVA"), ("SE", "x")]
    )
    def test_refuses_a_vat_id_that_cannot_be_one_of_the_country(self, country: str, vat_id: str) -> None:
        known = {"customer_type": CustomerTypeFactory(), "payment_terms": PaymentTermsFactory()}

        with refused(VatIdInvalid):
            OrganizationFactory(country=country, vat_id=vat_id, **known)

    def test_refuses_a_second_company_with_the_same_number_or_vat_id(self) -> None:
        OrganizationFactory(number="C-1", vat_id="100000008MVA")

        for same in ({"number": "C-1"}, {"vat_id": "NO 100000008 MVA"}):
            with refused(CompanyExists):
                OrganizationFactory(**same)
