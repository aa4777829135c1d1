"""Bad environments, each refused with its reason: a real process, as a server would start it."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from config.settings import database

GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "BASE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgres://portico:secret@db.internal/portico?sslmode=verify-full&sslrootcert=system",
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
    "words for a key": ({"SECRET_KEY": f"please-change-me-{secrets.token_urlsafe(48)}"}, "everybody knows"),
    "key of the tests": ({"SECRET_KEY": settings.SECRET_KEY}, "everybody knows"),
    "repeated key": ({"SECRET_KEY": "Vq7_xK-2m" * 8}, "too few different"),
    "subdomains": ({"ALLOWED_HOSTS": "portal.example,.example"}, "wildcard"),
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
    "empty database": ({"DATABASE_URL": ""}, "DATABASE_URL does not begin with postgres://"),
    "database in a file": ({"DATABASE_URL": "sqlite:///portico.db"}, "PostgreSQL only"),
    "nameless database": ({"DATABASE_URL": "postgres://portico@localhost"}, "names no database"),
    "unknown to libpq": ({"DATABASE_URL": "postgres://portico@localhost/portico?sslmod=require"}, "may not set sslmod"),
    "own options": ({"DATABASE_URL": "postgres://portico@localhost/portico?options=-c"}, "may not set options"),
    "open database": ({"DATABASE_URL": "postgres://portico@db.internal/portico"}, "E014"),
    "openable database": ({"DATABASE_URL": "postgres://portico@db.internal/portico?sslmode=prefer"}, "E014"),
    "one open host": ({"DATABASE_URL": "postgres://portico@/portico?host=/run,db.internal"}, "E014"),
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


def test_libpq_is_told_what_the_address_says() -> None:
    facts = database(GOOD["DATABASE_URL"], pool_size=0, statement_timeout=5)

    assert (facts["OPTIONS"]["sslmode"], facts["OPTIONS"]["sslrootcert"]) == ("verify-full", "system")


def serve(server: str, database_url: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """What a process of production says when it starts on this database."""
    starts = {
        "web": ["-c", "import config.wsgi"],
        "worker": ["-m", "celery", "-A", "config", "worker", "--pool", "solo"],
    }
    return subprocess.run(
        [sys.executable, *starts[server]],
        cwd=settings.BASE_DIR,
        env={**GOOD, **changes, "DATABASE_URL": database_url, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )


def url_of(database: str, user: str) -> str:
    facts = settings.DATABASES["default"]
    return f"postgres://{user}@/{database}?host={facts['HOST']}&port={facts['PORT']}"


@pytest.mark.parametrize("server", ["web", "worker"])
def test_a_database_that_does_not_answer_is_a_reason(server: str) -> None:
    result = serve(server, "postgres://portico@localhost:9/portico")

    assert result.returncode != 0
    assert "The database does not answer" in result.stderr


@pytest.mark.parametrize("server", ["web", "worker"])
def test_the_environment_is_looked_at_before_the_database(server: str) -> None:
    result = serve(server, "postgres://portico@localhost:9/portico", DEBUG="true")

    assert result.returncode != 0
    assert "portico.E001" in result.stderr
    assert "does not answer" not in result.stderr


@contextmanager
def a_role(name: str, rights: str, synchronous_commit: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN {rights}")
        cursor.execute(f"ALTER ROLE {name} SET synchronous_commit = {synchronous_commit}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {name}")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {name}")
        cursor.execute(f"DROP ROLE {name}")


@pytest.fixture
def role(transactional_db: None) -> Iterator[str]:
    """A role that may just do its work, and whose commits are kept."""
    with a_role("portico_app", "NOSUPERUSER", "on") as name:
        yield name


@pytest.fixture
def almighty(transactional_db: None) -> Iterator[str]:
    """A role that may do everything, and whose commits can be lost."""
    with a_role("portico_almighty", "SUPERUSER", "off") as name:
        yield name


@pytest.mark.parametrize("server", ["web", "worker"])
def test_a_bad_database_is_refused_with_its_reasons(server: str, almighty: str) -> None:
    result = serve(server, url_of("postgres", almighty))

    assert result.returncode != 0
    assert "is a superuser" in result.stderr
    assert "synchronous_commit" in result.stderr


def test_pending_migrations_are_refused(role: str) -> None:
    result = serve("web", url_of("postgres", role))

    assert result.returncode != 0
    assert "Migrations are pending" in result.stderr


def test_a_good_database_is_served(role: str) -> None:
    result = serve("web", url_of(settings.DATABASES["default"]["NAME"], role))

    assert result.returncode == 0, result.stderr
