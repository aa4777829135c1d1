"""Who buys, in what capacity, for whom."""

from apps.orgs.models.audience import Audience, AudienceQuerySet
from apps.orgs.models.organization import CustomerType, Organization, PaymentTerms
from apps.orgs.models.people import Invitation, Membership, Role, RoleAssignment, RoleGrant
from apps.orgs.models.places import Address, CostCenter
from apps.orgs.models.scoped import Scoped, ScopedQuerySet
from apps.orgs.models.tenancy import OrgOwned, OrgOwnedQuerySet
from apps.orgs.models.units import OrgUnit

__all__ = [
    "Address",
    "Audience",
    "AudienceQuerySet",
    "CostCenter",
    "CustomerType",
    "Invitation",
    "Membership",
    "OrgOwned",
    "OrgOwnedQuerySet",
    "OrgUnit",
    "Organization",
    "PaymentTerms",
    "Role",
    "RoleAssignment",
    "RoleGrant",
    "Scoped",
    "ScopedQuerySet",
]
