from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.core.permissions import SystemActor
from apps.orgs.models import CostCenter, Membership, Organization


class CodeTaken(DomainError):
    message = _("Another cost center has this code.")


@transaction.atomic
def save_cost_center(
    *,
    actor: Membership | SystemActor,
    code: str,
    name: str,
    manager: Membership | None,
    now: datetime,
    state: str = CostCenter.State.ACTIVE,
    uid: UUID | None = None,
    organization: Organization | None = None,
) -> CostCenter:
    """Add a cost center, or change the one with this uid; a closed one takes no new orders.

    :raises NotAllowed: the actor may not change cost centers.
    :raises CodeTaken: another one has this code.
    """
    if isinstance(actor, Membership):
        if not actor.may("company.addresses"):
            raise NotAllowed
        organization = Organization.objects.visible_to(actor).locked().get()
    else:
        assert organization is not None, "The system says for which company."
        organization = Organization.objects.locked().get(pk=organization.pk)
    own = CostCenter.objects.filter(organization=organization)
    center = own.locked().get(uid=uid) if uid else CostCenter(organization=organization)
    if own.filter(code=code).exclude(pk=center.pk).exists():
        raise CodeTaken
    center.code, center.name, center.manager, center.state = code, name, manager, state
    center.save()
    organization.bump()
    record_event(
        "orgs.cost_center_saved",
        actor=actor,
        subject=center,
        now=now,
        audience=Audience(organization.pk, "company.log"),
    )
    return center
