from datetime import timedelta
from typing import Any

import pytest

from apps.activity import tasks
from apps.activity.actions.fail_delivery import MOST_ATTEMPTS, fail_delivery
from apps.activity.actions.finish_delivery import finish_delivery
from apps.activity.actions.lease_deliveries import LEASE, lease_deliveries
from apps.activity.actions.record_event import record_event
from apps.activity.actions.replay_delivery import replay_delivery
from apps.activity.models import Delivery, Event
from apps.core.errors import IllegalTransition
from apps.core.permissions import StaffActor
from apps.orgs.models import Organization
from tests.factories import NOW, SYSTEM, OrganizationFactory

STAFF = StaffActor(user_id=1, label="Sam")


@pytest.fixture
def delivery(norrvik: Organization, settings: Any) -> Delivery:
    settings.SUBSCRIPTIONS = {"orgs.member_invited": ("tests.listen",)}
    event = record_event("orgs.member_invited", actor=SYSTEM, subject=norrvik, now=NOW)
    return event.deliveries.get()


class TestRecordEvent:
    @pytest.mark.django_db(transaction=True)
    def test_refuses_to_run_outside_a_transaction(self) -> None:
        norrvik = OrganizationFactory()
        before = Event.objects.count()

        with pytest.raises(AssertionError):
            record_event("orgs.member_invited", actor=SYSTEM, subject=norrvik, now=NOW)

        assert Event.objects.count() == before

    def test_wakes_the_dispatcher_only_after_the_commit(
        self, norrvik: Organization, settings: Any, django_capture_on_commit_callbacks: Any, monkeypatch: Any
    ) -> None:
        settings.SUBSCRIPTIONS = {"orgs.member_invited": ("tests.listen",)}
        sent: list[str] = []
        monkeypatch.setattr("celery.current_app.send_task", lambda name, **_options: sent.append(name))

        with django_capture_on_commit_callbacks(execute=True):
            record_event("orgs.member_invited", actor=SYSTEM, subject=norrvik, now=NOW)
            assert sent == []

        assert sent == ["apps.activity.tasks.dispatch"]

    def test_an_event_that_nobody_hears_wakes_nobody(
        self, norrvik: Organization, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks() as callbacks:
            record_event("orgs.company_created", actor=SYSTEM, subject=norrvik, now=NOW)

        assert callbacks == []


class TestLease:
    def test_takes_what_is_due_once(self, delivery: Delivery) -> None:
        first = lease_deliveries(now=NOW, limit=10)
        second = lease_deliveries(now=NOW, limit=10)

        assert first == [delivery]
        assert second == []

    def test_leaves_what_is_not_due_yet(self, delivery: Delivery) -> None:
        assert lease_deliveries(now=NOW - timedelta(seconds=1), limit=10) == []

    def test_takes_back_what_a_dead_worker_held(self, delivery: Delivery) -> None:
        lease_deliveries(now=NOW, limit=10)

        [again] = lease_deliveries(now=NOW + LEASE, limit=10)

        assert again == delivery
        assert again.attempts == 2

    def test_never_takes_what_is_done(self, delivery: Delivery) -> None:
        lease_deliveries(now=NOW, limit=10)
        finish_delivery(delivery_id=delivery.pk)

        assert lease_deliveries(now=NOW + timedelta(days=1), limit=10) == []


class TestFailure:
    def test_waits_longer_each_time_and_is_parked_in_the_end(self, delivery: Delivery) -> None:
        now, pauses = NOW, []
        for _attempt in range(MOST_ATTEMPTS):
            [leased] = lease_deliveries(now=now, limit=10)
            failed = fail_delivery(delivery_id=leased.pk, error="mail server away", now=now)
            pauses.append(failed.available_at - now)
            now = failed.available_at

        assert pauses == sorted(pauses)
        assert failed.state == Delivery.State.PARKED
        assert failed.error == "mail server away"
        assert lease_deliveries(now=now + timedelta(days=1), limit=10) == []

    def test_a_parked_delivery_is_replayed_by_staff(self, delivery: Delivery) -> None:
        Delivery.objects.update(state=Delivery.State.PARKED, attempts=MOST_ATTEMPTS)

        replay_delivery(actor=STAFF, delivery_id=delivery.pk, now=NOW)

        assert lease_deliveries(now=NOW, limit=10) == [delivery]

    def test_only_a_parked_delivery_is_replayed(self, delivery: Delivery) -> None:
        with pytest.raises(IllegalTransition):
            replay_delivery(actor=STAFF, delivery_id=delivery.pk, now=NOW)


class TestSubscriber:
    def test_success_finishes_the_delivery(self, delivery: Delivery) -> None:
        heard: list[int] = []

        @tasks.subscriber
        def listen(*, event_id: int) -> None:
            heard.append(event_id)

        listen(event_id=delivery.event_id, delivery_id=delivery.pk, something_new=1)

        delivery.refresh_from_db()
        assert heard == [delivery.event_id]
        assert delivery.state == Delivery.State.DONE

    def test_failure_puts_it_back(self, delivery: Delivery) -> None:
        @tasks.subscriber
        def stumble(*, event_id: int) -> None:
            raise OSError("mail server away")

        with pytest.raises(OSError, match="away"):
            stumble(event_id=delivery.event_id, delivery_id=delivery.pk)

        delivery.refresh_from_db()
        assert delivery.state == Delivery.State.WAITING
        assert delivery.error == "OSError: mail server away"
