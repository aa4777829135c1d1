from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from apps.activity.models import Event
from apps.core.querysets import LockingQuerySet


class MailMessage(models.Model):
    """One e-mail that one event owes one address; the unique pair makes it go out once, however often it is asked."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("e-mail", "waiting")
        SENT = "sent", pgettext_lazy("e-mail", "sent")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    template = models.CharField(max_length=80)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = LockingQuerySet["MailMessage"].as_manager()
    ORG_PATH = "event__organization_id"

    class Meta:
        verbose_name = pgettext_lazy("message", "e-mail")
        verbose_name_plural = pgettext_lazy("message", "e-mails")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "email"], name="mailmessage_once"),
            models.CheckConstraint(condition=models.Q(state__in=["waiting", "sent"]), name="mailmessage_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.email}"
