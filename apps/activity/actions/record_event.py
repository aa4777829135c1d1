from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from celery import Task, current_app
from django.conf import settings
from django.db import connection, transaction

from apps.activity.models import Delivery, Event
from apps.core.permissions import Actor

DISPATCH = "apps.activity.tasks.dispatch"

log = structlog.get_logger("portico.activity")


class Subject(Protocol):
    """What an event is about."""

    @property
    def uid(self) -> UUID: ...

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Audience:
    """Who of a company may see an event: members whose `permission` reaches this unit or owner."""

    organization_id: int
    permission: str
    unit_id: int | None = None
    owner_id: int | None = None


def record_event(
    name: str,
    *,
    actor: Actor,
    subject: Subject,
    now: datetime,
    audience: Audience | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Event:
    """Append a business fact and owe its subscribers their work, in the transaction of the action that calls it.

    Without an audience only staff see the event. The payload is for the log and for subscribers: small, of plain JSON
    values, no secrets.
    """
    assert connection.in_atomic_block, "An event belongs into the transaction of what it tells."
    event = Event.objects.create(
        name=name,
        organization_id=audience.organization_id if audience else None,
        unit_id=audience.unit_id if audience else None,
        owner_id=audience.owner_id if audience else None,
        permission=audience.permission if audience else "",
        actor_user_id=actor.user_id,
        actor_membership_id=actor.membership_id,
        actor_label=actor.label,
        subject_kind=type(subject).__name__.lower(),
        subject_uid=subject.uid,
        subject_label=str(subject)[:200],
        payload=dict(payload or {}),
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        created_at=now,
    )
    subscribers = settings.SUBSCRIPTIONS.get(name, ())
    Delivery.objects.bulk_create(
        Delivery(event=event, subscriber=subscriber, available_at=now) for subscriber in subscribers
    )
    if subscribers:
        transaction.on_commit(_wake_dispatcher, robust=True)
    return event


def _wake_dispatcher() -> None:
    """Only a wake-up: when Redis is away, the sweep finds the deliveries some seconds later."""
    try:
        current_app.send_task(DISPATCH, retry=False)
    except Task.OperationalError as error:
        log.warning("wake-up lost", error=str(error))
