from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.actions.save_staff import save_staff
from apps.accounts.models import User
from apps.core.permissions import StaffActor
from apps.core.staff import ActionForm, StaffAdmin


class StaffForm(ActionForm):
    class Meta:
        model = User
        fields = ("email", "name", "staff_role", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "staff_role" in self.fields and isinstance(self.fields["staff_role"], forms.TypedChoiceField):
            self.fields["staff_role"].required = not self.instance.pk or self.instance.is_staff


@admin.register(User)
class UserAdmin(StaffAdmin):
    """Everybody who signs in. Administrators open accounts for staff here; buyers come by their companies."""

    form = StaffForm
    list_display = ("email", "name", "staff_role", "is_active", "last_login")
    list_filter = ("is_staff", "staff_role", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("email",) if obj else ("is_active",)

    def write(self, actor: StaffActor, form: ActionForm) -> User:
        return save_staff(
            actor=actor, user=form.instance if form.instance.pk else None, now=timezone.now(), **form.cleaned_data
        )
