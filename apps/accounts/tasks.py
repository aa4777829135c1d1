from typing import Any

import structlog
from celery import shared_task
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils import timezone

from apps.accounts.actions.clean_sessions import clean_sessions

log = structlog.get_logger("portico.accounts")


@shared_task(ignore_result=True, autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def send_sign_in_mail(*, message: dict[str, Any], **_options: object) -> None:
    """Send a rendered message of the sign-in pages."""
    mail = EmailMultiAlternatives(
        subject=message["subject"], body=message["body"], from_email=message["from_email"], to=message["to"]
    )
    for content, kind in message["alternatives"]:
        mail.attach_alternative(content, kind)
    mail.send()


def hand_over(mail: EmailMessage) -> None:
    """Let a worker send it; without Redis send it here, because nobody could sign in by code otherwise."""
    message = {
        "subject": mail.subject,
        "body": mail.body,
        "from_email": mail.from_email,
        "to": list(mail.to),
        "alternatives": [list(part) for part in getattr(mail, "alternatives", [])],
    }
    try:
        send_sign_in_mail.delay(message=message)
    except send_sign_in_mail.OperationalError as error:
        log.warning("no broker, mail sent in the request", error=str(error))
        mail.send()


@shared_task(ignore_result=True)
def clean(**_options: object) -> None:
    """Delete what nobody needs any more."""
    while clean_sessions(now=timezone.now()):
        pass
