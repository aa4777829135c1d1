"""Unfold brings no translations: its texts are ours to translate, as long as it still says them so."""

import re
from pathlib import Path

import pytest
import unfold
from django.conf import settings
from django.utils import translation

from apps.core.unfold_texts import FOUND, TEXTS

SOURCES = "\n".join(
    path.read_text() for path in Path(unfold.__file__).parent.rglob("*") if path.suffix in {".html", ".py"}
)
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


@pytest.mark.parametrize("text", TEXTS)
def test_unfold_says_it_and_we_translate_it(text: str) -> None:
    assert re.search(rf"""["']{re.escape(text)}["']""", SOURCES)
    for language in LANGUAGES:
        with translation.override(language):
            assert translation.gettext(text) != text


def test_how_much_was_found_is_told_in_every_language() -> None:
    singular = "\n                Found {{ counter }} result in {{ time }} seconds\n            "
    assert singular in SOURCES
    for language in LANGUAGES:
        with translation.override(language):
            assert "Found" not in str(FOUND % {"counter": 3, "time": "0.01"})
