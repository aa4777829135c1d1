from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.activity.actions.record_event import record_event
from apps.core.errors import DomainError
from apps.core.permissions import StaffActor, StaffRole, SystemActor


class AddressTaken(DomainError):
    message = _("Somebody signs in with this address already.")


class OwnRole(DomainError):
    message = _("You cannot change your own staff role or shut yourself out.")


@transaction.atomic
def save_staff(
    *,
    actor: StaffActor | SystemActor,
    user: User | None,
    name: str,
    staff_role: str,
    now: datetime,
    is_active: bool = True,
    email: str = "",
) -> User:
    """Open an account for a new person of the supplier, or change name, role and access of somebody who has one.

    A new person has no password: they sign in by e-mailed code and set one, and the admin asks for a second factor.

    :raises AddressTaken: somebody has this e-mail address.
    :raises OwnRole: administrators do not take their own rights away.
    """
    if user is None:
        if User.objects.filter(email__iexact=email).exists():
            raise AddressTaken
        user = User.objects.create_user(email, None, name=name, is_staff=bool(staff_role), staff_role=staff_role)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    else:
        user = User.objects.locked().get(pk=user.pk)
        is_same = (user.staff_role, user.is_active) == (staff_role, is_active)
        if user.pk == actor.user_id and not is_same:
            raise OwnRole
        user.name, user.staff_role, user.is_staff, user.is_active = name, staff_role, bool(staff_role), is_active
        user.save(update_fields=["name", "staff_role", "is_staff", "is_active"])
    role = str(StaffRole(staff_role).label) if staff_role else ""
    record_event("accounts.staff_saved", actor=actor, subject=user, now=now, payload={"role": role})
    return user
