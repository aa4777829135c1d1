from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.approvals.models import Policy, PolicyVersion, Request
from apps.approvals.queries import change_words, people_of, sentence_of
from apps.core.staff import ReadOnlyAdmin
from apps.orders.rules import Change


@admin.register(Request)
class RequestAdmin(ReadOnlyAdmin):
    list_display = ("number", "organization", "requester", "state", "round", "sent_at", "closed_at")
    list_filter = ("state",)
    list_select_related = ("organization", "requester__user")
    search_fields = ("number", "organization__legal_name", "requester__user__name")
    ordering = ("-pk",)
    told = ("differs",)
    exclude = ("differences",)

    @admin.display(description=_("Not ordered because"))
    def differs(self, approval: Request) -> str:
        rows = [
            change_words(Change(**row), approval.organization.currency, with_prices=True)
            for row in approval.differences
        ]
        return format_html_join(mark_safe("<br>"), "{sku} {label}: {before} → {after}", rows)


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ("organization", "position", "condition", "state")
    list_filter = ("state",)
    list_select_related = ("organization",)
    search_fields = ("organization__legal_name",)
    ordering = ("organization__legal_name", "position", "pk")
    told = ("condition", "who_decides")

    def get_queryset(self, request: HttpRequest) -> Any:
        newest = PolicyVersion.objects.order_by("policy", "-number").distinct("policy")
        return super().get_queryset(request).prefetch_related(Prefetch("versions", newest))

    @admin.display(description=pgettext_lazy("approval rule", "When"))
    def condition(self, policy: Policy) -> str:
        return sentence_of(policy.versions.all()[0], {}, policy.organization.currency)[0]

    @admin.display(description=_("Who decides"))
    def who_decides(self, policy: Policy) -> str:
        company = policy.organization
        return sentence_of(policy.versions.all()[0], people_of(company), company.currency)[1]
