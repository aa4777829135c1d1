from django.contrib import admin

from apps.core.staff import ReadOnlyAdmin
from apps.notifications.models import MailMessage


@admin.register(MailMessage)
class MailMessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "email", "template", "language", "state", "sent_at")
    list_filter = ("state", "template", "language")
    list_select_related = ("event",)
    search_fields = ("email", "event__subject_label")
    ordering = ("-pk",)
