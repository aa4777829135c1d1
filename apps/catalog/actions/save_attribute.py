from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Attribute, AttributeOption, AttributeValue
from apps.catalog.queries.tree import STAMP
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor


class KindInUse(DomainError):
    message = _("Products have values of this attribute, so its kind and unit stay as they are.")


@dataclass
class NamedAttribute:
    """An attribute as the subject of an event: its code is its identity."""

    code: str
    uid: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.uid = uuid5(NAMESPACE_URL, f"portico:attribute:{self.code}")

    def __str__(self) -> str:
        return self.code


@transaction.atomic
def save_attribute(
    *,
    actor: StaffActor | SystemActor,
    code: str,
    kind: str,
    names: Mapping[str, str],
    now: datetime,
    unit: str = "",
    options: Mapping[str, Mapping[str, str]] | None = None,
) -> Attribute:
    """Add an attribute or change the one with this code: its names by language, its options in engineering order.

    Options that are not named here stay, behind those that are.

    :raises KindInUse: kind or unit differ, and products have values.
    """
    attribute = Attribute.objects.filter(code=code).first() or Attribute(code=code, kind=kind, unit=unit)
    if (attribute.kind, attribute.unit) != (kind, unit):
        if AttributeValue.objects.filter(attribute=attribute).exists():
            raise KindInUse
        attribute.kind, attribute.unit = kind, unit
    attribute.names = dict(names)
    attribute.save()
    known = {option.code: option for option in attribute.options.order_by("position", "pk")}
    for option_code, option_names in (options or {}).items():
        option = known.setdefault(option_code, AttributeOption(attribute=attribute, code=option_code))
        option.names = dict(option_names)
    named = [known[option_code] for option_code in options or {}]
    rest = [option for option in known.values() if option not in named]
    for position, option in enumerate([*named, *rest]):
        option.position = position
        option.save()
    record_event("catalog.attribute_saved", actor=actor, subject=NamedAttribute(code), now=now)
    Stamp.bump(STAMP)
    return attribute
