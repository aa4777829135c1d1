from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from apps.activity.models import Event
from apps.activity.tasks import subscriber
from apps.notifications.actions.post_notices import post_notices
from apps.notifications.actions.send_mail import StillSending, send_mail
from apps.notifications.queries import letter_of, listeners_of, news_of
from apps.notifications.rules import FOR_THE_SUPPLIER
from apps.orgs.models import Invitation

SUPPLIER_LANGUAGE = "en"


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


@subscriber
def notify(*, event_id: int) -> None:
    """Tell everybody whom an event concerns, as they chose, and the supplier of a new order.

    An address that refuses does not keep the letter from the others: the delivery fails after the last one, and the
    next try writes only to those who did not get it.
    """
    now = timezone.now()
    news = news_of(Event.objects.get(pk=event_id))
    listeners = listeners_of(news)
    post_notices(
        event=news.event,
        kind=news.rule.kind,
        members=[listener.membership for listener in listeners if listener.by_bell],
        now=now,
    )
    letters = [
        (
            listener.membership.user.email,
            news.rule.template,
            listener.language,
            listener.membership.may("prices.view"),
        )
        for listener in listeners
        if listener.by_mail
    ]
    if own := FOR_THE_SUPPLIER.get(news.event.name):
        letters.append((settings.SUPPLIER_EMAIL, own, SUPPLIER_LANGUAGE, True))
    failures: list[Exception] = []
    for email, template, language, may_see_prices in letters:
        with translation.override(language):
            context = letter_of(news, may_see_prices=may_see_prices)
        try:
            send_mail(event=news.event, email=email, template=template, language=language, context=context, now=now)
        except (OSError, StillSending) as error:
            failures.append(error)
    if failures:
        raise failures[0]
