from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.activity.actions.replay_delivery import replay_delivery
from apps.activity.models import Delivery, Event
from apps.core.staff import ReadOnlyAdmin, staff_actor


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "name", "subject_label", "actor_label", "organization_id")
    list_filter = ("name",)
    search_fields = ("subject_label", "actor_label", "request_id", "name")
    date_hierarchy = "created_at"
    ordering = ("-pk",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("event", "subscriber", "state", "attempts", "available_at")
    list_filter = ("state", "subscriber")
    list_select_related = ("event",)
    search_fields = ("subscriber", "event__subject_label", "error")
    ordering = ("-pk",)
    actions: ClassVar[list[Any]] = ["replay"]

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
