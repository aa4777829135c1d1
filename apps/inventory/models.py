from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models import Product
from apps.core.constraints import AppendOnly
from apps.core.ids import PublicIdModel
from apps.core.querysets import LockingQuerySet
from apps.core.weekdays import EVERY_DAY, MONDAY_TO_FRIDAY
from apps.orgs.models import OrgOwned, OrgOwnedQuerySet

# Base units of the product.
QUANTITY: dict[str, Any] = {"max_digits": 12, "decimal_places": 3}


class Warehouse(PublicIdModel):
    """A place that goods leave from. Its working days are those of its weekdays, less the holidays of its country and
    its own closures."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=80)
    country = models.CharField(_("country"), max_length=2)
    time_zone = models.CharField(_("time zone"), max_length=40)
    weekdays = models.PositiveSmallIntegerField(_("working days"), default=MONDAY_TO_FRIDAY)

    objects = LockingQuerySet["Warehouse"].as_manager()

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weekdays__range=(1, EVERY_DAY)), name="warehouse_works_on_some_day"),
        ]

    def __str__(self) -> str:
        return self.name


class WarehouseClosure(models.Model):
    """A day on which nothing leaves, beside weekends and holidays."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="closures")
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["warehouse", "day"], name="warehouseclosure_once"),
        ]

    def __str__(self) -> str:
        return self.day.isoformat()


class Stock(models.Model):
    """What of a product lies in a warehouse, how much of it is reserved, and how much is never promised (safety)."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stocks", verbose_name=_("product"))
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="stocks", verbose_name=_("warehouse")
    )
    on_hand = models.DecimalField(_("on hand"), default=Decimal(0), **QUANTITY)
    reserved = models.DecimalField(_("reserved"), default=Decimal(0), **QUANTITY)
    safety = models.DecimalField(
        _("safety stock"), default=Decimal(0), validators=[MinValueValidator(Decimal(0))], **QUANTITY
    )
    # When the quantity on hand was last known to be right.
    updated_at = models.DateTimeField(_("updated"))

    objects = LockingQuerySet["Stock"].as_manager()

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="stock_once"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0, reserved__gte=0, safety__gte=0), name="stock_not_negative"
            ),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="stock_reserved_is_there"),
        ]

    def __str__(self) -> str:
        return f"{self.product}, {self.warehouse}"

    @property
    def free(self) -> Decimal:
        return max(self.on_hand - self.reserved - self.safety, Decimal(0))


class ReceiptQuerySet(LockingQuerySet["Receipt"]):
    def open(self) -> Self:
        return self.filter(arrived__lt=F("quantity"))


class Receipt(PublicIdModel):
    """Goods that are on their way to a warehouse. They can be reserved before they are there."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase", pgettext_lazy("receipt", "Purchase")
        PRODUCTION = "production", pgettext_lazy("receipt", "Production")
        TRANSFER = "transfer", pgettext_lazy("receipt", "Transfer")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PURCHASE)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("product"))
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("warehouse")
    )
    due_on = models.DateField(_("due"))
    quantity = models.DecimalField(_("quantity"), validators=[MinValueValidator(Decimal("0.001"))], **QUANTITY)
    reserved = models.DecimalField(_("reserved"), default=Decimal(0), **QUANTITY)
    arrived = models.DecimalField(_("arrived"), default=Decimal(0), **QUANTITY)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, reserved__gte=0, arrived__gte=0), name="receipt_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("arrived") + F("reserved")), name="receipt_reserved_is_coming"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["purchase", "production", "transfer"]), name="receipt_kind_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["product", "due_on"], condition=Q(arrived__lt=F("quantity")), name="receipt_open_of_product"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}, {self.due_on}"

    @property
    def free(self) -> Decimal:
        return self.quantity - self.arrived - self.reserved


class DemandQuerySet(OrgOwnedQuerySet["Demand"]):
    def open(self) -> Self:
        return self.filter(quantity__gt=F("fulfilled") + F("cancelled"))

    def waiting(self) -> Self:
        """Open, and not all of it covered by reservations."""
        of_demand = Reservation.objects.filter(demand=OuterRef("pk")).order_by().values("demand")
        covered = Subquery(of_demand.annotate(sum=Sum("quantity")).values("sum"))
        total = Coalesce(covered, Decimal(0), output_field=models.DecimalField(**QUANTITY))
        return self.open().alias(covered=total).filter(quantity__gt=F("fulfilled") + F("cancelled") + F("covered"))


class Demand(OrgOwned):
    """A quantity that somebody higher up wants from supply, known by `source_uid`. What of it is open and has no
    reservation waits: a backorder."""

    source_uid = models.UUIDField(unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.DecimalField(_("quantity"), **QUANTITY)
    fulfilled = models.DecimalField(_("shipped"), default=Decimal(0), **QUANTITY)
    cancelled = models.DecimalField(_("canceled"), default=Decimal(0), **QUANTITY)
    requested_date = models.DateField(_("wanted"), null=True)
    rank = models.PositiveSmallIntegerField(_("priority rank"))
    created_at = models.DateTimeField(_("created"))

    objects = DemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quantity__gt=0, fulfilled__gte=0, cancelled__gte=0), name="demand_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("fulfilled") + F("cancelled")), name="demand_not_overdone"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["product", "rank", "created_at"],
                condition=Q(quantity__gt=F("fulfilled") + F("cancelled")),
                name="demand_open_of_product",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}, {self.quantity.normalize():f}"

    @property
    def open(self) -> Decimal:
        return self.quantity - self.fulfilled - self.cancelled


class Reservation(models.Model):
    """Which supply covers how much of a demand."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="reservations")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, null=True, related_name="reservations")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, null=True, related_name="reservations")
    quantity = models.DecimalField(_("quantity"), **QUANTITY)

    ORG_PATH = "demand__organization"

    objects = LockingQuerySet["Reservation"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["demand", "stock", "receipt"], name="reservation_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(stock__isnull=False, receipt=None) | Q(stock=None, receipt__isnull=False),
                name="reservation_of_stock_or_receipt",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f}"


class StockMovement(models.Model):
    """One change of what lies in a warehouse, written once."""

    class Reason(models.TextChoices):
        RECEIPT = "receipt", pgettext_lazy("stock movement", "Goods came in")
        SHIPMENT = "shipment", pgettext_lazy("stock movement", "Shipped")
        COUNT = "count", pgettext_lazy("stock movement", "Counted")
        LOSS = "loss", pgettext_lazy("stock movement", "Damaged or lost")
        RETURN = "return", pgettext_lazy("stock movement", "Taken back")

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements", verbose_name=_("stock"))
    delta = models.DecimalField(_("change"), **QUANTITY)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)
    source = models.CharField(_("source"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(delta=0), name="stockmovement_moves_something"),
            models.CheckConstraint(
                condition=Q(reason__in=["receipt", "shipment", "count", "loss", "return"]),
                name="stockmovement_reason_known",
            ),
            AppendOnly(name="stockmovement_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.delta.normalize():+f}"
