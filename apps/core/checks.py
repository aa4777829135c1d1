"""A bad production environment is refused at start, each fault with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

# In a key that was drawn by lot none of these comes up in a billion years.
KNOWN_WORDS = (
    "insecure",
    "change",
    "secret",
    "portico",
    "please",
    "password",
    "example",
    "dev-key",
    "only-for",
    "012345",
)
SHORTEST_KEY = 50
# Neighbors that differ: 50 random digits have about 39 of them, a repeated word as many as it has letters.
FEWEST_PAIRS = 25
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
ENCRYPTED = {"require", "verify-ca", "verify-full"}


def _redis_is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "unix" or parts.hostname in LOCAL_HOSTS


def _database_is_local(facts: Mapping[str, Any]) -> bool:
    """Whether it is reached by a socket or on this machine; one URL may name several hosts."""
    hosts = f"{facts['HOST']},{facts['OPTIONS'].get('hostaddr', '')}".split(",")
    return all(not host or host.startswith("/") or host in LOCAL_HOSTS for host in hosts)


def faults() -> Iterable[tuple[bool, str, str]]:
    """(is at fault, id, reason) for everything that a production environment must have right."""
    key = settings.SECRET_KEY
    yield settings.DEBUG, "E001", "DEBUG is on: error pages would show settings and data."
    yield (
        len(key) < SHORTEST_KEY or len(set(pairwise(key))) < FEWEST_PAIRS,
        "E002",
        f"SECRET_KEY is shorter than {SHORTEST_KEY} characters or has too few different ones.",
    )
    yield (
        any(word in key.lower() for word in KNOWN_WORDS),
        "E003",
        "SECRET_KEY has words that everybody knows: draw one by lot.",
    )
    yield (
        not settings.ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in settings.ALLOWED_HOSTS),
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
        not _redis_is_local(settings.REDIS_URL) and not settings.REDIS_URL.startswith("rediss://"),
        "E010",
        "REDIS_URL leads to another machine without encryption: use rediss://.",
    )
    database = settings.DATABASES["default"]
    yield (
        not _database_is_local(database) and database["OPTIONS"].get("sslmode") not in ENCRYPTED,
        "E014",
        "DATABASE_URL leads to another machine without encryption: add ?sslmode=verify-full, or at least require.",
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


@register(Tags.database)
def production_database(*, databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """What only the database knows. Asked when a process starts, and by `manage.py check --database default`."""
    if not settings.PRODUCTION:
        return []
    return [Error(reason, id=f"portico.{code}") for alias in databases or () for code, reason in database_faults(alias)]


def database_faults(alias: str) -> Iterable[tuple[str, str]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolreplication, current_setting('synchronous_commit')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        is_mighty, synchronous_commit = cursor.fetchone()
    if is_mighty:
        yield "E012", "The database role is a superuser or may make roles: a hole in one statement would open all."
    if synchronous_commit == "off":
        yield "E013", "The database answers before it has written: synchronous_commit is off."


def refuse_to_start() -> None:
    """Stop a process that is set up wrongly, with its reasons; servers of WSGI and Celery do not look by themselves.

    The environment first: it may be the reason why the database does not answer.

    :raises SystemCheckError: the environment or the database is at fault.
    :raises ImproperlyConfigured: the database does not answer, or is not as new as the code.
    """
    call_command("check", stdout=StringIO())
    if not settings.PRODUCTION:
        return
    try:
        call_command("check", databases=["default"], tags=[Tags.database], stdout=StringIO())
        executor = MigrationExecutor(connection)
        is_pending = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        connection.close()
    except DatabaseError as error:
        raise ImproperlyConfigured(f"The database does not answer: {error}") from error
    if is_pending:
        raise ImproperlyConfigured("Migrations are pending: run the release process first.")
