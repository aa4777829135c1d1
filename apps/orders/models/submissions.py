from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.constraints import AppendOnly, TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.orders.models.carts import Cart
from apps.orgs.models import Membership, OrgOwned, OrgOwnedQuerySet

AMOUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class Submission(PublicIdModel, OrgOwned):
    """A cart as it was sent, whole and unchangeable: what approvers decide about, and what an order is made of."""

    cart = models.ForeignKey(
        Cart, on_delete=models.PROTECT, db_constraint=False, related_name="submissions", verbose_name=_("cart")
    )
    revision = models.PositiveIntegerField(pgettext_lazy("submission", "round"))
    content = models.JSONField(encoder=DjangoJSONEncoder)
    # SHA-256 of the content in canonical form.
    content_hash = models.CharField(max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    # Net goods without freight: what limits and rules of approval compare.
    goods_net = models.DecimalField(_("goods, net"), **AMOUNT)
    net = models.DecimalField(_("net"), **AMOUNT)
    tax = models.DecimalField(_("VAT"), **AMOUNT)
    price_day = models.DateField(_("prices of"))
    submitted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("sent by")
    )
    created_at = models.DateTimeField(_("created"))

    objects = OrgOwnedQuerySet["Submission"].as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["cart", "revision"], name="submission_one_per_revision"),
            TenantForeignKey(field="cart", name="submission_cart_tenant"),
            TenantForeignKey(field="submitted_by", name="submission_author_tenant"),
            AppendOnly(name="submission_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.cart}, {self.revision}"


class Clearance(OrgOwned):
    """The right of one submission to become an order. Approvals alone give it; no order exists without one."""

    class Basis(models.TextChoices):
        NO_RULE = "no_rule", _("No approval needed")
        REQUEST = "request", _("Approved")

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, db_constraint=False, related_name="clearance"
    )
    content_hash = models.CharField(max_length=64)
    basis = models.CharField(max_length=7, choices=Basis)
    # The number of the approval request.
    reference = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    objects = OrgOwnedQuerySet["Clearance"].as_manager()

    class Meta:
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.CheckConstraint(condition=Q(basis__in=["no_rule", "request"]), name="clearance_basis_known"),
            TenantForeignKey(field="submission", name="clearance_submission_tenant"),
            AppendOnly(name="clearance_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.basis}"
