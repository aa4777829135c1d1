from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.orgs.actions.move_unit import RootStays
from apps.orgs.models import Membership, Organization, OrgUnit


class UnitInUse(DomainError):
    message = _("People, units, carts or orders belong to this unit. Only an empty unit can be removed.")


@transaction.atomic
def remove_unit(*, actor: Membership, uid: UUID, now: datetime) -> OrgUnit:
    """Take a unit out of the company that nothing belongs to.

    :raises NotAllowed: the actor does not manage everybody of the company.
    :raises RootStays: it is the root.
    :raises UnitInUse: something belongs to it, or did.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    if not actor.manages_everybody:
        raise NotAllowed
    unit: OrgUnit = OrgUnit.objects.visible_to(actor).get(uid=uid)
    if unit.is_root():
        raise RootStays
    if not unit.is_leaf():
        raise UnitInUse
    try:
        OrgUnit.objects.filter(pk=unit.pk).delete()
    except (ProtectedError, IntegrityError) as error:
        # The second when somebody put something there at this very moment.
        raise UnitInUse from error
    organization.bump()
    record_event(
        "orgs.unit_removed",
        actor=actor,
        subject=unit,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return unit
