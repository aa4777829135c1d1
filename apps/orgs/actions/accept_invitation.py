from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.core.permissions import PersonActor
from apps.orgs.actions.add_member import AlreadyMember, create_person, join
from apps.orgs.models import Invitation, Membership, Organization


class InvitationGone(DomainError):
    """Used, revoked, expired, never sent, or sent to somebody else: the answer is one and the same."""

    message = _("This invitation is not valid any more. Ask for a new one.")


@transaction.atomic
def accept_invitation(
    *, invitation_id: int, token: str, now: datetime, user: User | None, name: str = "", password: str = ""
) -> Membership:
    """Make the invited person a member: as `user`, who is signed in, or with a new account of this name and password.

    The link reached the address, so a new account's e-mail counts as verified.

    :raises InvitationGone: the token does not open it now, or it was sent to another address than the user's.
    :raises AlreadyMember: the person came into the company by another way meanwhile.
    """
    # The company before its rows, as whoever takes a role or a unit of it away does.
    Organization.objects.locked().get(pk__in=Invitation.objects.filter(pk=invitation_id).values("organization"))
    invitation = Invitation.objects.select_related("organization", "unit", "role").locked().get(pk=invitation_id)
    if not invitation.is_opened_by(token, now) or not invitation.organization.is_open:
        raise InvitationGone
    known = User.objects.filter(email__iexact=invitation.email).first()
    if user is None and known is None:
        user = create_person(email=invitation.email, name=name, password=password)
    elif user is None or user != known:
        raise InvitationGone
    if Membership.objects.filter(organization=invitation.organization, user=user).exists():
        raise AlreadyMember
    assert invitation.role
    invitation.state = Invitation.State.ACCEPTED
    invitation.save(update_fields=["state"])
    return join(
        actor=PersonActor(user_id=user.pk, label=str(user)),
        organization=invitation.organization,
        user=user,
        unit=invitation.unit,
        roles=[invitation.role],
        order_limit=invitation.order_limit,
        month_limit=None,
        approver=None,
        now=now,
    )
