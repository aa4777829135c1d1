"""The admin of the supplier's staff: they sign in like everybody else, and it asks for a second factor."""

from collections.abc import Callable
from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from unfold.sites import UnfoldAdminSite

from apps.core.staff import StaffAdmin

# What Unfold's Alpine.js needs; the portal's own pages stay relaxed.
STAFF_CSP = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "default-src": [NONE],
}


class Suggestions(AutocompleteJsonView):
    """What a field suggests reads as what it shows once it is chosen."""

    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        page = cast(StaffAdmin, self.model_admin)
        return super().serialize_result(obj, to_field_name) | {"text": page.label_of(obj)}


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]
    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own pages only: those of packages would let staff edit e-mails and second factors by hand."""
        if admin_class is not None and issubclass(admin_class, StaffAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return cast(HttpResponse, Suggestions.as_view(admin_site=self)(request))

    def has_permission(self, request: HttpRequest) -> bool:
        is_staff = bool(request.user.is_active and request.user.is_staff)
        return is_staff and not self.needs_second_factor(request)

    def needs_second_factor(self, request: HttpRequest) -> bool:
        return settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign-in happens at one place with one set of limits; who is signed in already is told what is missing."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or request.path)
        if request.user.is_staff and self.needs_second_factor(request):
            return redirect("mfa_index")
        return render(request, "errors/403.html", status=403)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:  # noqa: FBT001, FBT002
        inner: Any = super().admin_view(view, cacheable)
        relaxed: Any = csp_replace(STAFF_CSP)
        return cast(Callable[..., HttpResponse], relaxed(inner))
