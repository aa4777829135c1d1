from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.orgs.models import Membership, Organization, OrgUnit

# Of one company. The path of a tree has room for more than anybody reads.
MOST_UNITS = 2_000
MOST_LEVELS = 8


class NameTaken(DomainError):
    message = _("There is a unit with this name here already.")
    field = "name"


class TooManyUnits(DomainError):
    message = _("This company has as many units as it can have.")


class TooDeep(DomainError):
    message = _("Units cannot stand deeper than this below each other.")


@transaction.atomic
def save_unit(
    *, actor: Membership, name: str, now: datetime, uid: UUID | None = None, parent_uid: UUID | None = None
) -> OrgUnit:
    """Add a site or department below `parent_uid`, or give the unit `uid` another name.

    The lock on the company keeps two new children of one parent from taking the same place in the tree.

    :raises NotAllowed: the actor does not manage everybody of the company.
    :raises NameTaken: a unit beside it has this name.
    :raises TooDeep: the tree would become too deep.
    :raises TooManyUnits: the company has MOST_UNITS already.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    if not actor.manages_everybody:
        raise NotAllowed
    units = OrgUnit.objects.visible_to(actor)
    if uid:
        unit: OrgUnit = units.get(uid=uid)
        beside = units.none() if unit.is_root() else OrgUnit.objects.get_siblings(unit).exclude(pk=unit.pk)
        check_name(name, beside)
        unit.name = name
        unit.save(update_fields=["name"])
    else:
        parent = units.get(uid=parent_uid)
        check_name(name, OrgUnit.objects.get_children(parent))
        if parent.depth >= MOST_LEVELS:
            raise TooDeep
        if units.count() >= MOST_UNITS:
            raise TooManyUnits
        unit = OrgUnit.objects.add_child(parent, {"organization": organization, "name": name})
    organization.bump()
    record_event(
        "orgs.unit_saved",
        actor=actor,
        subject=unit,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return unit


def check_name(name: str, beside: QuerySet[OrgUnit]) -> None:
    if beside.filter(name__iexact=name).exists():
        raise NameTaken
