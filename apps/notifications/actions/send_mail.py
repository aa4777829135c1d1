import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from apps.activity.models import Event
from apps.notifications.models import MailMessage

EMPTY_LINES = re.compile(r"\n\s*\n")


def send_mail(
    *, event: Event, email: str, template: str, language: str, context: Mapping[str, Any], now: datetime
) -> MailMessage:
    """Write to one address what an event means for it, once, in its reader's language.

    `template` names three files below templates/email/: `_subject.txt`, `.txt` and `.html`. Nothing is held open
    while the mail server is talked to: a row is claimed first and marked after, so a crash between the two sends the
    message once more at the next try, and a repeated event sends none.
    """
    message, _created = MailMessage.objects.get_or_create(
        event=event, email=email, defaults={"template": template, "language": language, "created_at": now}
    )
    if message.state == MailMessage.State.SENT:
        return message
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
    mail.send()
    message.state = MailMessage.State.SENT
    message.sent_at = now
    message.save(update_fields=["state", "sent_at"])
    return message
