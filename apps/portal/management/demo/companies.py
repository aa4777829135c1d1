"""Eight customers of four kinds in four countries, with their people."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.accounts.actions.save_staff import save_staff
from apps.accounts.models import User
from apps.core.permissions import StaffActor, StaffRole, SystemActor
from apps.orgs.actions.add_member import add_member, create_person
from apps.orgs.actions.create_organization import create_organization
from apps.orgs.models import CustomerType, Membership, Organization, PaymentTerms, Role
from apps.portal.management.demo.sign_ins import PASSWORD

SYSTEM = SystemActor(label="Demo")
STAFF = "sam@halden.example"

CUSTOMER_TYPES = {
    "shipyard": "Shipyard",
    "construction": "Construction",
    "food": "Food maker",
    "workshop": "Workshop",
}


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    roles: str
    order_limit: str | None = None
    month_limit: str | None = None
    approver: str = ""
    language: str = ""


@dataclass(frozen=True)
class Company:
    number: str
    name: str
    kind: str
    country: str
    vat_id: str
    currency: str
    net_days: int
    rank: int
    people: tuple[Person, ...]
    language: str = "en"
    po_number_required: bool = False


# VAT IDs with right check digits from ranges that no tax office gives out.
COMPANIES = (
    Company(
        "C-20417", "Norrvik Shipyard", "shipyard", "NO", "100000008 MVA", "EUR", 30, 1,
        (
            Person("Tomas", "tomas@norrvik.example", "finance"),
            Person("Dana", "dana@norrvik.example", "approver", "20000", None, "Tomas"),
            Person("Mira", "mira@norrvik.example", "buyer approver", "5000", "15000", "Dana"),
            Person("Omar", "omar@norrvik.example", "requester", "1000", "3000", "Mira"),
            Person("Lena", "lena@norrvik.example", "admin buyer", "5000", "10000", "Dana"),
        ),
    ),
    Company(
        "C-31058", "Fjellbygg", "construction", "NO", "100020009 MVA", "NOK", 30, 3,
        (
            Person("Gus", "gus@fjellbygg.example", "admin buyer approver", "40000"),
            Person("Ida", "ida@fjellbygg.example", "requester", "5000", "20000", "Gus"),
        ),
    ),
    Company(
        "C-11263", "Hanseatische Werftbedarf", "shipyard", "DE", "DE100000008", "EUR", 14, 2,
        (
            Person("Jonas", "jonas@hansewerft.example", "admin buyer approver"),
            Person("Heike", "heike@hansewerft.example", "approver finance"),
            Person("Malte", "malte@hansewerft.example", "requester", "800", "4000", "Jonas"),
        ),
    ),
    Company(
        "C-27790", "Nordseekost", "food", "DE", "DE100020009", "EUR", 30, 4,
        (
            Person("Katrin", "katrin@nordseekost.example", "admin buyer approver"),
            Person("Pjotr", "pjotr@nordseekost.example", "requester", "500", "2000", "Katrin", "ru"),
            # He looks after the workshops of both.
            Person("Jonas", "jonas@hansewerft.example", "buyer", "2500", "10000", "Katrin"),
        ),
        po_number_required=True,
    ),
    Company(
        "C-40122", "Mälardalens Verkstad", "workshop", "SE", "SE100000000801", "SEK", 30, 5,
        (
            Person("Astrid", "astrid@malarverkstad.example", "admin buyer approver"),
            Person("Erik", "erik@malarverkstad.example", "requester", "6000", "30000", "Astrid"),
        ),
    ),
    Company(
        "C-45518", "Västkust Mekaniska", "workshop", "SE", "SE100002000601", "SEK", 20, 5,
        (
            Person("Nils", "nils@vastmek.example", "admin buyer approver"),
            Person("Maja", "maja@vastmek.example", "buyer", "15000", "60000", "Nils"),
        ),
    ),
    Company(
        "C-52309", "Scheldt Marine Services", "shipyard", "BE", "BE0100000070", "EUR", 45, 2,
        (
            Person("Noor", "noor@scheldtmarine.example", "admin buyer approver", language="ar"),
            Person("Bram", "bram@scheldtmarine.example", "approver"),
            Person("Joke", "joke@scheldtmarine.example", "requester", "750", "5000", "Noor"),
        ),
    ),
    Company(
        "C-58846", "Brabant Bouw", "construction", "BE", "BE0100020064", "EUR", 30, 4,
        (
            Person("Wei", "wei@brabantbouw.example", "admin buyer approver", language="zh-hans"),
            Person("Lotte", "lotte@brabantbouw.example", "viewer finance"),
            Person("Sem", "sem@brabantbouw.example", "requester", "400", "1500", "Wei"),
        ),
    ),
)  # fmt: skip


@transaction.atomic
def load(*, now: datetime) -> None:
    """Write the companies and people as the actions would have."""
    kinds = {code: CustomerType.objects.create(code=code, name=name) for code, name in CUSTOMER_TYPES.items()}
    terms = {
        days: PaymentTerms.objects.create(code=f"net-{days}", net_days=days)
        for days in sorted({company.net_days for company in COMPANIES})
    }
    roles = {role.code: role for role in Role.objects.filter(organization=None)}
    for company in COMPANIES:
        organization = create_organization(
            actor=SYSTEM,
            number=company.number,
            legal_name=company.name,
            customer_type=kinds[company.kind],
            country=company.country,
            vat_id=company.vat_id,
            currency=company.currency,
            payment_terms=terms[company.net_days],
            language=company.language,
            priority_rank=company.rank,
            po_number_required=company.po_number_required,
            now=now,
        )
        add_people(organization, company.people, roles, now)
    person = create_person(email=STAFF, name="Sam", password=PASSWORD)
    save_staff(actor=SYSTEM, user=person, name="Sam", staff_role=StaffRole.ADMINISTRATOR, now=now)


def add_people(organization: Organization, people: tuple[Person, ...], roles: dict[str, Role], now: datetime) -> None:
    members: dict[str, Membership] = {}
    for person in people:
        members[person.name] = add_member(
            actor=SYSTEM,
            organization=organization,
            email=person.email,
            name=person.name,
            password=PASSWORD,
            language=person.language,
            roles=[roles[code] for code in person.roles.split()],
            order_limit=Decimal(person.order_limit) if person.order_limit else None,
            month_limit=Decimal(person.month_limit) if person.month_limit else None,
            approver=members.get(person.approver),
            now=now,
        )


def sam() -> StaffActor:
    """The demo's member of staff."""
    user = User.objects.get(email=STAFF)
    return StaffActor(user.pk, str(user))
