from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from apps.accounts.models import User
from apps.orgs.queries import memberships_of


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs in as allauth does, and knows a returning person by their companies: one statement reads both."""

    def get_user(self, user_id: Any) -> User | None:
        memberships = memberships_of(user_id)
        return memberships[0].user if memberships else super().get_user(user_id)
