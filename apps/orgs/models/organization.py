from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from apps.core.ids import PublicIdModel
from apps.core.permissions import Member
from apps.core.querysets import LockingQuerySet

# Currencies with two digits or none; those with three are refused at set-up.
CURRENCIES = ("EUR", "NOK", "SEK", "DKK", "GBP", "CHF", "PLN", "CZK", "USD", "CAD", "JPY", "CNY", "TWD", "AED", "SAR")


class CustomerType(models.Model):
    """A segment of customers that sells or makes the same kind of thing: retail chain, food maker, shipyard."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("customer type")
        verbose_name_plural = _("customer types")

    def __str__(self) -> str:
        return self.name


class PaymentTerms(models.Model):
    """When an invoice is due."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    net_days = models.PositiveSmallIntegerField(_("days net"))

    class Meta:
        verbose_name = _("payment terms")
        verbose_name_plural = _("payment terms")

    def __str__(self) -> str:
        return ngettext("%(days)d day net", "%(days)d days net", self.net_days) % {"days": self.net_days}


class OrganizationQuerySet(LockingQuerySet["Organization"]):
    def visible_to(self, membership: Member) -> Self:
        return self.filter(pk=membership.organization_id)


class Organization(PublicIdModel):
    """One legal entity that orders and owes: the tenant. Nothing of it shows to another, not even within a group."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("company", "Active")
        ON_HOLD = "on_hold", pgettext_lazy("company", "On hold")
        BLOCKED = "blocked", pgettext_lazy("company", "Blocked")
        CLOSED = "closed", pgettext_lazy("company", "Closed")

    number = models.CharField(_("customer no."), max_length=20, unique=True)
    legal_name = models.CharField(_("legal name"), max_length=160)
    customer_type = models.ForeignKey(CustomerType, on_delete=models.PROTECT, verbose_name=_("customer type"))
    country = models.CharField(_("country"), max_length=2)
    vat_id = models.CharField(_("VAT ID"), max_length=20, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=[(code, code) for code in CURRENCIES])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    payment_terms = models.ForeignKey(PaymentTerms, on_delete=models.PROTECT, verbose_name=_("payment terms"))
    priority_rank = models.PositiveSmallIntegerField(
        _("priority rank"), default=5, help_text=_("1 is served first when goods are scarce.")
    )
    po_number_required = models.BooleanField(
        _("PO number required"), default=False, help_text=_("Orders need the company’s own number.")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    # Raised by every action that changes what its people may see or do; caches hang on it.
    version = models.BigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"))

    objects = OrganizationQuerySet.as_manager()
    TENANT_COLUMN = "id"

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "vat_id"], name="organization_one_per_vat_id", condition=~models.Q(vat_id="")
            ),
            models.CheckConstraint(condition=models.Q(currency__in=CURRENCIES), name="organization_currency_known"),
            models.CheckConstraint(condition=models.Q(priority_rank__gte=1), name="organization_rank_from_one"),
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "on_hold", "blocked", "closed"]),
                name="organization_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def is_open(self) -> bool:
        """Whether its people may use the portal; on hold they may, only orders wait."""
        return self.state in {self.State.ACTIVE, self.State.ON_HOLD}

    def bump(self) -> None:
        """Make everything cached about this company stale."""
        Organization.objects.filter(pk=self.pk).update(version=models.F("version") + 1)
