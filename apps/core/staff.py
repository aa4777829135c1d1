"""The ground of every admin page: which staff role sees and changes what, and that staff write through actions."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.core.errors import DomainError
from apps.core.permissions import StaffActor, StaffRole

EVERY_ROLE = frozenset(StaffRole.values)
SALES = frozenset({StaffRole.SALES, StaffRole.ADMINISTRATOR})
STOREKEEPERS = frozenset({StaffRole.WAREHOUSE, StaffRole.ADMINISTRATOR})


def staff_actor(request: HttpRequest) -> StaffActor:
    """The person at the admin page, as the actor of an action."""
    return StaffActor(user_id=int(request.user.pk or 0), label=str(request.user))


def has_role(request: HttpRequest, roles: frozenset[str]) -> bool:
    """Whether the person at the admin page works at one of these."""
    user = request.user
    return bool(user.is_active and user.is_staff and getattr(user, "staff_role", "") in roles)


class DayInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """A day, picked with what the browser itself has for it."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value


class ActionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of the admin that writes through an action: a refusal stands in the form, with all that was typed."""

    page: ClassVar["StaffAdmin"]
    request: ClassVar[HttpRequest]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance = self.page.write(staff_actor(self.request), self)
        except DomainError as refusal:
            self.add_error(None, str(refusal))

    def save(self, commit: bool = True) -> models.Model:  # noqa: FBT001, FBT002
        row: models.Model = self.instance
        return row

    def save_m2m(self) -> None:
        """The action has written all of it."""


class StaffAdmin(ModelAdmin):  # type: ignore[misc]
    """A page of the admin for some staff roles. Rights hang on the role alone, never on single permissions."""

    viewers: ClassVar[frozenset[str]] = EVERY_ROLE
    editors: ClassVar[frozenset[str]] = frozenset({StaffRole.ADMINISTRATOR})
    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True

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

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:  # noqa: FBT001
        """Nothing is left to save: the action has."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Likewise."""


class ReadOnlyAdmin(StaffAdmin):
    """Records that nobody writes by hand: documents, events, ledgers."""

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return [field.name for field in self.model._meta.fields]
