from django.urls import reverse
from django.utils import timezone

from apps.activity.models import Event
from apps.activity.tasks import subscriber
from apps.notifications.actions.send_mail import send_mail
from apps.orgs.models import Invitation


@subscriber
def mail_invitation(*, event_id: int) -> None:
    """Send the link to the invited; an invitation that is not open any more sends nothing."""
    event = Event.objects.get(pk=event_id)
    invitation = Invitation.objects.select_related("organization", "invited_by__user", "role").get(
        uid=event.subject_uid
    )
    if invitation.state != Invitation.State.SENT:
        return
    send_mail(
        event=event,
        email=invitation.email,
        template="orgs/invitation",
        language=invitation.organization.language,
        context={
            "invitation": invitation,
            "path": reverse("orgs:invitation", args=[invitation.uid, invitation.token]),
        },
        now=timezone.now(),
    )
