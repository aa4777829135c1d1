from collections.abc import Callable

import structlog
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation


class PreferencesMiddleware:
    """Shows each person the portal in the language of their profile; before that, in the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.languages = dict(settings.LANGUAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            structlog.contextvars.bind_contextvars(user=user.pk)
            if user.language in self.languages:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
        return self.get_response(request)


class RefusedFormMiddleware:
    """Lets the pages of allauth answer a form that they refuse like ours: with 422."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        match = request.resolver_match
        if request.method == "POST" and match and match.func.__module__.startswith("allauth."):
            shown = (response.context_data or {}).values()
            if any(isinstance(form, BaseForm) and form.errors for form in shown):
                response.status_code = 422
        return response
