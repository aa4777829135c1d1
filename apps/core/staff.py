"""The ground of every admin page: which staff role sees and changes what, and that staff write through actions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.forms import all_valid
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold import forms as unfold_forms
from unfold.admin import ModelAdmin, TabularInline
from unfold.fields import UnfoldAdminReadonlyField
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.core.errors import ChangedMeanwhile, DomainError
from apps.core.fields import country_choices
from apps.core.formats import amount_text, percent_text, quantity_text, unit_price_text
from apps.core.permissions import StaffActor, StaffRole

EVERY_ROLE = frozenset(StaffRole.values)
SALES = frozenset({StaffRole.SALES, StaffRole.ADMINISTRATOR})
CATALOGERS = frozenset({StaffRole.CATALOG, StaffRole.ADMINISTRATOR})
STOREKEEPERS = frozenset({StaffRole.WAREHOUSE, StaffRole.ADMINISTRATOR})


def staff_actor(request: HttpRequest) -> StaffActor:
    """The person at the admin page, as the actor of an action."""
    return StaffActor(user_id=int(request.user.pk or 0), label=str(request.user))


def staff_link(url: str, text: object) -> SafeString:
    """A link on a page of the admin, looking like one."""
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', url, text)


def has_role(request: HttpRequest, roles: frozenset[str]) -> bool:
    """Whether the person at the admin page works at one of these."""
    user = request.user
    return bool(user.is_active and user.is_staff and getattr(user, "staff_role", "") in roles)


class DayInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """A day, picked with what the browser itself has for it."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value


class ClockInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """A time of day, likewise."""

    input_type = "time"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat("minutes") if isinstance(value, time) else value


# Unfold's own calendar warns of time zones, which a day has none of.
WIDGETS: dict[type[Any], dict[str, Any]] = {
    models.DateField: {"widget": DayInput},
    models.TimeField: {"widget": ClockInput},
}


class NamesInput(forms.MultiWidget):
    """A name in each language, one below the other."""

    def __init__(self) -> None:
        super().__init__(
            {
                code: UnfoldAdminTextInputWidget(attrs={"placeholder": language, "aria-label": language})
                for code, language in settings.LANGUAGES
            }
        )

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code, _language in settings.LANGUAGES]


class NamesField(forms.MultiValueField):
    """A name by language; where one is needed, it is the English one."""

    widget = NamesInput

    def __init__(self, *, required: bool = True, **options: Any) -> None:
        fields = [
            forms.CharField(max_length=120, required=required and code == "en")
            for code, _language in settings.LANGUAGES
        ]
        super().__init__(fields, require_all_fields=False, required=required, **options)

    def compress(self, names: Sequence[str]) -> dict[str, str]:
        return {code: name for (code, _language), name in zip(settings.LANGUAGES, names, strict=False) if name}


# Unfold dresses the fields of models; those that a form declares come as plain as Django makes them.
DRESSED: Mapping[type[forms.Widget], type[forms.Widget]] = {
    forms.CheckboxSelectMultiple: UnfoldAdminCheckboxSelectMultipleWidget,
    forms.EmailInput: UnfoldAdminEmailInputWidget,
    forms.NumberInput: UnfoldAdminDecimalFieldWidget,
    forms.Select: UnfoldAdminSelectWidget,
    forms.Textarea: UnfoldAdminTextareaWidget,
    forms.TextInput: UnfoldAdminTextInputWidget,
}
# What a number is, by how it is kept: amounts have two decimals, quantities three, prices and rates four.
AMOUNT_PLACES = 2
QUANTITY_PLACES = 3
# A rate is a fraction of one.
RATE_DIGITS = 5


def is_number(field: object) -> bool:
    """Whether a field keeps a decimal number, typed in or worked out."""
    return isinstance(getattr(field, "output_field", field), models.DecimalField)


def number_text(field: Any, number: Decimal, currency: str) -> str:
    """A number of a record as the portal writes it: 4 and not 4.000, 5% and not 0.0500."""
    language = get_language() or settings.LANGUAGE_CODE
    if field.decimal_places == QUANTITY_PLACES:
        return quantity_text(number, "", language)
    if field.decimal_places == AMOUNT_PLACES:
        return amount_text(number, currency, language)
    if field.max_digits == RATE_DIGITS:
        return percent_text(number, language)
    return unit_price_text(number, currency, language)


def facts_text(value: object) -> SafeString | str:
    """What a record keeps as JSON, as names with values below each other; an address as on a letter."""
    if isinstance(value, Mapping):
        if {"street", "postal_code", "city", "country"} <= value.keys():
            town = f"{value['postal_code']} {value['city']}, {value['country']}"
            return format_html("{}<br>{}<br>{}", value.get("name", ""), value["street"], town)
        rows = ((str(name).replace("_", " ").capitalize(), facts_text(part)) for name, part in value.items())
        return format_html_join("", '<div class="flex gap-3"><b class="font-medium">{}</b><div>{}</div></div>', rows)
    if isinstance(value, list | tuple):
        return format_html_join("", "<div>{}</div>", ((facts_text(part),) for part in value)) or "-"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "-" if value is None or value == "" else str(value)


