from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Attribute, AttributeOption, AttributeValue
from apps.catalog.models.attributes import YES_NO_NAMES
from apps.catalog.queries.tree import STAMP
from apps.core.errors import DomainError
from apps.core.ids import Named
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor


class KindInUse(DomainError):
    message = _("Products have values of this attribute, so its kind and unit stay as they are.")


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
    seen_version: int | None = None,
) -> Attribute:
    """Add an attribute or change the one with this code: its names by language, its options in engineering order.

    Options that are not named here stay, behind those that are. An attribute that is either has its two from the start.

    `seen_version` is that of the attribute as the person saw it.

    :raises ChangedMeanwhile: the attribute has another version by now.
    :raises KindInUse: kind or unit differ, and products have values.
    """
    known = Attribute.objects.filter(code=code).values_list("pk", flat=True).first()
    attribute = (
        Attribute.objects.locked_as_seen(known, seen_version)
        if known
        else Attribute(code=code, kind=kind, unit=unit, version=0)
    )
    if (attribute.kind, attribute.unit) != (kind, unit):
        if AttributeValue.objects.filter(attribute=attribute).exists():
            raise KindInUse
        attribute.kind, attribute.unit = kind, unit
    attribute.names = dict(names)
    attribute.version += 1
    attribute.save()
    if kind == Attribute.Kind.YES_NO:
        options = {**YES_NO_NAMES, **(options or {})}
    ranked = {option.code: option for option in attribute.options.order_by("position", "pk")}
    renamed: list[int] = []
    for option_code, option_names in (options or {}).items():
        option = ranked.setdefault(option_code, AttributeOption(attribute=attribute, code=option_code))
        if option.pk and option.names != option_names:
            renamed.append(option.pk)
        option.names = dict(option_names)
    named = [ranked[option_code] for option_code in options or {}]
    rest = [option for option in ranked.values() if option not in named]
    for position, option in enumerate([*named, *rest]):
        option.position = position
        option.save()
    record_event(
        "catalog.attribute_saved",
        actor=actor,
        subject=Named("attribute", code),
        now=now,
        payload={"renamed": renamed},
    )
    Stamp.bump(STAMP)
    return attribute
