from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.constraints import TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.core.weekdays import EVERY_DAY, MONDAY_TO_FRIDAY
from apps.orgs.models.people import Membership
from apps.orgs.models.tenancy import OrgOwned, OrgOwnedQuerySet
from apps.orgs.models.units import OrgUnit


class AddressQuerySet(OrgOwnedQuerySet["Address"]):
    def active(self) -> Self:
        return self.filter(state=Address.State.ACTIVE)


class Address(PublicIdModel, OrgOwned):
    """A place of a company where goods or invoices go. Without a unit it serves all units."""

    class Kind(models.TextChoices):
        SHIP_TO = "ship_to", pgettext_lazy("address", "Delivery")
        BILL_TO = "bill_to", pgettext_lazy("address", "Invoices")
        BOTH = "both", pgettext_lazy("address", "Delivery and invoices")

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("address", "Active")
        BLOCKED = "blocked", pgettext_lazy("address", "Blocked")

    kind = models.CharField(_("used for"), max_length=7, choices=Kind, default=Kind.SHIP_TO)
    name = models.CharField(_("name"), max_length=120)
    unit = models.ForeignKey(
        OrgUnit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=pgettext_lazy("company", "unit"),
    )
    street = models.CharField(_("street"), max_length=160)
    postal_code = models.CharField(_("postal code"), max_length=16)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2)
    receiving_from = models.TimeField(_("receiving from"), null=True, blank=True)
    receiving_until = models.TimeField(_("receiving until"), null=True, blank=True)
    receiving_weekdays = models.PositiveSmallIntegerField(_("receiving days"), default=MONDAY_TO_FRIDAY)
    has_forklift = models.BooleanField(_("forklift on site"), default=False)
    needs_tail_lift = models.BooleanField(_("tail lift needed"), default=False)
    parcels_only = models.BooleanField(_("parcels only"), default=False)
    is_default = models.BooleanField(_("first choice for deliveries"), default=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.ACTIVE)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(is_default=True, state="active"),
                name="address_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["ship_to", "bill_to", "both"]), name="address_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(state__in=["active", "blocked"]), name="address_state_known"),
            models.CheckConstraint(
                condition=models.Q(receiving_from=None, receiving_until=None)
                | models.Q(receiving_from__lt=models.F("receiving_until")),
                name="address_receiving_hours_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(receiving_weekdays__range=(1, EVERY_DAY)), name="address_receives_on_some_day"
            ),
            TenantForeignKey(field="unit", name="address_unit_tenant"),
        ]

    def __str__(self) -> str:
        return self.name


class CostCenter(PublicIdModel, OrgOwned):
    """Where a company books what it buys."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("cost center", "Active")
        CLOSED = "closed", pgettext_lazy("cost center", "Closed")

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    manager = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("Manager"),
    )
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.ACTIVE)

    objects = OrgOwnedQuerySet["CostCenter"].as_manager()

    class Meta:
        verbose_name = _("cost center")
        verbose_name_plural = _("cost centers")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "code"], name="costcenter_one_per_code"),
            models.CheckConstraint(condition=models.Q(state__in=["active", "closed"]), name="costcenter_state_known"),
            TenantForeignKey(field="manager", name="costcenter_manager_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
