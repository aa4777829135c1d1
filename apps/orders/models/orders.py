from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models import Product
from apps.core.constraints import TenantForeignKey
from apps.core.errors import IllegalTransition
from apps.core.ids import PublicIdModel
from apps.core.money import line_net
from apps.freight.models import DeliveryMethod
from apps.inventory.models import Demand
from apps.orders.models.carts import Cart
from apps.orders.models.submissions import AMOUNT, Clearance, Submission
from apps.orgs.models import CostCenter, Membership, OrgOwned, OrgOwnedQuerySet, Scoped, ScopedQuerySet

UNIT_PRICE: dict[str, Any] = {"max_digits": 14, "decimal_places": 4}
QUANTITY: dict[str, Any] = {"max_digits": 12, "decimal_places": 3}


class OrderQuerySet(ScopedQuerySet["Order"]):
    def open(self) -> Self:
        """Orders from which something is still to come."""
        return self.filter(state__in=[Order.State.PLACED, Order.State.CONFIRMED])


class Order(PublicIdModel, Scoped):
    """What a company has bound itself to, copied from the submission that was cleared."""

    VIEW_PERMISSION = "orders.view"

    class State(models.TextChoices):
        PLACED = "placed", pgettext_lazy("order", "Placed")
        CONFIRMED = "confirmed", pgettext_lazy("order", "Confirmed")
        CLOSED = "closed", pgettext_lazy("order", "Closed")
        CANCELLED = "cancelled", pgettext_lazy("order", "Canceled")

    class Progress(models.TextChoices):
        NONE = "none", pgettext_lazy("shipping", "Not shipped")
        PARTIAL = "partial", pgettext_lazy("shipping", "Partly shipped")
        SHIPPED = "shipped", pgettext_lazy("shipping", "Shipped")
        DELIVERED = "delivered", pgettext_lazy("shipping", "Delivered")

    MAY_BECOME: ClassVar = {
        State.PLACED: {State.CONFIRMED, State.CANCELLED},
        State.CONFIRMED: {State.CLOSED, State.CANCELLED},
        State.CLOSED: set(),
        State.CANCELLED: set(),
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    cart = models.OneToOneField(Cart, on_delete=models.PROTECT, db_constraint=False, related_name="order")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, db_constraint=False, related_name="order")
    clearance = models.OneToOneField(Clearance, on_delete=models.PROTECT, db_constraint=False, related_name="order")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLACED)
    progress = models.CharField(_("shipping"), max_length=9, choices=Progress, default=Progress.NONE)
    po_number = models.CharField(_("PO number"), max_length=35, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    goods_net = models.DecimalField(_("goods, net"), **AMOUNT)
    freight_net = models.DecimalField(_("freight, net"), **AMOUNT)
    net = models.DecimalField(_("net"), **AMOUNT)
    tax = models.DecimalField(_("VAT"), **AMOUNT)
    gross: Any = models.GeneratedField(
        expression=F("net") + F("tax"), output_field=models.DecimalField(**AMOUNT), db_persist=True
    )
    tax_groups = models.JSONField(encoder=DjangoJSONEncoder)
    payment_days = models.PositiveSmallIntegerField(_("days net"))
    bill_to = models.JSONField()
    note = models.CharField(_("note"), max_length=240, blank=True)
    # Which text of the terms of sale the buyer accepted.
    terms_version = models.CharField(_("terms of sale"), max_length=20)
    price_day = models.DateField()
    placed_at = models.DateTimeField(_("placed"))

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints: ClassVar = [
            *Scoped.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=["placed", "confirmed", "closed", "cancelled"]), name="order_state_known"
            ),
            models.CheckConstraint(
                condition=Q(progress__in=["none", "partial", "shipped", "delivered"]), name="order_progress_known"
            ),
            models.CheckConstraint(condition=Q(net=F("goods_net") + F("freight_net")), name="order_net_adds_up"),
            models.CheckConstraint(condition=Q(goods_net__gte=0, freight_net__gte=0, tax__gte=0), name="order_amounts"),
            TenantForeignKey(field="cart", name="order_cart_tenant"),
            TenantForeignKey(field="submission", name="order_submission_tenant"),
            TenantForeignKey(field="clearance", name="order_clearance_tenant"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-placed_at"], name="order_of_company"),
            models.Index(fields=["organization", "unit", "-placed_at"], name="order_of_unit"),
            models.Index(fields=["organization", "owner", "-placed_at"], name="order_of_owner"),
            models.Index(fields=["organization", "po_number"], name="order_by_po_number"),
            models.Index(fields=["state", "placed_at"], name="order_to_work_on"),
            models.Index(fields=["organization"], name="order_open", condition=Q(state__in=["placed", "confirmed"])),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def may_be_cancelled(self) -> bool:
        """Whether it is open, and nothing of it has left."""
        return self.progress == self.Progress.NONE and self.state in {self.State.PLACED, self.State.CONFIRMED}

    @property
    def has_remainder(self) -> bool:
        """Whether a part of it has left, and the rest has not."""
        return self.progress == self.Progress.PARTIAL and self.state == self.State.CONFIRMED

    def become(self, state: str) -> None:
        """Change the state in memory.

        :raises IllegalTransition: the order is in a state from which it may not become this.
        """
        if state not in self.MAY_BECOME[self.State(self.state)]:
            raise IllegalTransition
        self.state = state


class OrderLine(PublicIdModel, OrgOwned):
    """One product of an order at its frozen price, and how far it has come. Quantities are in base units."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_constraint=False, related_name="lines")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=40)
    name = models.CharField(max_length=240)
    own_code = models.CharField(max_length=60, blank=True)
    quantity = models.DecimalField(**QUANTITY)
    base_unit = models.CharField(max_length=3)
    unit_price = models.DecimalField(**UNIT_PRICE)
    price_per = models.PositiveSmallIntegerField()
    net = models.DecimalField(**AMOUNT)
    tax_category = models.CharField(max_length=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4)
    tax = models.DecimalField(**AMOUNT)
    # How the price came about, as it was shown.
    explanation = models.JSONField(encoder=DjangoJSONEncoder)
    cost_center = models.ForeignKey(
        CostCenter, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    cost_center_code = models.CharField(max_length=20, blank=True)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    cancelled = models.DecimalField(default=0, **QUANTITY)
    shipped = models.DecimalField(default=0, **QUANTITY)
    delivered = models.DecimalField(default=0, **QUANTITY)

    objects = OrgOwnedQuerySet["OrderLine"].as_manager()

    @property
    def net_left(self) -> Decimal:
        """The net price of what of it is not canceled, in the currency of its order."""
        if not self.cancelled:
            return self.net
        return line_net(self.quantity - self.cancelled, self.unit_price, self.price_per, self.order.currency)

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["order", "position"], name="orderline_one_per_position"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, cancelled__gte=0, shipped__gte=0, delivered__gte=0),
                name="orderline_counters_positive",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("cancelled") + F("shipped")), name="orderline_never_overshipped"
            ),
            models.CheckConstraint(condition=Q(shipped__gte=F("delivered")), name="orderline_never_overdelivered"),
            TenantForeignKey(field="order", name="orderline_order_tenant"),
            TenantForeignKey(field="cost_center", name="orderline_cost_center_tenant"),
            TenantForeignKey(field="author", name="orderline_author_tenant"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "sku"], name="orderline_by_sku")]

    def __str__(self) -> str:
        return f"{self.order} {self.position}"

    @property
    def open(self) -> Any:
        """What is still to be shipped."""
        return self.quantity - self.cancelled - self.shipped


class OrderDelivery(OrgOwned):
    """Where goods of an order go, how, and what that costs."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_constraint=False, related_name="deliveries")
    ship_to = models.JSONField()
    method = models.ForeignKey(DeliveryMethod, on_delete=models.PROTECT, related_name="+")
    requested_date = models.DateField(null=True)
    freight_net = models.DecimalField(**AMOUNT)
    tax_category = models.CharField(max_length=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4)
    tax = models.DecimalField(**AMOUNT)

    objects = OrgOwnedQuerySet["OrderDelivery"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            TenantForeignKey(field="order", name="orderdelivery_order_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.method}"


class ScheduleLine(PublicIdModel, OrgOwned):
    """When so much of an order line comes, as wanted, as promised when it was ordered, and as confirmed."""

    class Confirmation(models.TextChoices):
        OPEN = "open", pgettext_lazy("confirmation", "Not confirmed yet")
        ACCEPTED = "accepted", pgettext_lazy("confirmation", "Confirmed")
        CHANGED = "changed", pgettext_lazy("confirmation", "Confirmed with changes")
        REJECTED = "rejected", pgettext_lazy("confirmation", "Rejected")

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, db_constraint=False, related_name="schedule")
    delivery = models.ForeignKey(OrderDelivery, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    quantity = models.DecimalField(**QUANTITY)
    requested_date = models.DateField(null=True)
    # Null: no day can be promised yet.
    promised_date = models.DateField(null=True)
    confirmed_date = models.DateField(null=True)
    confirmation = models.CharField(max_length=8, choices=Confirmation, default=Confirmation.OPEN)
    demand = models.OneToOneField(Demand, on_delete=models.PROTECT, db_constraint=False, related_name="schedule_line")

    objects = OrgOwnedQuerySet["ScheduleLine"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0), name="scheduleline_quantity_positive"),
            models.CheckConstraint(
                condition=Q(confirmation__in=["open", "accepted", "changed", "rejected"]),
                name="scheduleline_confirmation_known",
            ),
            TenantForeignKey(field="line", name="scheduleline_line_tenant"),
            TenantForeignKey(field="delivery", name="scheduleline_delivery_tenant"),
            TenantForeignKey(field="demand", name="scheduleline_demand_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.quantity.normalize():f}"

    @property
    def arrives_on(self) -> Any:
        """The day to count on: the confirmed one, before that the promised one."""
        return self.confirmed_date or self.promised_date