class RecordField(UnfoldAdminReadonlyField):  # type: ignore[misc]
    """A field that a page of the admin only shows."""

    @property
    def is_json(self) -> bool:
        """Nothing here is code, so nothing is set as code."""
        return False

    def get_admin_url(self, remote_field: Any, remote_obj: models.Model) -> str:
        page = page_of(self.model_admin.admin_site, remote_field.model)
        if page is None:
            return str(remote_obj)
        url = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_change", args=[remote_obj.pk])
        return staff_link(url, page.label_of(remote_obj))

    def contents(self) -> SafeString:
        field, _attribute, value = self.resolved_field or (None, None, None)
        if value is not None and is_number(field) and isinstance(self.model_admin, StaffAdmin):
            return format_html("{}", self.model_admin.number_text(field, self.form.instance))
        if isinstance(field, models.JSONField | models.BooleanField):
            return format_html("{}", facts_text(value))
        shown: SafeString = super().contents()
        return shown


# Unfold puts its own in the place of Django's in the same way, and names it in its forms.
helpers.AdminReadonlyField = unfold_forms.UnfoldAdminReadonlyField = RecordField  # type: ignore[misc]


class ActionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of the admin that writes through an action: a refusal stands in the form, with all that was typed.

    The rows below it are checked first; one that is wrong says so itself, and nothing is written.
    """

    page: ClassVar["StaffAdmin"]
    request: ClassVar[HttpRequest]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.fields.get("country"), forms.CharField):
            choices = [("", ""), *country_choices()]
            self.fields["country"] = forms.ChoiceField(label=self.fields["country"].label, choices=choices)
        for name, field in self.fields.items():
            if look := DRESSED.get(type(field.widget)):
                dressed = look(attrs=field.widget.attrs)
                dressed.is_required = field.widget.is_required
                field.widget = dressed
                if isinstance(field, forms.ChoiceField):
                    field.choices = field.choices
            if field.required and str(field.label).endswith("."):
                # Otherwise Django takes the full stop of "Part no." for the end, and leaves the asterisk out.
                field.label = f"{field.label}\N{WORD JOINER}"
            value = self.initial.get(name)
            if isinstance(field, forms.DecimalField) and field.decimal_places != AMOUNT_PLACES and value is not None:
                # One piece, not 1.000 of it, which some read as a thousand.
                self.initial[name] = f"{Decimal(value).normalize():f}"

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not all_valid(self.formsets):
            return
        try:
            self.instance = self.page.write(staff_actor(self.request), self)
        except DomainError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    @property
    def formsets(self) -> list[Any]:
        found: list[Any] = self.request.formsets  # type: ignore[attr-defined]
        return found

    def rows(self, model: type[models.Model]) -> list[dict[str, Any]]:
        """What was typed into the rows of this kind, without those that are to be deleted."""
        return [form.cleaned_data for form in self.row_forms(model)]

    def row_forms(self, model: type[models.Model]) -> list[Any]:
        """The forms of these rows."""
        return [
            form
            for formset in self.formsets
            if formset.model is model
            for form in formset.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]

    def save(self, commit: bool = True) -> models.Model:  # noqa: FBT001, FBT002
        row: models.Model = self.instance
        return row

    def save_m2m(self) -> None:
        """The action has written all of it."""


class VersionedForm(ActionForm):
    """The form of a `Versioned` row: nobody saves over what they have not seen."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen_version"] = self.instance.version

    def clean(self) -> None:
        """Somebody else's change comes first: rows that they took away would only say that they are unknown."""
        super().clean()
        if self.instance.pk and self.cleaned_data.get("seen_version") != self.instance.version:
            raise forms.ValidationError(str(ChangedMeanwhile()))


class RowsFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """Rows below a form: two that say the same are refused in our words."""

    def get_unique_error_message(self, unique_check: Any) -> str:
        return _("Two rows say the same.")

    def get_form_error(self) -> str:
        return _("Another row says the same.")


def page_of(site: Any, model: type[models.Model]) -> "StaffAdmin | None":
    """The page of such rows, if they have one."""
    return site.get_model_admin(model) if site.is_registered(model) else None


class NamedChoices:
    """Of pages and rows with foreign keys: a choice reads as the page of what it points at calls it."""

    admin_site: Any

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        page = page_of(self.admin_site, db_field.related_model)
        if page is not None:
            kwargs.setdefault("queryset", page.get_queryset(request))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if page is not None:
            field.label_from_instance = page.label_of
        return field


