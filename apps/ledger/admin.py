from typing import Any

from django.conf import settings
from django.contrib import admin
from django.utils.translation import get_language

from apps.core.formats import money_text
from apps.core.staff import ReadOnlyAdmin
from apps.ledger.models import Account, Entry, Limit


class LedgerAdmin(ReadOnlyAdmin):
    """What the ledger keeps is money of the company's currency, until it keeps more than that."""

    def number_text(self, field: Any, row: Any) -> str:
        amount, currency = getattr(row, field.attname), row.organization.currency
        return money_text(amount, currency, get_language() or settings.LANGUAGE_CODE)


@admin.register(Limit)
class LimitAdmin(LedgerAdmin):
    list_display = ("organization", "kind", "membership", "amount", "period")
    list_filter = ("kind", "period")
    list_select_related = ("organization", "membership__user")
    search_fields = ("organization__legal_name", "membership__user__name")
    ordering = ("organization__legal_name", "kind", "pk")


@admin.register(Account)
class AccountAdmin(LedgerAdmin):
    list_display = ("organization", "limit", "period_start", "amount", "posted", "held", "available")
    list_filter = ("limit__kind",)
    list_select_related = ("organization", "limit__membership__user")
    search_fields = ("organization__legal_name",)
    ordering = ("-pk",)


@admin.register(Entry)
class EntryAdmin(LedgerAdmin):
    list_display = ("posting__created_at", "organization", "account", "kind", "held_delta", "held_after", "is_forced")
    list_filter = ("kind", "is_forced")
    list_select_related = ("organization", "posting", "account__limit__membership__user")
    search_fields = ("posting__key",)
    ordering = ("-pk",)
