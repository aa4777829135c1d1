from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.actions.replace_texts import TextFacts, replace_texts
from apps.catalog.models import Category, Family
from apps.catalog.queries.tree import STAMP
from apps.core.errors import DomainError
from apps.core.ids import Named
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor


class FamilyExists(DomainError):
    message = _("There is a family with this code already.")
    field = "code"


class FamilyInUse(DomainError):
    message = _("This family has products in its category. Move them first.")
    field = "category"


@transaction.atomic
def save_family(
    *,
    actor: StaffActor | SystemActor,
    code: str,
    category: Category,
    texts: Mapping[str, TextFacts],
    now: datetime,
    position: int = 0,
    family: Family | None = None,
    seen_version: int | None = None,
) -> Family:
    """Add a block of the table, or change one: its head by language, and its place among those of its category.

    `seen_version` is that of the family as the person saw it.

    :raises ChangedMeanwhile: the family has another version by now.
    :raises FamilyExists: another family has this code.
    :raises FamilyInUse: it has products, and the category is another one.
    :raises NameMissing: there is no English head.
    """
    family = Family.objects.locked_as_seen(family.pk, seen_version) if family else Family(version=0)
    if Family.objects.filter(code=code).exclude(pk=family.pk).exists():
        raise FamilyExists
    if family.pk and family.products.exclude(category=category).exists():
        raise FamilyInUse
    family.code, family.category, family.position = code, category, position
    family.version += 1
    family.save()
    renamed = [family.pk] if replace_texts(family.texts, texts) else []
    record_event(
        "catalog.family_saved",
        actor=actor,
        subject=Named("family", code),
        now=now,
        payload={"renamed": renamed},
    )
    Stamp.bump(STAMP)
    return family
