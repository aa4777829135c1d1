"""Logs through structlog: one JSON object a line in production, readable lines for a developer."""

from typing import Any

import structlog

SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "code")


def drop_secrets(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Blank every value whose name says that it is nobody's business."""
    return {key: "***" if any(word in key.lower() for word in SECRET_WORDS) else value for key, value in event.items()}


def logging_settings(log_format: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for `json` or `console`; also sets up structlog, whose loggers end in the same handler."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        drop_secrets,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderers: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if log_format == "json"
        else [structlog.dev.ConsoleRenderer(colors=False)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structlog": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "structlog"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            # The request log says all of it, with the person and the number of statements.
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},
        },
    }
