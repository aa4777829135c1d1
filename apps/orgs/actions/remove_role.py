from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.orgs.models import Invitation, Membership, Organization, Role


class RoleInUse(DomainError):
    message = _("Somebody has this role, or is invited to it. Only a role that nobody has can be removed.")


@transaction.atomic
def remove_role(*, actor: Membership, code: str, now: datetime) -> Role:
    """Take a role of the company's own away that nobody has; invitations to it that are over keep its name.

    :raises NotAllowed: the actor does not manage everybody of the company.
    :raises RoleInUse: somebody holds it, or an open invitation names it.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    if not actor.manages_everybody:
        raise NotAllowed
    role = Role.objects.filter(organization=organization).locked().get(code=code)
    invitations = Invitation.objects.visible_to(actor).filter(role=role)
    invitations.expire(now)
    invitations.exclude(pk__in=invitations.open()).update(role=None, former_role=role.name)
    try:
        Role.objects.filter(pk=role.pk).delete()
    except ProtectedError as error:
        raise RoleInUse from error
    organization.bump()
    record_event(
        "orgs.role_removed",
        actor=actor,
        subject=organization,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"role": role.name},
    )
    return role
