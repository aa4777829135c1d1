from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.actions.update_profile import update_profile
from apps.accounts.forms import ProfileForm
from apps.accounts.models import User
from apps.core.pages import SeeOther, next_url, post_only, render_page
from apps.core.permissions import PersonActor

YEAR = 365 * 24 * 3600


def person_actor(request: HttpRequest) -> PersonActor:
    return PersonActor(user_id=int(request.user.pk or 0), label=str(request.user))


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    initial = {"name": user.name, "language": user.language, "density": user.density}  # type: ignore[union-attr]
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        update_profile(actor=person_actor(request), now=timezone.now(), **form.cleaned_data)
        translation.activate(form.cleaned_data["language"] or translation.get_language_from_request(request))
        messages.success(request, _("Your profile was saved."))
        return SeeOther(reverse("accounts:profile"))
    return render_page(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@post_only
def language(request: HttpRequest) -> HttpResponse:
    """Remember a language: for the person when signed in, for the browser in any case."""
    code = request.POST.get("language", "")
    response = SeeOther(next_url(request, reverse("portal:home")))
    if code in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            update_profile(actor=person_actor(request), now=timezone.now(), language=code)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=YEAR,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@post_only
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark, likewise."""
    chosen = request.POST.get("theme", "")
    response = SeeOther(next_url(request, reverse("portal:home")))
    if chosen in User.Theme.values:
        if request.user.is_authenticated:
            update_profile(actor=person_actor(request), now=timezone.now(), theme=chosen)
        response.set_cookie("theme", chosen, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response
