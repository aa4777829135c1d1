import re
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from apps.orgs.models import Membership
from tests.factories import PASSWORD


@pytest.fixture(autouse=True)
def own_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counters of sign-in attempts that no other test, in this process or beside it, counts in."""
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)


@pytest.fixture(autouse=True)
def mail_at_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The task runs where it is sent from."""
    monkeypatch.setattr("celery.app.task.Task.delay", lambda task, **kwargs: task(**kwargs))


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


class TestPassword:
    def test_opens_the_portal(self, mira: Membership) -> None:
        client = Client()

        response = sign_in(client, "MIRA@norrvik.example")

        assert response["Location"] == reverse("portal:home")
        assert "Mira" in client.get("/").content.decode()

    def test_the_session_gets_a_new_key(self, mira: Membership) -> None:
        client = Client()
        client.get(reverse("account_login"))
        client.session["planted"] = True
        client.session.save()
        before = client.session.session_key

        sign_in(client, mira.user.email)

        assert client.session.session_key != before

    def test_wrong_and_unknown_get_the_same_answer(self, mira: Membership) -> None:
        def answer(email: str) -> str:
            page = sign_in(Client(), email, "wrong-password").content.decode()
            return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*', "", page.replace(email, ""))

        assert answer("mira@norrvik.example") == answer("nobody@norrvik.example")

    def test_guessing_is_stopped(self, mira: Membership) -> None:
        for _attempt in range(6):
            sign_in(Client(), mira.user.email, "wrong-password")

        client = Client()
        sign_in(client, mira.user.email)

        assert "_auth_user_id" not in client.session

    def test_a_forged_address_does_not_help_guessing(self, mira: Membership) -> None:
        for attempt in range(12):
            Client(headers={"X-Forwarded-For": f"10.0.0.{attempt}"}).post(
                reverse("account_login"), {"login": f"p{attempt}@norrvik.example", "password": "wrong-password"}
            )

        client = Client(headers={"X-Forwarded-For": "10.9.9.9"})
        sign_in(client, mira.user.email)

        assert "_auth_user_id" not in client.session

    def test_nobody_signs_up_alone(self) -> None:
        response = Client().post(reverse("account_signup"), {"email": "x@y.example", "password1": PASSWORD})

        assert "_auth_user_id" not in response.client.session

    def test_signing_out_is_a_post(self, mira: Membership) -> None:
        client = Client()
        sign_in(client, mira.user.email)

        client.get(reverse("account_logout"))
        assert "_auth_user_id" in client.session
        client.post(reverse("account_logout"))
        assert "_auth_user_id" not in client.session


class TestCode:
    def test_comes_by_mail_and_leads_back_to_where_one_was_going(self, mira: Membership) -> None:
        client = Client()
        target = reverse("orgs:people")

        asked = client.post(reverse("account_request_login_code"), {"email": mira.user.email, "next": target})
        [message] = mail.outbox
        code = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", message.body, re.MULTILINE)
        assert code, message.body
        response = client.post(asked["Location"], {"code": code[1]})

        assert response["Location"] == target

    def test_an_unknown_address_gets_the_same_page(self, mira: Membership) -> None:
        url = reverse("account_request_login_code")

        known = Client().post(url, {"email": mira.user.email})
        unknown = Client().post(url, {"email": "nobody@norrvik.example"})

        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


class TestReset:
    def test_by_code_sets_a_new_password(self, mira: Membership) -> None:
        client = Client()
        client.post(reverse("account_reset_password"), {"email": mira.user.email})
        code = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", mail.outbox[0].body, re.MULTILINE)
        assert code, mail.outbox[0].body

        client.post(reverse("account_confirm_password_reset_code"), {"code": code[1]})
        client.post(
            reverse("account_complete_password_reset"),
            {"password1": "another-good-one-7", "password2": "another-good-one-7"},
        )

        mira.user.refresh_from_db()
        assert mira.user.check_password("another-good-one-7")


