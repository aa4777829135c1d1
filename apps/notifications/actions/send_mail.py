import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from apps.activity.models import Event
from apps.notifications.models import MailMessage

LEASE = timedelta(minutes=5)  # a task's hard time limit: no claim outlives its worker by more
EMPTY_LINES = re.compile(r"\n\s*\n")


class StillSending(Exception):
    """Somebody else is sending this message."""


def send_mail(
    *, event: Event, email: str, template: str, language: str, context: Mapping[str, Any], now: datetime
) -> MailMessage:
    """Write to one address what an event means for it, once, in its reader's language.

    `template` names three files below templates/email/: `_subject.txt`, `.txt` and `.html`. Nothing is held open
    while the mail server is talked to: a row is claimed first and marked after, so a crash between the two sends the
    message once more when the claim has ended, and a repeated event sends none.

    :raises StillSending: another worker has claimed it; whether it succeeds is not known yet.
    """
    message, _created = MailMessage.objects.get_or_create(
        event=event, email=email, defaults={"template": template, "language": language, "created_at": now}
    )
    own = MailMessage.objects.filter(pk=message.pk)
    if not own.unclaimed(now).update(lease_until=now + LEASE):
        message.refresh_from_db()
        if message.state == MailMessage.State.SENT:
            return message
        raise StillSending(email)
    try:
        _compose(email, template, language, context).send()
    except Exception:
        own.update(lease_until=None)
        raise
    message.state, message.lease_until, message.sent_at = MailMessage.State.SENT, None, now
    message.save(update_fields=["state", "lease_until", "sent_at"])
    return message


def _compose(email: str, template: str, language: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    with translation.override(language or settings.LANGUAGE_CODE):
        info = translation.get_language_info(translation.get_language() or "en")
        words = {
            **context,
            "supplier": {"name": settings.SUPPLIER_NAME, "phone": settings.SUPPLIER_PHONE},
            "base_url": settings.BASE_URL,
            "language": info["code"],
            "direction": "rtl" if info["bidi"] else "ltr",
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(render_to_string(f"email/{template}_subject.txt", words).split()),
            # Parts of a text that are left out leave empty lines behind.
            body=EMPTY_LINES.sub("\n\n", render_to_string(f"email/{template}.txt", words)).strip() + "\n",
            to=[email],
        )
        mail.attach_alternative(render_to_string(f"email/{template}.html", words), "text/html")
    return mail
