from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.actions.replace_rows import replace_rows
from apps.catalog.actions.replace_texts import TextFacts, replace_texts
from apps.catalog.models import Attribute, Category
from apps.catalog.queries.tree import STAMP
from apps.core.errors import DomainError
from apps.core.ids import Named
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor


class SlugTaken(DomainError):
    message = _("Another category has this address.")
    field = "slug"


class HasProducts(DomainError):
    message = _("This category has products, so that no other can stand below it.")
    field = "parent"


@dataclass(frozen=True)
class AttributeUse:
    """How a category uses an attribute: at which place, as a column of its table, as a filter."""

    attribute: Attribute
    position: int = 0
    is_column: bool = False
    is_facet: bool = False


@transaction.atomic
def save_category(
    *,
    actor: StaffActor | SystemActor,
    slug: str,
    texts: Mapping[str, TextFacts],
    now: datetime,
    drawing: str = "",
    attributes: Sequence[AttributeUse] = (),
    parent: Category | None = None,
    category: Category | None = None,
    seen_version: int | None = None,
) -> Category:
    """Add a category as the last one below `parent`, or change one where it stands.

    `seen_version` is that of the category as the person saw it.

    :raises ChangedMeanwhile: the category has another version by now.
    :raises SlugTaken: another category has this address.
    :raises HasProducts: the parent has products itself.
    :raises NameMissing: there is no English name.
    """
    # Against another one that takes the same address at this moment.
    Category.objects.lock_tree()
    if category:
        category = Category.objects.locked_as_seen(category.pk, seen_version)
    elif parent:
        # Against a product that is placed on it.
        parent = Category.objects.locked().get(pk=parent.pk)
    if Category.objects.filter(slug=slug).exclude(pk=category.pk if category else None).exists():
        raise SlugTaken
    if category:
        category.slug, category.drawing = slug, drawing
        category.version += 1
        category.save()
    elif parent and parent.products.exists():
        raise HasProducts
    else:
        place = {"slug": slug, "drawing": drawing}
        category = Category.objects.add_child(parent, place) if parent else Category.objects.add_root(place)
    renamed = [category.pk] if replace_texts(category.texts, texts) else []
    replace_rows(
        category.attributes,
        key=["attribute_id"],
        wanted=[
            {
                "attribute_id": use.attribute.pk,
                "position": use.position,
                "is_column": use.is_column,
                "is_facet": use.is_facet,
            }
            for use in attributes
        ],
    )
    record_event(
        "catalog.category_saved",
        actor=actor,
        subject=Named("category", slug),
        now=now,
        payload={"renamed": renamed},
    )
    Stamp.bump(STAMP)
    return category
