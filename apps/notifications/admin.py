from django.contrib import admin
from django.utils.translation import pgettext_lazy

from apps.activity.descriptions import sentence
from apps.core.staff import ReadOnlyAdmin
from apps.notifications.models import MailMessage, Notice


@admin.register(MailMessage)
class MailMessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "email", "what", "language", "state", "sent_at")
    list_filter = ("state", "language")
    list_select_related = ("event",)
    search_fields = ("email", "event__subject_label")
    ordering = ("-pk",)
    told = ("what",)
    exclude = ("template", "lease_until")

    @admin.display(description=pgettext_lazy("event", "What happened"))
    def what(self, message: MailMessage) -> str:
        return sentence(message.event)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "organization", "membership", "what", "read_at")
    list_filter = ("kind",)
    list_select_related = ("organization", "membership__user", "event")
    search_fields = ("event__subject_label", "membership__user__email")
    ordering = ("-pk",)
    told = ("what",)

    @admin.display(description=pgettext_lazy("event", "What happened"))
    def what(self, notice: Notice) -> str:
        return sentence(notice.event)
