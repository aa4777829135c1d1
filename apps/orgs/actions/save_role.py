import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.core.permissions import REGISTRY
from apps.orgs.actions.change_member import LastAdmin
from apps.orgs.models import Membership, Organization, Role, RoleGrant
from apps.orgs.queries import admins
from apps.orgs.rules import scopes_of

MOST_ROLES = 50
# Behind the built-in ones.
POSITION = 100


class RoleNameTaken(DomainError):
    message = _("There is a role with this name already.")
    field = "name"


class RoleImpossible(DomainError):
    message = _("A role needs at least one right, and each right only as far as it can reach.")


class TooManyRoles(DomainError):
    message = _("This company has as many roles of its own as it can have.")


@transaction.atomic
def save_role(
    *, actor: Membership, name: str, grants: Mapping[str, str], now: datetime, code: str | None = None
) -> Role:
    """Add a role of the company's own, or change the one with this code for all who hold it.

    `grants` says for each permission how far it reaches (RoleGrant.Scope) from the unit at which the role is held.

    :raises NotAllowed: the actor may not give every role, as only who manages everybody of the company may.
    :raises RoleNameTaken: another role that the company sees has this name.
    :raises RoleImpossible: no right, one that does not exist, or one with a scope that means nothing for it.
    :raises TooManyRoles: the company has MOST_ROLES already.
    :raises LastAdmin: nobody would be left to manage people.
    """
    organization = Organization.objects.visible_to(actor).locked().get()
    if not actor.manages_everybody:
        raise NotAllowed
    own = Role.objects.filter(organization=organization)
    if not grants or any(
        permission not in REGISTRY or scope not in scopes_of(permission) for permission, scope in grants.items()
    ):
        raise RoleImpossible
    if code is None and own.count() >= MOST_ROLES:
        raise TooManyRoles
    role = own.locked().get(code=code) if code else Role(organization=organization, position=POSITION)
    others = Role.objects.visible_to(actor).exclude(pk=role.pk)
    if name.casefold() in {other.label.casefold() for other in others}:
        raise RoleNameTaken
    role.name = name
    # Never that of a built-in role: rules of approval name those by their code.
    role.code = role.code or f"own-{secrets.token_hex(4)}"
    role.save()
    role.grants.all().delete()
    RoleGrant.objects.bulk_create(
        RoleGrant(role=role, permission=permission, scope=scope) for permission, scope in grants.items()
    )
    if not admins(actor).exists():
        raise LastAdmin
    organization.bump()
    record_event(
        "orgs.role_saved",
        actor=actor,
        subject=organization,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"role": name, "grants": dict(grants)},
    )
    return role
