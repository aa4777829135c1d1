from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Left, Length
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.ids import PublicIdModel
from apps.core.models import Versioned
from apps.core.querysets import LockingQuerySet
from apps.core.weekdays import EVERY_DAY, MONDAY_TO_FRIDAY
from apps.freight import rules
from apps.inventory.models import Warehouse
from apps.orgs.models import Audience, AudienceQuerySet
from apps.orgs.models.organization import CURRENCIES

CURRENCY_CHOICES = [(code, code) for code in CURRENCIES]
# Compared byte by byte, so that a range means the same in every database.
POSTAL: dict[str, Any] = {"max_length": 16, "blank": True, "db_collation": "C"}


class DeliveryMethod(PublicIdModel):
    """A way in which goods travel, as the buyer chooses it."""

    class Kind(models.TextChoices):
        PARCEL = "parcel", pgettext_lazy("delivery", "Parcel")
        PALLET = "pallet", pgettext_lazy("delivery", "Pallet")
        TRUCK = "truck", pgettext_lazy("delivery", "Our truck")
        COLLECTION = "collection", pgettext_lazy("delivery", "Collect it yourself")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    objects = LockingQuerySet["DeliveryMethod"].as_manager()

    class Meta:
        verbose_name = _("delivery method")
        verbose_name_plural = _("delivery methods")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["parcel", "pallet", "truck", "collection"]), name="deliverymethod_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.carrier}" if self.carrier else self.get_kind_display()

    @property
    def is_collection(self) -> bool:
        return self.kind == self.Kind.COLLECTION


class FreightZoneQuerySet(LockingQuerySet["FreightZone"]):
    def covering(self, country: str, postal_code: str) -> Self:
        """Zones that a place lies in, the narrowest first. A range covers all codes that begin within it."""
        code = Value(rules.postal_key(postal_code), models.TextField())
        return self.filter(
            Q(postal_from="")
            | Q(
                postal_from__lte=Left(code, Length("postal_from")),
                postal_to__gte=Left(code, Length("postal_to")),
            ),
            country=country,
        ).order_by("-postal_from", "postal_to")


class FreightZone(PublicIdModel):
    """A country, or a range of its postal codes. A place belongs to the narrowest zone that it lies in."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    country = models.CharField(_("country"), max_length=2)
    postal_from = models.CharField(_("postal codes from"), **POSTAL)
    postal_to = models.CharField(_("postal codes to"), **POSTAL)

    objects = FreightZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("freight zone")
        verbose_name_plural = _("freight zones")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "postal_from", "postal_to"], name="freightzone_once"),
            models.CheckConstraint(
                condition=Q(postal_from="", postal_to="") | Q(postal_from__gt="", postal_to__gte=F("postal_from")),
                name="freightzone_codes_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.postal_from}–{self.postal_to}" if self.postal_from else self.country


class Route(PublicIdModel):
    """Who leaves a warehouse for a zone, on which weekdays, with what was ordered by when, and how long it takes."""

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="routes", verbose_name=_("warehouse")
    )
    zone = models.ForeignKey(FreightZone, on_delete=models.PROTECT, related_name="routes", verbose_name=_("zone"))
    method = models.ForeignKey(
        DeliveryMethod, on_delete=models.PROTECT, related_name="routes", verbose_name=_("delivery method")
    )
    weekdays = models.PositiveSmallIntegerField(_("leaves on"), default=MONDAY_TO_FRIDAY)
    cut_off = models.TimeField(_("cut-off"), help_text=_("In the time zone of the warehouse."))
    transit_days = models.PositiveSmallIntegerField(_("working days on the way"))

    objects = LockingQuerySet["Route"].as_manager()

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["warehouse", "zone", "method"], name="route_once"),
            models.CheckConstraint(condition=Q(weekdays__range=(1, EVERY_DAY)), name="route_leaves_on_some_day"),
            models.CheckConstraint(condition=Q(transit_days__lte=60), name="route_arrives"),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse}, {self.zone}, {self.method}"


class FreightRate(PublicIdModel):
    """What a delivery into a zone costs from a weight (in kg) or a net value on."""

    class Basis(models.TextChoices):
        WEIGHT = "weight", pgettext_lazy("freight", "By weight, kg")
        VALUE = "value", pgettext_lazy("freight", "By net value")

    method = models.ForeignKey(
        DeliveryMethod, on_delete=models.PROTECT, related_name="rates", verbose_name=_("delivery method")
    )
    zone = models.ForeignKey(FreightZone, on_delete=models.PROTECT, related_name="rates", verbose_name=_("zone"))
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCY_CHOICES)
    basis = models.CharField(_("basis"), max_length=6, choices=Basis)
    from_value = models.DecimalField(_("from"), max_digits=14, decimal_places=3, default=0)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)

    objects = LockingQuerySet["FreightRate"].as_manager()

    class Meta:
        verbose_name = _("freight rate")
        verbose_name_plural = _("freight rates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["zone", "method", "currency", "basis", "from_value"], name="freightrate_once"
            ),
            models.CheckConstraint(condition=Q(from_value__gte=0, price__gte=0), name="freightrate_not_negative"),
            models.CheckConstraint(condition=Q(basis__in=["weight", "value"]), name="freightrate_basis_known"),
            models.CheckConstraint(condition=Q(currency__in=CURRENCIES), name="freightrate_currency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.method}, {self.zone}: {self.price} {self.currency}"


class FreightRuleQuerySet(AudienceQuerySet["FreightRule"]):
    def in_currency(self, currency: str) -> Self:
        return self.filter(currency=currency)


class FreightRule(PublicIdModel, Versioned, Audience):
    """From which net amount on a delivery is free for an audience; without a method, by every method."""

    method = models.ForeignKey(
        DeliveryMethod, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("delivery method"),
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCY_CHOICES)
    free_from = models.DecimalField(_("free from"), max_digits=14, decimal_places=2)

    objects = FreightRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("free freight")
        verbose_name_plural = _("free freight")
        constraints: ClassVar = [
            *Audience.Meta.constraints,
            models.UniqueConstraint(
                fields=["customer_type", "organization", "unit", "membership", "method", "currency"],
                name="freightrule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(free_from__gte=0), name="freightrule_not_negative"),
            models.CheckConstraint(condition=Q(currency__in=CURRENCIES), name="freightrule_currency_known"),
        ]

    def __str__(self) -> str:
        return f"{self.free_from:,} {self.currency}: {self.audience}"
