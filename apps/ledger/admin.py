from django.contrib import admin

from apps.core.staff import ReadOnlyAdmin
from apps.ledger.models import Account, Entry, Limit


@admin.register(Limit)
class LimitAdmin(ReadOnlyAdmin):
    list_display = ("organization", "kind", "membership", "amount", "period")
    list_filter = ("kind", "period")
    list_select_related = ("organization", "membership__user")
    search_fields = ("organization__legal_name", "membership__user__name")
    ordering = ("organization__legal_name", "kind", "pk")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("limit", "period_start", "amount", "posted", "held", "available")
    list_filter = ("limit__kind",)
    list_select_related = ("limit__membership__user",)
    search_fields = ("organization__legal_name",)
    ordering = ("-pk",)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("posting", "account", "kind", "held_delta", "held_after", "is_forced")
    list_filter = ("kind", "is_forced")
    list_select_related = ("posting", "account__limit__membership__user")
    search_fields = ("posting__key",)
    ordering = ("-pk",)
