"""How often somebody may do what costs others: counted in Redis by the hour, and not at all while Redis is away."""

import time

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from apps.core.errors import TooOften

HOUR = 3600

log = structlog.get_logger("portico.limits")


def count_use(what: str, who: str, most: int) -> None:
    """Count one more use of somebody within this hour of the clock.

    :raises TooOften: there were `most` already.
    """
    key = f"limit:{what}:{who}:{int(time.time()) // HOUR}"
    try:
        cache.add(key, 0, timeout=HOUR)
        used = cache.incr(key)
    except (RedisError, ValueError) as error:
        # ValueError: the key went between the two.
        log.warning("use not counted", what=what, error=str(error))
        return
    if used > most:
        log.warning("too often", what=what, who=who)
        raise TooOften