class Rows(NamedChoices, TabularInline):  # type: ignore[misc]
    """Rows below what a page is about, written with it: whoever may change that may change them."""

    formset = RowsFormSet
    formfield_overrides = WIDGETS
    extra = 0
    hide_title = True

    @cached_property
    def page(self) -> "StaffAdmin":
        page: StaffAdmin = self.admin_site.get_model_admin(self.parent_model)
        return page

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.page.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.page.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


class List(ChangeList):
    """All rows, or those that were asked for: only the latter are told how many they are, beside all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class StaffAdmin(NamedChoices, ModelAdmin):  # type: ignore[misc]
    """A page of the admin for some staff roles. Rights hang on the role alone, never on single permissions."""

    viewers: ClassVar[frozenset[str]] = EVERY_ROLE
    editors: ClassVar[frozenset[str]] = frozenset({StaffRole.ADMINISTRATOR})
    formfield_overrides = WIDGETS
    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True
    # Whether `label_of` needs no statement for each row, so that columns of other pages can have it.
    label_is_at_hand: ClassVar[bool] = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_role(request, self.viewers | self.editors)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return has_role(request, self.viewers | self.editors)

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return has_role(request, self.editors)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return has_role(request, self.editors)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def write(self, actor: StaffActor, form: ActionForm) -> models.Model:
        """Call the action that makes or changes what the form is about, and return its row.

        :raises DomainError: the action refused; the form shows why.
        """
        raise TypeError(f"{type(self).__name__} has no action to write with.")

    def remove(self, actor: StaffActor, row: Any) -> None:
        """Call the action that takes this row away; only where `has_delete_permission` lets somebody ask for it."""
        raise TypeError(f"{type(self).__name__} has no action to remove with.")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(staff_actor(request), obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self.remove(staff_actor(request), row)

    def label_of(self, row: Any) -> str:
        """What a row is called where another one points at it; what that takes is fetched by `get_queryset`."""
        return str(row)

    def number_text(self, field: Any, row: Any) -> str:
        """What a number of this row reads as."""
        return number_text(field, getattr(row, field.attname), self.currency_of(row))

    def currency_of(self, row: Any) -> str:
        """The currency of the amounts of a row; empty where it is not known, or the reader sees it beside them."""
        return ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return List

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [self.column(name) for name in super().get_list_display(request)]

    def column(self, name: Any) -> Any:
        """A column reads as it does in the portal, and is sorted as before."""
        field: Any = next((field for field in self.opts.fields if field.name == name), None)
        page = page_of(self.admin_site, field.related_model) if field and field.is_relation else None
        if page is not None and page.label_is_at_hand:
            return self.named(field, page)
        if not is_number(field) and not isinstance(field, models.BooleanField):
            return name

        @admin.display(description=field.verbose_name, ordering=name)
        def shown(row: models.Model) -> str | None:
            value = getattr(row, name)
            if value is None:
                return None
            return self.number_text(field, row) if is_number(field) else str(facts_text(value))

        return shown

    def named(self, field: Any, page: "StaffAdmin") -> Any:
        """A column of what a foreign key points at, as the page of that calls it."""

        @admin.display(description=field.verbose_name, ordering=field.name)
        def shown(row: models.Model) -> str | None:
            there = getattr(row, field.name)
            return page.label_of(there) if there else None

        return shown

    def act(self, request: HttpRequest, action: Callable[[], object], done: str) -> None:
        """Run an action; the next page says that it is done, or why it was refused."""
        try:
            action()
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> type[forms.ModelForm]:  # type: ignore[type-arg]
        form: type[forms.ModelForm[Any]] = super().get_form(request, obj, change, **kwargs)
        if not issubclass(form, ActionForm):
            return form
        return type(form.__name__, (form,), {"page": self, "request": request})

    def _create_formsets(self, request: Any, obj: Any, change: bool) -> Any:  # noqa: FBT001
        """The rows below the form; the form looks at them before it writes."""
        found = super()._create_formsets(request, obj, change)
        request.formsets = found[0]
        return found

    def construct_change_message(self, *_args: Any) -> list[Any]:
        """The event of the action says what was done."""
        return []

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:  # noqa: FBT001
        """Nothing is left to save: the action has."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Likewise."""


class VersionedAdmin(StaffAdmin):
    """Of rows with a version: the page of one keeps which one it shows."""

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj and self.has_change_permission(request, obj):
            fieldsets = [*fieldsets, (None, {"fields": ("seen_version",)})]
        return fieldsets


class ReadOnlyAdmin(StaffAdmin):
    """Records that nobody writes by hand: documents, events, ledgers."""

    # What the page of one tells in words of its own, beside what is kept.
    told: ClassVar[tuple[str, ...]] = ()

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        hidden = {"id", "uid", *(self.exclude or ())}
        return [*(field.name for field in self.model._meta.fields if field.name not in hidden), *self.told]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """There is nothing to save, and no button for it."""
        unsaved = {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, {**context, **unsaved}, *args, **kwargs)
