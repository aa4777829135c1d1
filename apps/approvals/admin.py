from django.contrib import admin

from apps.approvals.models import Policy, Request
from apps.core.staff import ReadOnlyAdmin


@admin.register(Request)
class RequestAdmin(ReadOnlyAdmin):
    list_display = ("number", "organization", "requester", "state", "round", "sent_at", "closed_at")
    list_filter = ("state",)
    list_select_related = ("organization", "requester__user")
    search_fields = ("number", "organization__legal_name", "requester__user__name")
    ordering = ("-pk",)


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ("organization", "position", "state")
    list_filter = ("state",)
    list_select_related = ("organization",)
    search_fields = ("organization__legal_name",)
    ordering = ("organization__legal_name", "position", "pk")
