from dataclasses import asdict, dataclass
from datetime import datetime, time
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import NotAllowed
from apps.core.permissions import SystemActor
from apps.core.weekdays import MONDAY_TO_FRIDAY
from apps.orgs.models import Address, Membership, Organization


@dataclass(frozen=True)
class AddressFacts:
    """A place and what a driver must know about it. Receiving hours are local to the address; both or none.

    `receiving_weekdays` is a bit mask of core.weekdays.
    """

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    kind: str = Address.Kind.SHIP_TO
    receiving_from: time | None = None
    receiving_until: time | None = None
    receiving_weekdays: int = MONDAY_TO_FRIDAY
    has_forklift: bool = False
    needs_tail_lift: bool = False
    parcels_only: bool = False
    is_default: bool = False


@transaction.atomic
def save_address(
    *,
    actor: Membership | SystemActor,
    facts: AddressFacts,
    now: datetime,
    uid: UUID | None = None,
    organization: Organization | None = None,
) -> Address:
    """Add an address, or change the one with this uid. The first choice for deliveries is one at most.

    :raises NotAllowed: the actor may not change addresses.
    """
    if isinstance(actor, Membership):
        if not actor.may("company.addresses"):
            raise NotAllowed
        organization = Organization.objects.visible_to(actor).locked().get()
    else:
        assert organization is not None, "The system says for which company."
        organization = Organization.objects.locked().get(pk=organization.pk)
    own = Address.objects.filter(organization=organization).locked()
    address = own.get(uid=uid) if uid else Address(organization=organization)
    if facts.is_default:
        Address.objects.filter(organization=organization, is_default=True).exclude(pk=address.pk).update(
            is_default=False
        )
    for field, value in asdict(facts).items():
        setattr(address, field, value)
    address.save()
    organization.bump()
    record_event(
        "orgs.address_saved",
        actor=actor,
        subject=address,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return address
