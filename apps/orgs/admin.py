from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.fields import AmountField, weekdays_text
from apps.core.permissions import StaffActor
from apps.core.staff import SALES, ActionForm, ReadOnlyAdmin, StaffAdmin
from apps.orgs.actions.add_member import add_member
from apps.orgs.actions.change_organization import OrganizationFacts, change_organization
from apps.orgs.actions.create_organization import create_organization
from apps.orgs.models import Address, CostCenter, CustomerType, Invitation, Membership, Organization, PaymentTerms, Role


class SegmentAdmin(StaffAdmin):
    """Small tables of the supplier's own words."""

    editors = SALES

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.save()


@admin.register(CustomerType)
class CustomerTypeAdmin(SegmentAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")
    ordering = ("name",)


@admin.register(PaymentTerms)
class PaymentTermsAdmin(SegmentAdmin):
    list_display = ("code", "net_days")
    search_fields = ("code",)
    ordering = ("net_days",)


@admin.register(Organization)
class OrganizationAdmin(StaffAdmin):
    form = ActionForm
    editors = SALES
    list_display = ("number", "legal_name", "customer_type", "country", "currency", "priority_rank", "state")
    list_filter = ("state", "customer_type", "country", "currency")
    list_select_related = ("customer_type",)
    search_fields = ("number", "legal_name", "vat_id")
    autocomplete_fields = ("customer_type", "payment_terms")
    ordering = ("legal_name",)
    fields = (
        "number",
        "legal_name",
        "customer_type",
        ("country", "vat_id"),
        ("currency", "language"),
        "payment_terms",
        "priority_rank",
        "po_number_required",
        "state",
    )
    fixed: ClassVar[tuple[str, ...]] = ("number", "country", "vat_id", "currency")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fixed if obj else ("state",)

    def write(self, actor: StaffActor, form: ActionForm) -> Organization:
        values = form.cleaned_data
        if form.instance.pk:
            facts = OrganizationFacts(**values)
            return change_organization(actor=actor, organization=form.instance, facts=facts, now=timezone.now())
        return create_organization(actor=actor, now=timezone.now(), **values)


class MemberForm(ActionForm):
    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"), queryset=Role.objects.filter(organization=None), widget=forms.CheckboxSelectMultiple
    )
    order_limit = AmountField(label=_("Per order"), required=False)
    month_limit = AmountField(label=_("Per month"), required=False)

    class Meta:
        model = Membership
        fields = ("organization",)


@admin.register(Membership)
class MembershipAdmin(StaffAdmin):
    """People of customers. Staff put somebody in; what they may do is the company's own business afterwards."""

    form = MemberForm
    editors = SALES
    list_display = ("user", "organization", "state", "order_limit", "month_limit", "created_at")
    list_filter = ("state",)
    list_select_related = ("user", "organization")
    search_fields = ("user__email", "user__name", "organization__legal_name", "organization__number")
    autocomplete_fields = ("organization",)
    ordering = ("organization__legal_name", "user__name", "pk")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj:
            return ("organization", "user", "unit", "state", "order_limit", "month_limit", "approver", "created_at")
        return ("organization", "email", "name", "roles", "order_limit", "month_limit")

    def currency_of(self, row: Any) -> str:
        return str(row.organization.currency)

    def write(self, actor: StaffActor, form: ActionForm) -> Membership:
        values = {**form.cleaned_data, "roles": list(form.cleaned_data["roles"])}
        return add_member(actor=actor, now=timezone.now(), **values)


@admin.register(Address)
class AddressAdmin(ReadOnlyAdmin):
    list_display = ("name", "organization", "city", "country", "state")
    list_filter = ("state", "country")
    list_select_related = ("organization",)
    search_fields = ("name", "street", "city", "organization__legal_name")
    ordering = ("organization__legal_name", "name", "pk")
    told = ("receiving_days",)
    exclude = ("receiving_weekdays",)

    @admin.display(description=_("receiving days"))
    def receiving_days(self, address: Address) -> str:
        return weekdays_text(address.receiving_weekdays)


@admin.register(CostCenter)
class CostCenterAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "organization", "state")
    list_filter = ("state",)
    list_select_related = ("organization",)
    search_fields = ("code", "name", "organization__legal_name")
    ordering = ("organization__legal_name", "code", "pk")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "organization", "role", "state", "created_at", "expires_at")
    list_filter = ("state",)
    list_select_related = ("organization", "role")
    search_fields = ("email", "organization__legal_name")
    exclude = ("nonce",)
    ordering = ("-pk",)

    def currency_of(self, row: Any) -> str:
        return str(row.organization.currency)
