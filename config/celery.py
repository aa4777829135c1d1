import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import SystemCheckError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portico")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def start(**_: Any) -> None:
    """Only as well set up as a web process has to be. Celery goes on after any exception but this one."""
    from apps.core.checks import refuse_to_start  # noqa: PLC0415  needs the apps

    try:
        refuse_to_start()
    except (ImproperlyConfigured, SystemCheckError) as error:
        raise SystemExit(str(error)) from error
