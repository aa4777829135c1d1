from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.constraints import AppendOnly, TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.orgs.models import Membership, OrgOwned, OrgOwnedQuerySet

# One width serves money now, and points and quantities later.
AMOUNT: dict[str, Any] = {"max_digits": 15, "decimal_places": 3}


class Limit(PublicIdModel, OrgOwned):
    """A standing rule: at most this much. Null means no limit, zero means nothing."""

    class Kind(models.TextChoices):
        CREDIT = "credit", pgettext_lazy("limit", "Company credit")
        PERSONAL = "personal", pgettext_lazy("limit", "Personal limit")

    class Period(models.TextChoices):
        NONE = "none", pgettext_lazy("limit", "Standing")
        MONTH = "month", pgettext_lazy("limit", "Per month")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("person"),
    )
    amount = models.DecimalField(_("amount"), null=True, blank=True, **AMOUNT)
    period = models.CharField(_("period"), max_length=5, choices=Period, default=Period.NONE)

    objects = OrgOwnedQuerySet["Limit"].as_manager()

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization", "kind", "membership", "period"], name="limit_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="limit_not_negative"),
            models.CheckConstraint(
                condition=Q(kind="personal", membership__isnull=False) | Q(kind="credit", membership=None),
                name="limit_kind_has_its_dimension",
            ),
            models.CheckConstraint(condition=Q(period__in=["none", "month"]), name="limit_period_known"),
            TenantForeignKey(field="membership", name="limit_membership_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.membership}" if self.membership_id else self.get_kind_display()


class AccountQuerySet(OrgOwnedQuerySet["Account"]):
    def of(self, limits: list[Limit]) -> Self:
        return self.filter(limit__in=limits)


class Account(OrgOwned):
    """A limit in one period: what of it is used for good (posted), and what is spoken for (held).

    The ceiling is what the database lets the sum rise to: the amount, or more where somebody approved an overrun or the
    amount was lowered under its use. So the check always stands.
    """

    limit = models.ForeignKey(
        Limit, on_delete=models.PROTECT, db_constraint=False, related_name="accounts", verbose_name=_("limit")
    )
    period_start = models.DateField(_("from"), null=True)
    period_end = models.DateField(_("until"), null=True)
    amount = models.DecimalField(_("amount"), null=True, **AMOUNT)
    ceiling = models.DecimalField(null=True, **AMOUNT)
    posted = models.DecimalField(default=Decimal(0), **AMOUNT)
    held = models.DecimalField(_("held"), default=Decimal(0), **AMOUNT)
    available: Any = models.GeneratedField(
        verbose_name=_("available"),
        expression=F("amount") - F("posted") - F("held"),
        output_field=models.DecimalField(null=True, **AMOUNT),
        db_persist=True,
    )

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("limit", "account")
        verbose_name_plural = pgettext_lazy("limit", "accounts")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["limit", "period_start"], name="account_one_per_period", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="account_held_not_negative"),
            models.CheckConstraint(
                condition=Q(ceiling=None) | Q(ceiling__gte=F("posted") + F("held")), name="account_within_ceiling"
            ),
            models.CheckConstraint(
                condition=Q(amount=None, ceiling=None) | Q(amount__isnull=False, ceiling__gte=F("amount")),
                name="account_ceiling_covers_amount",
            ),
            TenantForeignKey(field="limit", name="account_limit_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.limit} {self.period_start or ''}".strip()

    @property
    def used(self) -> Decimal:
        return self.posted + self.held


class Posting(OrgOwned):
    """One business act in the ledger; its key makes a repeated act find the first."""

    key = models.CharField(max_length=120)
    reason = models.CharField(max_length=60)
    source_kind = models.CharField(max_length=40)
    source_uid = models.UUIDField()
    created_at = models.DateTimeField()

    objects = OrgOwnedQuerySet["Posting"].as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "key"], name="posting_once"),
        ]

    def __str__(self) -> str:
        return self.key


class Hold(OrgOwned):
    """An amount of one account that is spoken for by one source, until it is captured or released."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_constraint=False, related_name="holds")
    source_kind = models.CharField(max_length=40)
    source_uid = models.UUIDField()
    amount = models.DecimalField(**AMOUNT)
    released = models.DecimalField(default=Decimal(0), **AMOUNT)
    remaining: Any = models.GeneratedField(
        expression=F("amount") - F("released"), output_field=models.DecimalField(**AMOUNT), db_persist=True
    )

    objects = OrgOwnedQuerySet["Hold"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["account", "source_kind", "source_uid"], name="hold_once"),
            models.CheckConstraint(
                condition=Q(released__gte=0, amount__gte=F("released")), name="hold_never_overdrawn"
            ),
            TenantForeignKey(field="account", name="hold_account_tenant"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "source_kind", "source_uid"], name="hold_of_source")]

    def __str__(self) -> str:
        return f"{self.source_kind} {self.remaining}"


class Entry(OrgOwned):
    """One change of one account, written once. The balance of an account is the sum of its entries."""

    class Kind(models.TextChoices):
        HOLD = "hold", pgettext_lazy("entry", "Held")
        RELEASE = "release", pgettext_lazy("entry", "Released")

    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, db_constraint=False, related_name="entries", verbose_name=_("posting")
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="entries",
        verbose_name=pgettext_lazy("limit", "account"),
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    held_delta = models.DecimalField(_("change"), **AMOUNT)
    held_after = models.DecimalField(_("held afterwards"), **AMOUNT)
    is_forced = models.BooleanField(_("over the limit"), default=False)

    objects = OrgOwnedQuerySet["Entry"].as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["posting", "account", "kind"], name="entry_once"),
            models.CheckConstraint(condition=Q(kind__in=["hold", "release"]), name="entry_kind_known"),
            TenantForeignKey(field="posting", name="entry_posting_tenant"),
            TenantForeignKey(field="account", name="entry_account_tenant"),
            AppendOnly(name="entry_append_only"),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "-id"], name="entry_statement")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.account}"
