from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from structlog.testing import capture_logs

from apps.activity import tasks
from apps.activity.actions import lease_deliveries as leasing
from apps.activity.actions import record_event as recording
from apps.activity.actions.fail_delivery import MOST_ATTEMPTS, fail_delivery
from apps.activity.actions.finish_delivery import finish_delivery
from apps.activity.actions.lease_deliveries import LEASE, LOST, lease_deliveries
from apps.activity.actions.record_event import record_event
from apps.activity.actions.replay_delivery import replay_delivery
from apps.activity.actions.start_delivery import start_delivery
from apps.activity.models import Delivery
from apps.core.errors import IllegalTransition
from apps.core.permissions import StaffActor
from apps.orgs.models import Organization
from tests.factories import NOW, SYSTEM, OrganizationFactory
from tests.refusals import refused

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

        with refused(AssertionError):
            record_event("orgs.member_invited", actor=SYSTEM, subject=norrvik, now=NOW)

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

    def test_goes_on_without_redis_and_says_so(
        self, norrvik: Organization, settings: Any, django_capture_on_commit_callbacks: Any, monkeypatch: Any
    ) -> None:
        settings.SUBSCRIPTIONS = {"orgs.member_invited": ("tests.listen",)}
        app = Celery("lonely", broker="redis://localhost:9/0", set_as_current=False)
        app.conf.broker_transport_options = {"socket_connect_timeout": 1}
        monkeypatch.setattr(recording, "current_app", app)

        with capture_logs() as logs, django_capture_on_commit_callbacks(execute=True):
            record_event("orgs.member_invited", actor=SYSTEM, subject=norrvik, now=NOW)

        assert [entry["event"] for entry in logs] == ["wake-up lost"]
        assert Delivery.objects.get().state == Delivery.State.WAITING

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

        assert start_delivery(delivery_id=delivery.pk, now=NOW)

        [again] = lease_deliveries(now=NOW + LEASE, limit=10)

        assert again == delivery
        assert start_delivery(delivery_id=delivery.pk, now=NOW + LEASE)

    def test_lets_a_backlog_wait_here_and_not_in_the_queue(
        self, delivery: Delivery, norrvik: Organization, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(leasing, "MOST_QUEUED", 2)
        for _event in range(2):
            record_event("orgs.member_invited", actor=SYSTEM, subject=norrvik, now=NOW)

        sent = lease_deliveries(now=NOW, limit=10)
        assert (len(sent), lease_deliveries(now=NOW, limit=10)) == (2, [])

        start_delivery(delivery_id=sent[0].pk, now=NOW)
        [third] = lease_deliveries(now=NOW, limit=10)
        assert third not in sent
        assert lease_deliveries(now=NOW + LEASE, limit=10) == sent

    def test_counts_tries_and_not_how_often_it_was_sent(self, delivery: Delivery) -> None:
        for time in range(MOST_ATTEMPTS + 1):
            assert lease_deliveries(now=NOW + time * LEASE, limit=10) == [delivery]

        assert start_delivery(delivery_id=delivery.pk, now=NOW)
        delivery.refresh_from_db()
        assert delivery.attempts == 1

    def test_a_try_has_all_of_its_time_however_late_it_begins(self, delivery: Delivery) -> None:
        lease_deliveries(now=NOW, limit=10)
        late = NOW + LEASE - timedelta(seconds=1)
        start_delivery(delivery_id=delivery.pk, now=late)

        assert lease_deliveries(now=late + LEASE - timedelta(seconds=1), limit=10) == []

    def test_what_kills_its_worker_every_time_is_parked(self, delivery: Delivery) -> None:
        for time in range(MOST_ATTEMPTS):
            assert lease_deliveries(now=NOW + time * LEASE, limit=10) == [delivery]
            assert start_delivery(delivery_id=delivery.pk, now=NOW + time * LEASE)

        assert lease_deliveries(now=NOW + MOST_ATTEMPTS * LEASE, limit=10) == []

        delivery.refresh_from_db()
        assert delivery.state == Delivery.State.PARKED
        assert delivery.error == LOST

    def test_never_takes_what_is_done(self, delivery: Delivery) -> None:
        lease_deliveries(now=NOW, limit=10)
        finish_delivery(delivery_id=delivery.pk)

        assert lease_deliveries(now=NOW + timedelta(days=1), limit=10) == []


class TestFailure:
    def test_waits_longer_each_time_and_is_parked_in_the_end(self, delivery: Delivery) -> None:
        now, pauses = NOW, []
        for _attempt in range(MOST_ATTEMPTS):
            [leased] = lease_deliveries(now=now, limit=10)
            start_delivery(delivery_id=leased.pk, now=now)
            failed = fail_delivery(delivery_id=leased.pk, error="mail server away", now=now)
            pauses.append(failed.available_at - now)
            now = failed.available_at

        assert pauses == sorted(pauses)
        assert failed.state == Delivery.State.PARKED
        assert failed.error == "mail server away"
        assert lease_deliveries(now=now + timedelta(days=1), limit=10) == []

    def test_the_pause_has_an_end_however_often_it_was_tried(self, delivery: Delivery) -> None:
        Delivery.objects.update(state=Delivery.State.RUNNING, attempts=32_000)

        failed = fail_delivery(delivery_id=delivery.pk, error="mail server away", now=NOW)

        assert failed.state == Delivery.State.PARKED
        assert failed.available_at < NOW + timedelta(hours=1)

    def test_a_parked_delivery_is_replayed_by_staff(self, delivery: Delivery) -> None:
        Delivery.objects.update(state=Delivery.State.PARKED, attempts=MOST_ATTEMPTS)

        replay_delivery(actor=STAFF, delivery_id=delivery.pk, now=NOW)

        assert lease_deliveries(now=NOW, limit=10) == [delivery]

    def test_only_a_parked_delivery_is_replayed(self, delivery: Delivery) -> None:
        with refused(IllegalTransition):
            replay_delivery(actor=STAFF, delivery_id=delivery.pk, now=NOW)


class TestSubscriber:
    def test_success_finishes_the_delivery(self, delivery: Delivery) -> None:
        heard: list[int] = []

        @tasks.subscriber
        def listen(*, event_id: int) -> None:
            heard.append(event_id)

        lease_deliveries(now=NOW, limit=10)
        listen(event_id=delivery.event_id, delivery_id=delivery.pk, something_new=1)

        delivery.refresh_from_db()
        assert heard == [delivery.event_id]
        assert delivery.state == Delivery.State.DONE

    def test_failure_puts_it_back(self, delivery: Delivery) -> None:
        @tasks.subscriber
        def stumble(*, event_id: int) -> None:
            raise OSError("mail server away")

        lease_deliveries(now=NOW, limit=10)
        with pytest.raises(OSError, match="away"):
            stumble(event_id=delivery.event_id, delivery_id=delivery.pk)

        delivery.refresh_from_db()
        assert delivery.state == Delivery.State.WAITING
        assert delivery.error == "OSError: mail server away"

    def test_a_message_that_came_twice_does_nothing(self, delivery: Delivery) -> None:
        heard: list[int] = []

        @tasks.subscriber
        def listen_again(*, event_id: int) -> None:
            heard.append(event_id)

        for state in ("running", "done", "waiting", "parked"):
            Delivery.objects.update(state=state)
            listen_again(event_id=delivery.event_id, delivery_id=delivery.pk)

            delivery.refresh_from_db()
            assert heard == []
            assert (delivery.state, delivery.attempts) == (state, 0)
