"""Sessions in the database, read with every request: their one statement is built once."""

from functools import cache

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils.timezone import now

from apps.core.prepared import Given, PreparedQuery


@cache
def _alive() -> PreparedQuery[Session]:
    key, at = Given("key", CharField()), Given("now", DateTimeField())
    return PreparedQuery(Session.objects.filter(session_key=key, expire_date__gt=at))


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        found = _alive().first(key=self.session_key, now=now())
        if found is None:
            self._session_key = None
        return found
