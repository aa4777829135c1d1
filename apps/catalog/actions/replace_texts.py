from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.catalog.actions.replace_rows import replace_rows
from apps.core.errors import DomainError


class NameMissing(DomainError):
    message = _("This needs an English name.")


@dataclass(frozen=True)
class TextFacts:
    """What something is called in one language."""

    name: str
    description: str = ""


def replace_texts(rows: Any, texts: Mapping[str, TextFacts]) -> bool:
    """Let something be called so, by language, and say whether it was called otherwise. An inner step.

    :raises NameMissing: there is no English name.
    """
    if "en" not in texts:
        raise NameMissing
    wanted = [{"language": language, **vars(text)} for language, text in texts.items()]
    return replace_rows(rows, key=["language"], wanted=wanted)
