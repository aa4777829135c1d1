"""Bad environments, each refused with its reason: a real process, as a server would start it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k3J-vP9x_QmZ7tLr2WcY8nBd5HsFg4Ua6Ee1Oi0XyTqRwMjVbNzKpLhGf",
    "BASE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgres://portico:secret@db.internal/portico",
    "REDIS_URL": "rediss://redis.internal/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.internal:587",
    "PROXY_COUNT": "1",
}

BAD = {
    "debug": ({"DEBUG": "true"}, "DEBUG is on"),
    "no key": ({"SECRET_KEY": None}, "SECRET_KEY"),
    "short key": ({"SECRET_KEY": "k3J-vP9x_QmZ7tLr2WcY8nBd5"}, "shorter than 50"),
    "monotonous key": ({"SECRET_KEY": "ab" * 40}, "too few different"),
    "known key": ({"SECRET_KEY": "django-insecure-" + "k3J-vP9x_QmZ7tLr2WcY8nBd5HsFg4Ua6Ee"}, "everybody knows"),
    "wildcard host": ({"ALLOWED_HOSTS": "*"}, "wildcard"),
    "no hosts": ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
    "no base URL": ({"BASE_URL": None}, "BASE_URL"),
    "plain http": ({"BASE_URL": "http://portal.example"}, "https://"),
    "foreign base URL": ({"BASE_URL": "https://elsewhere.example"}, "not one of ALLOWED_HOSTS"),
    "console mail": ({"EMAIL_URL": "consolemail://"}, "Mail goes to"),
    "mail into files": ({"MAIL_DIR": "/tmp/mail"}, "Mail goes to"),
    "no mail": ({"EMAIL_URL": None}, "EMAIL_URL"),
    "no second factor": ({"STAFF_MFA_REQUIRED": "false"}, "STAFF_MFA_REQUIRED"),
    "unknown proxies": ({"PROXY_COUNT": None}, "PROXY_COUNT"),
    "open Redis": ({"REDIS_URL": "redis://redis.internal/0"}, "without encryption"),
    "no database": ({"DATABASE_URL": None}, "DATABASE_URL"),
    "misspelled environment": ({"ENVIRONMENT": "prod"}, "ENVIRONMENT is 'prod'"),
}


def check(changes: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={**environment, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )


def test_a_good_environment_starts() -> None:
    assert check({}).returncode == 0


@pytest.mark.parametrize("name", BAD)
def test_a_bad_environment_is_refused_with_its_reason(name: str) -> None:
    changes, reason = BAD[name]

    result = check(changes)

    assert result.returncode != 0
    assert reason in result.stderr


def serve(server: str, database_url: str) -> subprocess.CompletedProcess[str]:
    """What a process of production says when it starts on this database."""
    starts = {
        "web": ["-c", "import config.wsgi"],
        "worker": ["-m", "celery", "-A", "config", "worker", "--pool", "solo"],
    }
    return subprocess.run(
        [sys.executable, *starts[server]],
        cwd=settings.BASE_DIR,
        env={**GOOD, "DATABASE_URL": database_url, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )


def url_of(database: str, user: str) -> str:
    facts = settings.DATABASES["default"]
    return f"postgres://{user}@/{database}?host={facts['HOST']}&port={facts['PORT']}"


@pytest.mark.parametrize("server", ["web", "worker"])
@pytest.mark.django_db
def test_a_bad_database_is_refused_with_its_reasons(server: str) -> None:
    result = serve(server, url_of("postgres", settings.DATABASES["default"]["USER"]))

    assert result.returncode != 0
    assert "is a superuser" in result.stderr
    assert "synchronous_commit" in result.stderr


@pytest.fixture
def role(transactional_db: None) -> Iterator[str]:
    """A role that may just do its work, and whose commits are kept."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE portico_app LOGIN")
        cursor.execute("ALTER ROLE portico_app SET synchronous_commit = on")
        cursor.execute("GRANT SELECT ON django_migrations TO portico_app")
    yield "portico_app"
    with connection.cursor() as cursor:
        cursor.execute("DROP OWNED BY portico_app")
        cursor.execute("DROP ROLE portico_app")


def test_pending_migrations_are_refused(role: str) -> None:
    result = serve("web", url_of("postgres", role))

    assert result.returncode != 0
    assert "Migrations are pending" in result.stderr


def test_a_good_database_is_served(role: str) -> None:
    result = serve("web", url_of(settings.DATABASES["default"]["NAME"], role))

    assert result.returncode == 0, result.stderr
