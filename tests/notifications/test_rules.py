from pathlib import Path

from django.conf import settings

from apps.notifications.models import Kind
from apps.notifications.rules import FOR_THE_SUPPLIER, KINDS, RULES
from tests.notifications.conftest import NOTIFY

LETTERS = Path(settings.BASE_DIR) / "templates" / "email"


def test_every_event_that_is_heard_has_its_rule() -> None:
    heard = {name for name, subscribers in settings.SUBSCRIPTIONS.items() if NOTIFY in subscribers}

    assert heard <= set(RULES)


def test_every_letter_has_its_subject_text_and_page() -> None:
    templates = {rule.template for rule in RULES.values()} | set(FOR_THE_SUPPLIER.values())

    for template in templates:
        for suffix in ("_subject.txt", ".txt", ".html"):
            assert (LETTERS / f"{template}{suffix}").is_file()


def test_every_kind_can_be_set() -> None:
    assert {rule.kind for rule in RULES.values()} == set(KINDS) == set(Kind.values)
