from celery import shared_task
from django.utils import timezone

from apps.orgs.actions.clean_invitations import clean_invitations


@shared_task(ignore_result=True)
def clean(**_options: object) -> None:
    """Delete what nobody needs any more."""
    while clean_invitations(now=timezone.now()):
        pass
