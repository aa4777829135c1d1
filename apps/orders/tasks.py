from celery import shared_task
from django.utils import timezone

from apps.orders.actions.clean_quick_rows import clean_quick_rows


@shared_task(ignore_result=True)
def clean(**_options: object) -> None:
    """Delete what nobody needs any more."""
    while clean_quick_rows(now=timezone.now()):
        pass
