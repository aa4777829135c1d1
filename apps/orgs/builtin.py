"""Rows that every portal has: roles. One idempotent function, called after migrate and by transactional tests."""

from django.db import transaction

from apps.orgs.models import Role, RoleGrant
from apps.orgs.models.people import BUILT_IN_ROLES

OWN, SUBTREE, COMPANY = RoleGrant.Scope.OWN, RoleGrant.Scope.SUBTREE, RoleGrant.Scope.ORGANIZATION

EVERYBODY: dict[str, str] = {
    "catalog.view": COMPANY,
    "prices.view": COMPANY,
    "company.view": COMPANY,
    "cart.view": COMPANY,
    "orders.view": COMPANY,
}
GRANTS: dict[str, dict[str, str]] = {
    "admin": {
        **EVERYBODY,
        "company.people": COMPANY,
        "company.addresses": COMPANY,
        "company.log": COMPANY,
        "approvals.policies": COMPANY,
    },
    "buyer": {
        **EVERYBODY,
        "cart.edit": COMPANY,
        "cart.submit": COMPANY,
        "orders.cancel": COMPANY,
        "lists.edit": COMPANY,
    },
    "requester": {
        **EVERYBODY,
        "orders.view": OWN,
        "cart.edit": COMPANY,
        "cart.submit": OWN,
        "orders.cancel": OWN,
        "lists.edit": OWN,
    },
    "approver": {**EVERYBODY, "approvals.decide": SUBTREE},
    "finance": {**EVERYBODY, "company.log": COMPANY, "approvals.decide": SUBTREE},
    "viewer": EVERYBODY,
}


@transaction.atomic
def ensure_builtin_rows() -> None:
    """Make the built-in roles be there with exactly these rights."""
    for position, (code, grants) in enumerate(GRANTS.items(), start=1):
        role, _created = Role.objects.update_or_create(
            organization=None, code=code, defaults={"name": str(BUILT_IN_ROLES[code]), "position": position}
        )
        for permission, scope in grants.items():
            RoleGrant.objects.update_or_create(role=role, permission=permission, defaults={"scope": scope})
        role.grants.exclude(permission__in=grants).delete()
