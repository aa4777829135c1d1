from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.activity.models import Event
from apps.notifications.actions.send_mail import StillSending, send_mail
from apps.notifications.models import MailMessage, MailMessageQuerySet
from tests.factories import NOW, SYSTEM, OrganizationFactory

AtOnce = Callable[..., list[Any]]


@pytest.fixture
def send_twice(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, pause_after: Any) -> Callable[[], list[Any]]:
    """Two workers write to one address about one event; the mail server takes its time."""
    with transaction.atomic():
        event: Event = record_event("orgs.company_created", actor=SYSTEM, subject=OrganizationFactory(), now=NOW)
    monkeypatch.setattr("apps.notifications.actions.send_mail.render_to_string", lambda _name, _words: "Hello")
    pause_after(mail.EmailMultiAlternatives, "send")
    call = lambda: send_mail(  # noqa: E731
        event=event, email="mira@norrvik.example", template="hello", language="en", context={}, now=NOW
    )
    return lambda: at_once(call, call)


def test_two_workers_send_one_letter(send_twice: Callable[[], list[Any]]) -> None:
    results = send_twice()

    assert sorted(type(result).__name__ for result in results) == ["MailMessage", "StillSending"]
    assert len(mail.outbox) == 1
    assert MailMessage.objects.get().state == MailMessage.State.SENT


def test_control_without_the_claim_there_are_two(
    send_twice: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MailMessageQuerySet, "unclaimed", lambda self, _now: self)

    results = send_twice()

    assert StillSending not in map(type, results)
    assert len(mail.outbox) == 2
