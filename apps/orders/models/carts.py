from decimal import Decimal
from typing import ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models import Product
from apps.core.constraints import TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.freight.models import DeliveryMethod
from apps.orgs.models import Address, CostCenter, Membership, OrgOwned, OrgOwnedQuerySet, Scoped, ScopedQuerySet


class CartQuerySet(ScopedQuerySet["Cart"]):
    def open(self) -> Self:
        return self.filter(state=Cart.State.OPEN)


class Cart(PublicIdModel, Scoped):
    """What a company is about to order. Several people add to it; its prices are those of its owner's place in the
    company, whoever looks at it. It keeps no prices and never expires: they are worked out when it is shown."""

    VIEW_PERMISSION = "cart.view"

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("cart", "Open")
        SUBMITTED = "submitted", pgettext_lazy("cart", "Sent for approval")
        ORDERED = "ordered", pgettext_lazy("cart", "Ordered")
        ARCHIVED = "archived", pgettext_lazy("cart", "Put away")

    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    # Raised with every change, so that a page knows whether what it shows is still so.
    version = models.PositiveIntegerField(default=1)
    # How often it was submitted.
    revision = models.PositiveIntegerField(default=0)
    currency = models.CharField(_("currency"), max_length=3)
    ship_to = models.ForeignKey(
        Address,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("delivery address"),
    )
    method = models.ForeignKey(
        DeliveryMethod, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("delivery method")
    )
    requested_date = models.DateField(_("wanted day"), null=True)
    po_number = models.CharField(_("PO number"), max_length=35, blank=True)
    cost_center = models.ForeignKey(
        CostCenter,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("cost center"),
    )
    note = models.CharField(_("note"), max_length=240, blank=True)
    # What the header shows, so that a long cart costs other pages nothing. Goods, net; null: a price is on request.
    line_count = models.PositiveIntegerField(_("Lines"), default=0)
    last_total = models.DecimalField(_("goods, net"), max_digits=14, decimal_places=2, null=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("updated"))

    objects = CartQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints: ClassVar = [
            *Scoped.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=["open", "submitted", "ordered", "archived"]), name="cart_state_known"
            ),
            TenantForeignKey(field="ship_to", name="cart_ship_to_tenant"),
            TenantForeignKey(field="cost_center", name="cart_cost_center_tenant"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "owner"], condition=Q(state="open"), name="cart_open_of_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def may_be_undone_by(self, membership: Membership) -> bool:
        """Whether the last thing that happened to the cart is a change of its lines by this person."""
        change = getattr(self, "last_change", None)
        return bool(change and (change.version, change.author_id) == (self.version, membership.pk))


class CurrentCart(OrgOwned):
    """The cart into which a person puts things at the moment: their own, or one that they share; and where the carts
    that they begin are delivered. Without an address of theirs that is the company's first choice."""

    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    cart = models.ForeignKey(Cart, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="chosen_by")
    ship_to = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")

    objects = OrgOwnedQuerySet["CurrentCart"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            TenantForeignKey(field="membership", name="currentcart_membership_tenant"),
            TenantForeignKey(field="cart", name="currentcart_cart_tenant"),
            TenantForeignKey(field="ship_to", name="currentcart_ship_to_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.cart}"


class CartLine(PublicIdModel, OrgOwned):
    """So many base units of one product, for one cost center and day."""

    cart = models.ForeignKey(Cart, on_delete=models.PROTECT, db_constraint=False, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    cost_center = models.ForeignKey(
        CostCenter, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    # Null: as soon as possible.
    requested_date = models.DateField(null=True)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    version = models.PositiveIntegerField(default=1)
    # Who made this version of it.
    changed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    created_at = models.DateTimeField()

    objects = OrgOwnedQuerySet["CartLine"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["cart", "product", "cost_center", "requested_date"], name="cartline_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(quantity__gt=Decimal(0)), name="cartline_quantity_positive"),
            TenantForeignKey(field="cart", name="cartline_cart_tenant"),
            TenantForeignKey(field="cost_center", name="cartline_cost_center_tenant"),
            TenantForeignKey(field="author", name="cartline_author_tenant"),
            TenantForeignKey(field="changed_by", name="cartline_changed_by_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} x {self.product}"


class CartChange(OrgOwned):
    """The last change to the lines of a cart, with what takes it back: only who made it can, and only while the cart
    still has the version that it got by it."""

    cart = models.OneToOneField(Cart, on_delete=models.PROTECT, db_constraint=False, related_name="last_change")
    version = models.PositiveIntegerField()
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    # The lines that were changed or removed as they were before, as serializers write them.
    before = models.JSONField(encoder=DjangoJSONEncoder)
    # The ids of those that are new.
    added = models.JSONField()

    objects = OrgOwnedQuerySet["CartChange"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            TenantForeignKey(field="cart", name="cartchange_cart_tenant"),
            TenantForeignKey(field="author", name="cartchange_author_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.cart} {self.version}"
