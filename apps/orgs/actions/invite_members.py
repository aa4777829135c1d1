from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.core.errors import DomainError, NotAllowed
from apps.orgs import rules
from apps.orgs.models import Invitation, Membership, Organization, OrgUnit, Role
from apps.orgs.queries import still_there


class InvitationsRefused(DomainError):
    """Some addresses cannot be invited; nobody was. `reasons` has one for each of them."""

    message = _("Nobody was invited.")

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__()
        self.reasons = reasons


@dataclass(frozen=True)
class Offer:
    """What the invited will be: one role at one unit, with a limit for each order (None: no limit)."""

    role: Role
    unit: OrgUnit
    order_limit: Decimal | None


@transaction.atomic
def invite_members(*, actor: Membership, emails: list[str], offer: Offer, now: datetime) -> list[Invitation]:
    """Send every address its own invitation, good for seven days and one use; all of them or none.

    :raises NotAllowed: the actor may not give this role at this unit.
    :raises InvitationsRefused: an address belongs to the company or has an open invitation.
    :raises IllegalTransition: the unit was removed meanwhile.
    """
    if not actor.may_give(offer.role, offer.unit):
        raise NotAllowed
    organization = Organization.objects.visible_to(actor).locked().get()
    unit = still_there(offer.unit)
    reasons: dict[str, str] = {}
    members = Membership.objects.visible_to(actor).values_list("user__email", flat=True)
    known = {email.lower() for email in members}
    Invitation.objects.visible_to(actor).expire(now)
    invited = {email.lower() for email in Invitation.objects.visible_to(actor).open().values_list("email", flat=True)}
    for email in emails:
        if email.lower() in known:
            reasons[email] = str(_("belongs to the company already"))
        elif email.lower() in invited:
            reasons[email] = str(_("has an open invitation already"))
    if reasons:
        raise InvitationsRefused(reasons)
    invitations = []
    for email in emails:
        invitation = Invitation.objects.create(
            organization=organization,
            email=email,
            role=offer.role,
            unit=unit,
            order_limit=offer.order_limit,
            invited_by=actor,
            created_at=now,
            expires_at=now + rules.INVITATION_LIFE,
        )
        record_event(
            "orgs.member_invited",
            actor=actor,
            subject=invitation,
            now=now,
            audience=Audience(organization.pk, "company.log"),
            payload={"role": offer.role.code},
        )
        invitations.append(invitation)
    return invitations
