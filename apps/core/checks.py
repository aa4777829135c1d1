"""A bad production environment is refused at start, each fault with its reason."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

KNOWN_KEYS = ("django-insecure", "changeme", "change-me", "secret", "portico")
SHORTEST_KEY = 50
FEWEST_CHARACTERS = 10


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "unix" or parts.hostname in {"localhost", "127.0.0.1", "::1"}


def faults() -> Iterable[tuple[bool, str, str]]:
    """(is at fault, id, reason) for everything that a production environment must have right."""
    key = settings.SECRET_KEY
    yield settings.DEBUG, "E001", "DEBUG is on: error pages would show settings and data."
    yield (
        len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS,
        "E002",
        f"SECRET_KEY is shorter than {SHORTEST_KEY} characters or has too few different ones.",
    )
    yield key.lower().startswith(KNOWN_KEYS), "E003", "SECRET_KEY is one that everybody knows."
    yield (
        not settings.ALLOWED_HOSTS or any("*" in host for host in settings.ALLOWED_HOSTS),
        "E004",
        "ALLOWED_HOSTS is empty or has a wildcard: links in e-mails could be led elsewhere.",
    )
    yield not settings.HTTPS, "E005", "BASE_URL does not begin with https://, so that cookies would travel in the open."
    host = urlsplit(settings.BASE_URL).hostname
    yield host not in settings.ALLOWED_HOSTS, "E006", "The host of BASE_URL is not one of ALLOWED_HOSTS."
    yield (
        not settings.EMAIL_BACKEND.startswith(("django.core.mail.backends.smtp.", "anymail.")),
        "E007",
        "Mail goes to the console, a file, memory or nowhere: set EMAIL_URL, and no MAIL_DIR.",
    )
    yield not settings.STAFF_MFA_REQUIRED, "E008", "STAFF_MFA_REQUIRED is off: a stolen password would open the admin."
    yield (
        settings.PROXY_COUNT is None,
        "E009",
        "PROXY_COUNT is unset: without it, sign-in limits count the proxy instead of the attacker. 0 means no proxy.",
    )
    yield (
        not _is_local(settings.REDIS_URL) and not settings.REDIS_URL.startswith("rediss://"),
        "E010",
        "REDIS_URL leads to another machine without encryption: use rediss://.",
    )
    yield (
        not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE),
        "E011",
        "Cookies of the session or of forms may travel unencrypted.",
    )


@register
def production_environment(**_options: Any) -> list[CheckMessage]:
    """Nothing outside production; in production every fault as an error that stops the process."""
    if not settings.PRODUCTION:
        return []
    return [Error(reason, id=f"portico.{code}") for is_fault, code, reason in faults() if is_fault]
