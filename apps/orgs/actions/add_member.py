from datetime import datetime
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError
from apps.core.permissions import Actor, StaffActor, SystemActor
from apps.orgs.models import Membership, Organization, OrgUnit, Role, RoleAssignment


class AlreadyMember(DomainError):
    message = _("This person belongs to the company already.")
    field = "email"


@transaction.atomic
def add_member(
    *,
    actor: StaffActor | SystemActor,
    organization: Organization,
    email: str,
    name: str,
    roles: list[Role],
    now: datetime,
    unit: OrgUnit | None = None,
    password: str | None = None,
    language: str = "",
    order_limit: Decimal | None = None,
    month_limit: Decimal | None = None,
    approver: Membership | None = None,
) -> Membership:
    """Put a person straight into a company, with an account of theirs or a new one whose e-mail counts as verified.

    Without a password the person signs in by e-mailed code. A new account takes `name`, `password` and `language`; one
    that exists keeps its own. Limits are net goods in the company's currency; None means no limit.

    :raises AlreadyMember: the person is in the company.
    """
    organization = Organization.objects.locked().get(pk=organization.pk)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = create_person(email=email, name=name, password=password, language=language)
    elif Membership.objects.filter(organization=organization, user=user).exists():
        raise AlreadyMember
    return join(
        actor=actor,
        organization=organization,
        user=user,
        unit=unit or OrgUnit.objects.get(organization=organization, depth=1),
        roles=roles,
        order_limit=order_limit,
        month_limit=month_limit,
        approver=approver,
        now=now,
    )


def create_person(*, email: str, name: str, password: str | None, language: str = "") -> User:
    """Open the account of a person whose e-mail address is known to be theirs."""
    user = User.objects.create_user(email, password, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def join(
    *,
    actor: Actor,
    organization: Organization,
    user: User,
    unit: OrgUnit,
    roles: list[Role],
    order_limit: Decimal | None,
    month_limit: Decimal | None,
    approver: Membership | None,
    now: datetime,
) -> Membership:
    """Write the membership with its roles, and say so in the log; inside the transaction of an action."""
    assert connection.in_atomic_block
    membership = Membership.objects.create(
        organization=organization,
        user=user,
        unit=unit,
        order_limit=order_limit,
        month_limit=month_limit,
        approver=approver,
        created_at=now,
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(organization=organization, membership=membership, unit=unit, role=role) for role in roles
    )
    organization.bump()
    record_event(
        "orgs.member_joined",
        actor=actor,
        subject=membership,
        now=now,
        audience=Audience(organization.pk, "company.log"),
        payload={"roles": [role.code for role in roles]},
    )
    return membership