class TestRefusals:
    """A form that is refused answers 422, as everywhere, and keeps what was typed but for secrets."""

    def test_of_a_wrong_password(self, mira: Membership) -> None:
        answer = sign_in(Client(), mira.user.email, "wrong-password")

        assert answer.status_code == 422
        assert f'value="{mira.user.email}"' in answer.content.decode()
        assert Client().get(reverse("account_login")).status_code == 200

    @pytest.mark.parametrize(
        ("asked", "confirmed"),
        [
            ("account_request_login_code", "account_confirm_login_code"),
            ("account_reset_password", "account_confirm_password_reset_code"),
        ],
    )
    def test_of_a_wrong_code_and_of_no_address(self, asked: str, confirmed: str, mira: Membership) -> None:
        client = Client()
        assert client.post(reverse(asked), {"email": "nobody"}).status_code == 422
        assert client.post(reverse(asked), {"email": mira.user.email}).status_code == 302

        assert client.post(reverse(confirmed), {"code": "WRONG-1"}).status_code == 422

    def test_of_a_weak_new_password(self, mira: Membership) -> None:
        client = Client()
        client.post(reverse("account_reset_password"), {"email": mira.user.email})
        code = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", mail.outbox[0].body, re.MULTILINE)
        assert code
        client.post(reverse("account_confirm_password_reset_code"), {"code": code[1]})

        typed = {"password1": "short", "password2": "short"}
        assert client.post(reverse("account_complete_password_reset"), typed).status_code == 422
        mira.user.refresh_from_db()
        assert mira.user.check_password(PASSWORD)

    def test_of_what_a_signed_in_person_changes(self, mira: Membership) -> None:
        client = Client()
        sign_in(client, mira.user.email)
        again = client.get(reverse("mfa_activate_totp"))["Location"]
        assert client.post(again, {"password": "wrong-password"}).status_code == 422
        client.post(again, {"password": PASSWORD})
        assert client.get(reverse("mfa_activate_totp")).status_code == 200

        assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 422
        assert client.post(reverse("account_email"), {"action_add": "", "email": "nobody"}).status_code == 422
        typed = {"oldpassword": "wrong-password", "password1": PASSWORD, "password2": PASSWORD}
        assert client.post(reverse("account_change_password"), typed).status_code == 422

    def test_of_a_wrong_code_of_an_authenticator_app(self, mira: Membership) -> None:
        client = Client()
        TOTP.activate(mira.user, generate_totp_secret())
        assert sign_in(client, mira.user.email).status_code == 302

        assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 422
        assert "_auth_user_id" not in client.session


class TestPreferences:
    def test_the_language_of_the_person_wins_over_the_browser(self, mira: Membership) -> None:
        client = Client(headers={"Accept-Language": "zh-Hant"})
        assert 'lang="zh-hant"' in client.get(reverse("account_login")).content.decode()
        client.force_login(mira.user)

        response = client.post(reverse("accounts:language"), {"language": "ar", "next": reverse("orgs:people")})

        page = client.get("/").content.decode()
        assert response["Location"] == reverse("orgs:people")
        assert 'lang="ar"' in page
        assert 'dir="rtl"' in page

    def test_light_or_dark_is_remembered_before_and_after_signing_in(self, mira: Membership) -> None:
        client = Client()
        client.post(reverse("accounts:theme"), {"theme": "dark"})
        assert 'data-theme="dark"' in client.get(reverse("account_login")).content.decode()
        client.force_login(mira.user)

        client.post(reverse("accounts:theme"), {"theme": "light"})

        mira.user.refresh_from_db()
        assert mira.user.theme == "light"

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
    def test_never_leads_away_from_the_portal(self, target: str) -> None:
        response = Client().post(reverse("accounts:theme"), {"theme": "dark", "next": target})

        assert response["Location"] == "/"

    def test_the_profile_is_saved(self, mira: Membership) -> None:
        client = Client()
        client.force_login(mira.user)

        response = client.post(
            reverse("accounts:profile"), {"name": "Mira Dahl", "language": "ru", "density": "comfortable"}
        )

        mira.user.refresh_from_db()
        assert response.status_code == 303
        assert (mira.user.name, mira.user.language, mira.user.density) == ("Mira Dahl", "ru", "comfortable")
