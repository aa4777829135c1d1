"""What runs by the clock: name, task, when. The beat process reads this table and nothing else."""

from datetime import timedelta
from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    # Makes up for wake-ups that were lost with Redis, and takes back deliveries of workers that died.
    "sweep outbox": {"task": "apps.activity.tasks.dispatch", "schedule": timedelta(seconds=5)},
}
