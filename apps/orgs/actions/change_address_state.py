from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import IllegalTransition, NotAllowed
from apps.orgs.models import Address, Membership, Organization


@transaction.atomic
def change_address_state(*, actor: Membership, uid: UUID, state: str, now: datetime) -> Address:
    """Block an address for new orders, or open it again; documents keep what they were sent to.

    :raises NotAllowed: the actor may not change addresses.
    :raises IllegalTransition: it is in this state already.
    """
    if not actor.may("company.addresses"):
        raise NotAllowed
    organization = Organization.objects.visible_to(actor).locked().get()
    address = Address.objects.visible_to(actor).locked().get(uid=uid)
    if address.state == state:
        raise IllegalTransition
    address.state = state
    address.is_default = False
    address.save(update_fields=["state", "is_default"])
    organization.bump()
    record_event(
        "orgs.address_blocked" if state == Address.State.BLOCKED else "orgs.address_opened",
        actor=actor,
        subject=address,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return address
