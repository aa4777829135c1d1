from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.orgs.actions.save_unit import MOST_LEVELS, TooDeep, check_name
from apps.orgs.models import Membership, Organization, OrgUnit


class RootStays(DomainError):
    message = _("This unit stands for the whole company. It stays where it is.")


class UnitInItself(DomainError):
    message = _("A unit cannot stand below itself.")


@transaction.atomic
def move_unit(*, actor: Membership, uid: UUID, parent_uid: UUID, now: datetime) -> OrgUnit:
    """Put a unit, with all below it, under another one; its people, carts and orders go with it.

    :raises NotAllowed: the actor does not manage everybody of the company.
    :raises RootStays: it is the root.
    :raises UnitInItself: the new place is the unit or stands below it.
    :raises NameTaken: a unit of this name stands there already.
    :raises TooDeep: the tree would become too deep.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    if not actor.manages_everybody:
        raise NotAllowed
    units = OrgUnit.objects.visible_to(actor)
    unit, parent = units.get(uid=uid), units.get(uid=parent_uid)
    if unit.is_root():
        raise RootStays
    if parent.path.startswith(unit.path):
        raise UnitInItself
    check_name(unit.name, OrgUnit.objects.get_children(parent).exclude(pk=unit.pk))
    deepest = units.filter(path__startswith=unit.path).aggregate(deepest=Max("depth"))["deepest"]
    if parent.depth + 1 + deepest - unit.depth > MOST_LEVELS:
        raise TooDeep
    OrgUnit.objects.move(unit, parent, "last-child")
    organization.bump()
    record_event(
        "orgs.unit_moved",
        actor=actor,
        subject=unit,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"to": parent.name},
    )
    moved: OrgUnit = units.get(pk=unit.pk)
    return moved
