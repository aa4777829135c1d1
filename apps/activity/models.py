from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.constraints import AppendOnly
from apps.core.ids import PublicIdModel
from apps.core.permissions import Member
from apps.core.querysets import LockingQuerySet


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, membership: Member) -> Self:
        """Events of documents that this member may open, told from what the event itself carries."""
        reachable = models.Q(pk__in=[])
        for code, reach in membership.grants.items():
            reachable |= models.Q(permission=code) & reach.condition(membership.membership_id or 0)
        return self.filter(models.Q(organization_id=membership.organization_id) & reachable)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class Event(PublicIdModel):
    """One business fact: audit trail, activity feed, outbox and webhook source at once. Never changed, never deleted.

    It carries ids and labels instead of foreign keys: the lowest app can log what the highest does, and old months can
    be archived without touching a key.
    """

    name = models.CharField(_("kind"), max_length=80)
    organization_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    permission = models.CharField(max_length=60, blank=True)
    actor_user_id = models.BigIntegerField(null=True)
    actor_membership_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(_("Who"), max_length=200, blank=True)
    subject_kind = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    subject_label = models.CharField(_("What it is about"), max_length=200)
    payload = models.JSONField(_("details"), default=dict)
    request_id = models.CharField(_("request ID"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("When"))

    objects = EventQuerySet.as_manager()
    TENANT_COLUMN = "organization_id"

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints: ClassVar = [AppendOnly(name="event_append_only")]
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "-created_at", "-id"], name="event_feed"),
            models.Index(fields=["subject_kind", "subject_uid", "id"], name="event_timeline"),
            # Events come in the order of time: days and months of the staff's log are found without a large index.
            BrinIndex(fields=["created_at"], name="event_created"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_label}: {self.name}"


class DeliveryQuerySet(LockingQuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        """Deliveries that wait, and those whose message or worker was lost."""
        return self.filter(
            models.Q(state=Delivery.State.WAITING, available_at__lte=now)
            | models.Q(state__in=[Delivery.State.LEASED, Delivery.State.RUNNING], lease_until__lte=now)
        )

    def parked(self) -> Self:
        return self.filter(state=Delivery.State.PARKED)


class Delivery(models.Model):
    """One subscriber owes work for one event. The unique pair makes the work happen once, however often it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "waiting")
        LEASED = "leased", pgettext_lazy("delivery", "sent to a worker")
        RUNNING = "running", pgettext_lazy("delivery", "being worked on")
        DONE = "done", pgettext_lazy("delivery", "done")
        PARKED = "parked", pgettext_lazy("delivery", "parked")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("event"))
    subscriber = models.CharField(_("task"), max_length=120)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    available_at = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "leased", "running", "done", "parked"]),
                name="delivery_state_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["available_at"],
                name="delivery_open",
                condition=models.Q(state__in=["waiting", "leased", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} ({self.state})"
