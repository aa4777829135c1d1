"""Headers and probes, on real answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.orgs.models import Membership

pytestmark = pytest.mark.django_db


class TestSecurityHeaders:
    def test_the_portal_allows_nothing_inline(self) -> None:
        policy = Client().get(reverse("account_login"))["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "script-src 'self';" in f"{policy};"
        assert "style-src 'self';" in f"{policy};"
        assert "unsafe" not in policy

    def test_only_the_admin_gets_what_its_theme_needs(
        self, sam: User, sign_in: Callable[[Any], Client], settings: Any
    ) -> None:
        settings.STAFF_MFA_REQUIRED = False

        policy = sign_in(sam).get(reverse("admin:index"))["Content-Security-Policy"]

        assert "script-src 'self' 'unsafe-eval'" in policy
        assert "style-src 'self' 'unsafe-inline'" in policy

    def test_pages_of_a_company_are_never_cached_by_others(
        self, mira: Membership, sign_in: Callable[[Any], Client]
    ) -> None:
        response = sign_in(mira).get(reverse("orgs:people"))

        assert response["Cache-Control"] == "private, no-store"
        assert "HX-Request" in response["Vary"]

    def test_frames_sniffing_and_referrers_are_off(self) -> None:
        response = Client().get(reverse("account_login"))

        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert "camera=()" in response["Permissions-Policy"]


class TestProbes:
    def test_health_needs_no_database(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            assert Client().get("/-/health").json() == {"status": "ok"}

    def test_probes_come_without_a_known_host(self) -> None:
        response = Client(headers={"host": "10.1.2.3"}).get("/-/readiness")

        assert response.status_code == 200
        assert response.json() == {"database": "ok", "redis": "ok"}

    def test_a_page_for_an_unknown_host_is_refused(self) -> None:
        assert Client(headers={"host": "evil.example"}).get(reverse("account_login")).status_code == 400


class TestRequestLog:
    def test_the_request_id_comes_back(self) -> None:
        assert Client(headers={"X-Request-ID": "abc-12345678"}).get("/-/health")["X-Request-ID"] == "abc-12345678"

    def test_a_forged_one_does_not(self) -> None:
        response = Client(headers={"X-Request-ID": "x" * 100}).get("/-/health")

        assert len(response["X-Request-ID"]) == 32
