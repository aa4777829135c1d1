from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Brand
from apps.catalog.queries.tree import STAMP
from apps.core.errors import DomainError
from apps.core.ids import Named
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor


class BrandExists(DomainError):
    message = _("There is a brand with this name already.")
    field = "name"


@transaction.atomic
def save_brand(
    *,
    actor: StaffActor | SystemActor,
    name: str,
    now: datetime,
    brand: Brand | None = None,
    seen_version: int | None = None,
) -> Brand:
    """Add a brand, or give one another name; its products are found by it soon after.

    `seen_version` is that of the brand as the person saw it.

    :raises ChangedMeanwhile: the brand has another version by now.
    :raises BrandExists: another brand has this name.
    """
    brand = Brand.objects.locked_as_seen(brand.pk, seen_version) if brand else Brand(version=0)
    if Brand.objects.filter(name=name).exclude(pk=brand.pk).exists():
        raise BrandExists
    is_renamed = bool(brand.pk) and brand.name != name
    brand.name = name
    brand.version += 1
    brand.save()
    record_event(
        "catalog.brand_saved",
        actor=actor,
        subject=Named("brand", name),
        now=now,
        payload={"renamed": [brand.pk] if is_renamed else []},
    )
    Stamp.bump(STAMP)
    return brand
