from collections.abc import Callable

from celery import current_app, shared_task
from django.utils import timezone

from apps.activity.actions.clean_deliveries import clean_deliveries
from apps.activity.actions.fail_delivery import fail_delivery
from apps.activity.actions.finish_delivery import finish_delivery
from apps.activity.actions.lease_deliveries import lease_deliveries
from apps.activity.actions.start_delivery import start_delivery

BATCH = 200


@shared_task(ignore_result=True)
def dispatch(**_options: object) -> None:
    """Send every due delivery to its subscriber; called after commits, and by the sweep."""
    while deliveries := lease_deliveries(now=timezone.now(), limit=BATCH):
        for delivery in deliveries:
            current_app.send_task(
                delivery.subscriber, kwargs={"event_id": delivery.event_id, "delivery_id": delivery.pk}
            )


@shared_task(ignore_result=True)
def clean(**_options: object) -> None:
    """Delete what nobody needs any more."""
    while clean_deliveries(now=timezone.now()):
        pass


def subscriber(function: Callable[..., None]) -> Callable[..., None]:
    """Make a task out of a function that hears events: `def mail_approvers(*, event_id: int) -> None`.

    Success finishes the delivery; an exception puts it back for another try, later and later, and parks it in the end.
    The function runs at least once, so what it writes must be unique for the event.
    """

    def run(*, event_id: int, delivery_id: int, **_options: object) -> None:
        if not start_delivery(delivery_id=delivery_id, now=timezone.now()):
            return
        try:
            function(event_id=event_id)
        except Exception as error:
            fail_delivery(delivery_id=delivery_id, error=f"{type(error).__name__}: {error}", now=timezone.now())
            raise
        finish_delivery(delivery_id=delivery_id)

    task: Callable[..., None] = shared_task(name=f"{function.__module__}.{function.__name__}", ignore_result=True)(run)
    return task
