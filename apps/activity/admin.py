from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from apps.activity.actions.replay_delivery import replay_delivery
from apps.activity.descriptions import sentence
from apps.activity.models import Delivery, Event
from apps.core.staff import ReadOnlyAdmin, staff_actor


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "what", "actor_label")
    list_filter = ("name",)
    search_fields = ("subject_label", "actor_label", "request_id", "name")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    told = ("what",)
    fields = (
        "what",
        "created_at",
        "actor_label",
        "subject_label",
        "payload",
        "name",
        "request_id",
    )

    @admin.display(description=pgettext_lazy("event", "What happened"))
    def what(self, event: Event) -> str:
        return sentence(event)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("what", "subscriber", "state", "attempts", "available_at")
    list_filter = ("state", "subscriber")
    list_select_related = ("event",)
    search_fields = ("subscriber", "event__subject_label", "error")
    ordering = ("-pk",)
    told = ("what",)
    fields = ("what", "event", "subscriber", "state", "attempts", "available_at", "error")
    actions: ClassVar[list[Any]] = ["replay"]

    @admin.display(description=pgettext_lazy("event", "What happened"))
    def what(self, delivery: Delivery) -> str:
        return sentence(delivery.event)

    @admin.action(description=_("Replay parked deliveries"), permissions=["change"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        actor = staff_actor(request)
        parked = list(queryset.parked())  # type: ignore[attr-defined]
        for delivery in parked:
            replay_delivery(actor=actor, delivery_id=delivery.pk, now=timezone.now())
        text = ngettext(
            "%(count)d delivery will be tried again.", "%(count)d deliveries will be tried again.", len(parked)
        )
        self.message_user(request, text % {"count": len(parked)}, messages.SUCCESS)
