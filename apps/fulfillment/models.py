from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.constraints import TenantForeignKey
from apps.core.errors import IllegalTransition
from apps.core.ids import PublicIdModel
from apps.core.permissions import Member
from apps.inventory.models import Warehouse
from apps.orders.models import Order, ScheduleLine
from apps.orgs.models import OrgOwned, OrgOwnedQuerySet


class ShipmentQuerySet(OrgOwnedQuerySet["Shipment"]):
    def visible_to(self, membership: Member) -> Self:
        """Shipments with something in them of an order that this member sees."""
        seen = ShipmentLine.objects.visible_to(membership).filter(shipment=OuterRef("pk"))
        return super().visible_to(membership).filter(Exists(seen))


class Shipment(PublicIdModel, OrgOwned):
    """What left a warehouse at once for one address of one company; it may carry lines of several orders."""

    class State(models.TextChoices):
        DISPATCHED = "dispatched", pgettext_lazy("shipment", "On the way")
        DELIVERED = "delivered", pgettext_lazy("shipment", "Delivered")

    MAY_BECOME: ClassVar = {
        State.DISPATCHED: {State.DELIVERED},
        State.DELIVERED: set(),
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    ship_to = models.JSONField(_("delivery address"))
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DISPATCHED)
    dispatched_at = models.DateTimeField(_("sent"))
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.CheckConstraint(condition=Q(state__in=["dispatched", "delivered"]), name="shipment_state_known"),
            models.CheckConstraint(
                condition=Q(state="dispatched", delivered_at=None) | Q(state="delivered", delivered_at__isnull=False),
                name="shipment_delivered_at_some_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-dispatched_at"], name="shipment_of_company")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_on_the_way(self) -> bool:
        return self.state == self.State.DISPATCHED

    def become(self, state: str) -> None:
        """Change the state in memory.

        :raises IllegalTransition: the shipment is in a state from which it may not become this.
        """
        if state not in self.MAY_BECOME[self.State(self.state)]:
            raise IllegalTransition
        self.state = state


class ShipmentLineQuerySet(OrgOwnedQuerySet["ShipmentLine"]):
    def visible_to(self, membership: Member) -> Self:
        """Lines of orders that this member sees."""
        orders = Order.objects.visible_to(membership)
        return super().visible_to(membership).filter(schedule_line__line__order__in=orders)


class ShipmentLine(OrgOwned):
    """So many base units of one line of an order in one shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, db_constraint=False, related_name="lines")
    schedule_line = models.ForeignKey(
        ScheduleLine, on_delete=models.PROTECT, db_constraint=False, related_name="shipment_lines"
    )
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    objects = ShipmentLineQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["shipment", "schedule_line"], name="shipmentline_once"),
            models.CheckConstraint(condition=Q(quantity__gt=Decimal(0)), name="shipmentline_quantity_positive"),
            TenantForeignKey(field="shipment", name="shipmentline_shipment_tenant"),
            TenantForeignKey(field="schedule_line", name="shipmentline_schedule_line_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment} {self.quantity.normalize():f}"
