"""What allauth asks us: who may sign up, how e-mail leaves, how secrets of authenticator apps are stored."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.utils.functional import cached_property


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation only, and e-mail goes out of a worker, so that answers take the same time for all."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        from apps.accounts.tasks import hand_over  # noqa: PLC0415  allauth loads this module while apps are loading

        request = allauth_context.request
        hand_over(
            self.render_mail(
                template_prefix,
                email,
                {"request": request, "email": email, "current_site": get_current_site(request), **context},
            )
        )


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps encrypted: a stolen table opens nothing."""

    @cached_property
    def _cipher(self) -> Fernet:
        digest = hashlib.sha256(b"mfa:" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(digest))

    def encrypt(self, text: str) -> str:
        return self._cipher.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._cipher.decrypt(encrypted_text.encode()).decode()
