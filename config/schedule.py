"""What runs by the clock: name, task, when. The beat process reads this table and nothing else."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    # Makes up for wake-ups that were lost with Redis, and takes back deliveries of workers that died.
    "sweep outbox": {"task": "apps.activity.tasks.dispatch", "schedule": timedelta(seconds=5)},
    # At night, one after the other: each deletes what its app keeps for a while only.
    "clean deliveries": {"task": "apps.activity.tasks.clean", "schedule": crontab(hour="1", minute="10")},
    "clean sessions": {"task": "apps.accounts.tasks.clean", "schedule": crontab(hour="1", minute="20")},
    "clean invitations": {"task": "apps.orgs.tasks.clean", "schedule": crontab(hour="1", minute="30")},
    "clean quick rows": {"task": "apps.orders.tasks.clean", "schedule": crontab(hour="1", minute="40")},
}
