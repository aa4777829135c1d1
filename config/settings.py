"""Every setting. The environment is read here and nowhere else; a bad one stops the process with its reason."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from psycopg.pq import Conninfo

from apps.core.logs import logging_settings
from config import panels, subscriptions
from config.schedule import SCHEDULE

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- What this process is -----------------------------------------------------------------------------------------

# Tests bring their own environment; a developer's .env must not reach them.
if env.str("ENVIRONMENT", default="") != "test" and (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")
ENVIRONMENT = env.str("ENVIRONMENT", default="production")
if ENVIRONMENT not in {"production", "development", "test"}:
    raise ImproperlyConfigured(f"ENVIRONMENT is {ENVIRONMENT!r}, not production, development or test.")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = env.str("SECRET_KEY")
BASE_URL = env.str("BASE_URL").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=True)

# The supplier whose portal this is.
SUPPLIER_NAME = env.str("SUPPLIER_NAME", default="Halden")
SUPPLIER_TAGLINE = env.str("SUPPLIER_TAGLINE", default="Industrial Supply")
SUPPLIER_PHONE = env.str("SUPPLIER_PHONE", default="+47 00 00 00 00")
SUPPLIER_EMAIL = env.str("SUPPLIER_EMAIL", default="sales@halden.example")
# The text of the terms of sale that an order accepts (templates/portal/terms.html); a new text has a new name.
TERMS_VERSION = "2026-11"
# Where the supplier is registered for VAT: it decides which sales are taxed here and which by the buyer.
SUPPLIER_COUNTRY = env.str("SUPPLIER_COUNTRY", default="NO")
SUPPLIER_VAT_ID = env.str("SUPPLIER_VAT_ID", default="")

# --- Security -----------------------------------------------------------------------------------------------------

HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "apps.accounts.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^-/"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PROXY_COUNT = env.int("PROXY_COUNT", default=None if PRODUCTION else 0)
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Application --------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "apps.core",
    "apps.activity",
    "apps.accounts",
    "apps.orgs",
    "apps.ledger",
    "apps.catalog",
    "apps.inventory",
    "apps.pricing",
    "apps.freight",
    "apps.orders",
    "apps.shop",
    "apps.approvals",
    "apps.fulfillment",
    "apps.notifications",
    "apps.portal",
    "unfold.apps.BasicAppConfig",
    "apps.accounts.apps.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "treebeard",
]

MIDDLEWARE = [
    "apps.core.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.core.middleware.ProbeMiddleware",
    "apps.core.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.RefusedFormMiddleware",
    "apps.orgs.middleware.MembershipMiddleware",
    "apps.core.middleware.RefusalMiddleware",
]

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail addresses are unique by Lower("email"), which this check does not see
]

PANELS = panels.PANELS
SUBSCRIPTIONS = subscriptions.SUBSCRIPTIONS

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "apps.core.templatetags.portico",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.shell.shell",
            ],
        },
    }
]

# --- Database -----------------------------------------------------------------------------------------------------

# What libpq takes, without what has its own place in the URL or is set below.
LIBPQ = {row.keyword.decode() for row in Conninfo.get_defaults()} - {
    "client_encoding",
    "dbname",
    "options",
    "password",
    "user",
}


def database(url: str, *, pool_size: int, statement_timeout: int) -> dict[str, Any]:
    """Settings of one PostgreSQL database; an empty host in the URL takes `host` and `port` of its query (a socket).

    The rest of the query is for libpq, which would not know of an `sslmode` that is dropped or misspelled here.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL does not begin with postgres://: the portal runs on PostgreSQL only.")
    parsed = env.db_url_config(parts._replace(query="").geturl())
    if not parsed["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database.")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    host, port = query.pop("host", ""), query.pop("port", "")
    if unknown := sorted(set(query) - LIBPQ):
        raise ImproperlyConfigured(f"DATABASE_URL may not set {', '.join(unknown)} in its query.")
    timeouts = {
        "statement_timeout": f"{statement_timeout}s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "10s" if pool_size else "300s",
    }
    options: dict[str, Any] = {
        **query,
        # Statements are planned once a connection: 2.5 times less work for the server on a page (docs/performance).
        "server_side_binding": True,
        "prepare_threshold": 1,
        "options": " ".join(f"-c {name}={value}" for name, value in timeouts.items()),
    }
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5}
    return {
        **parsed,
        "ENGINE": "django.db.backends.postgresql",
        "HOST": parsed["HOST"] or host,
        "PORT": parsed["PORT"] or port,
        # Pooled processes give connections back; a worker keeps its one, because a pool does not survive fork.
        "CONN_MAX_AGE": 0 if pool_size or ENVIRONMENT == "test" else None,
        "CONN_HEALTH_CHECKS": not pool_size,
        "OPTIONS": options,
    }


DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=0)
DATABASES = {
    "default": database(
        env.str("DATABASE_URL"),
        pool_size=DATABASE_POOL_SIZE,
        statement_timeout=env.int("DATABASE_STATEMENT_TIMEOUT", default=5 if DATABASE_POOL_SIZE else 300),
    )
}

# --- Redis: cache and Celery ----------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL")


def celery_url(redis_url: str) -> str:
    """The same server in the words of kombu, which calls a socket `redis+socket` and its database `virtual_host`."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

CELERY_BROKER_URL = celery_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 1}
# A wake-up that Redis does not take at once is left to the sweep; a buyer does not wait for it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("default", "mail", "import")}
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = {
    "apps.accounts.tasks.send_sign_in_mail": {"queue": "mail"},
    "apps.notifications.tasks.*": {"queue": "mail"},
    "apps.catalog.tasks.*": {"queue": "import"},
}
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_TIMEZONE = "UTC"

# --- People and sign-in ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.orgs.backends.MemberBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if ENVIRONMENT == "test"
    else "django.contrib.auth.hashers.Argon2PasswordHasher"
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT or 0
MFA_ADAPTER = "apps.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SUPPLIER_NAME

# --- Mail -----------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SUPPLIER_NAME} <{SUPPLIER_EMAIL}>")
# Development only: messages become files in this folder, and /-/mail/ shows them.
MAIL_DIR = env.str("MAIL_DIR", default="")
if MAIL_DIR:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
else:
    vars().update(env.email("EMAIL_URL", default="consolemail://" if not PRODUCTION else environ.Env.NOTSET))
EMAIL_TIMEOUT = 10

# --- Languages, files, logs -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("ru", _("Russian")),
    ("ar", _("Arabic")),
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Days and times of the admin as the portal writes them.
FORMAT_MODULE_PATH = "config.formats"
# Whose midnight ends a day: prices, contracts, VAT and months go by the supplier's clock, and all times are told in it.
TIME_ZONE = env.str("SUPPLIER_TIME_ZONE", default="Europe/Oslo")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))()
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "apps.core.storage.BundledStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))()

LOGGING = logging_settings(env.str("LOG_FORMAT", default="json"), env.str("LOG_LEVEL", default="INFO"))

# --- Staff admin ----------------------------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": SUPPLIER_NAME,
    "SITE_HEADER": SUPPLIER_NAME,
    "SITE_SUBHEADER": SUPPLIER_TAGLINE,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("img/favicon.svg")}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {
        # The petrol of static/css/tokens.css, from its tint to its darkest.
        "primary": {
            "50": "#f1f7f9",
            "100": "#e2eff2",
            "200": "#bfdbe2",
            "300": "#8fbecb",
            "400": "#4c93a7",
            # Text on dark, too.
            "500": "#3aa3bb",
            "600": "#0b5568",
            "700": "#08414f",
            "800": "#0c2830",
            "900": "#0a1d23",
            "950": "#061317",
        }
    },
    "DASHBOARD_CALLBACK": "apps.orders.admin.work",
    "SIDEBAR": {"show_search": True, "show_all_applications": False},
}
