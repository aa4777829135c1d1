"""One sentence for each event, in the reader's language; every app registers those of its own events."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language

from apps.core.formats import aside_text

SENTENCES: dict[str, str | Promise] = {}


class LoggedFact(Protocol):
    """An event, as far as its sentence needs it."""

    name: str
    payload: dict[str, Any]
    actor_label: str
    subject_label: str


def register_sentences(sentences: Mapping[str, str | Promise]) -> None:
    """Make known how the events of an app read; its apps.py calls this once, at start.

    A sentence may use %(actor)s, %(subject)s and the keys of the event's payload.
    """
    SENTENCES.update(sentences)


def sentence(event: LoggedFact) -> str:
    """What happened, for the log and the feed."""
    words = {**event.payload, "actor": event.actor_label, "subject": event.subject_label}
    language = get_language() or settings.LANGUAGE_CODE
    texts = {name: aside_text(word, language) for name, word in words.items() if isinstance(word, str)}
    return str(SENTENCES[event.name]) % {**words, **texts}
