from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.actions.index_products import index_products
from apps.catalog.actions.replace_rows import replace_rows
from apps.catalog.actions.replace_texts import TextFacts, replace_texts
from apps.catalog.models import AssortmentItem, Attribute, AttributeOption, Brand, Category, Family, ItemNumber, Product
from apps.catalog.queries.staff import gtin_owner, product_record
from apps.catalog.queries.tree import STAMP
from apps.catalog.rules import ValueFacts, normalize_number, read_item_number
from apps.core.cells import CellRefused
from apps.core.errors import DomainError
from apps.core.models import Stamp
from apps.core.permissions import StaffActor, SystemActor

# An event keeps no more of a text that was changed.
LONGEST_RECORDED = 100


class SkuTaken(DomainError):
    message = _("Another product has this number, perhaps with other blanks or separators.")
    field = "sku"


class NotALeaf(DomainError):
    message = _("This category has others below it. Products stand on the lowest ones.")
    field = "category"


class FamilyElsewhere(DomainError):
    message = _("This family belongs to another category.")
    field = "family"


class OwnSuccessor(DomainError):
    message = _("A product cannot follow itself.")
    field = "successor"


class BadNumber(DomainError):
    message = _("This number cannot be read.")


class GtinTaken(DomainError):
    message = _("Another product has this GTIN.")

    @classmethod
    def by(cls, owner: Product, code: str) -> "GtinTaken":
        return cls(gettext("The GTIN %(code)s belongs to %(owner)s.") % {"code": code, "owner": owner})


class UnknownValue(DomainError):
    message = _("An attribute or one of its values is not known.")


class SaidTwice(DomainError):
    message = _("A number, a pack or an attribute stands there twice.")


@dataclass(frozen=True)
class PackFacts:
    """How many base units a pack holds; weight in grams, None where it is not known."""

    unit: str
    factor: Decimal
    gtin: str = ""
    weight_g: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """All that staff say of a product. Quantities in base units, weight in grams; texts by language."""

    sku: str
    category: Category
    brand: Brand
    family: Family | None = None
    family_position: int = 0
    lifecycle: str = Product.Lifecycle.ACTIVE
    successor: Product | None = None
    base_unit: str = "C62"
    price_per: int = 1
    tax_class: str = Product.TaxClass.STANDARD
    min_quantity: Decimal = Decimal(1)
    order_multiple: Decimal = Decimal(1)
    net_weight_g: int | None = None
    lead_days: int | None = None
    texts: Mapping[str, TextFacts]
    numbers: Sequence[tuple[str, str]] = ()
    packs: Sequence[PackFacts] = ()
    values: Sequence[ValueFacts] = ()

    ROWS = ("texts", "numbers", "packs", "values")


@transaction.atomic
def save_product(
    *,
    actor: StaffActor | SystemActor,
    facts: ProductFacts,
    now: datetime,
    product: Product | None = None,
    seen_version: int | None = None,
) -> Product:
    """Make a product, or make the given one be what is said: what is not said of texts, numbers, packs and values goes.

    `seen_version` is that of the product as the person saw it. A product that is so already is left as it is, without
    an event.

    :raises ChangedMeanwhile: the product has another version by now.
    :raises SkuTaken: the part number names another product.
    :raises NotALeaf: the category has others below it.
    :raises FamilyElsewhere: the family belongs to another category.
    :raises OwnSuccessor: the product is its own successor.
    :raises NameMissing: there is no English name.
    :raises BadNumber: a number has no letter and no digit, or is no GTIN.
    :raises GtinTaken: a GTIN belongs to another product.
    :raises UnknownValue: there is no such attribute, or it has no such value.
    :raises SaidTwice: a number, a pack or a value is named twice.
    """
    facts = _locked(facts)
    before: dict[str, str] = {}
    if product:
        product = Product.objects.locked_as_seen(product.pk, seen_version)
        before = product_record(product)
    else:
        product = Product(version=0)
    _check(product, facts)
    for name in ProductFacts.__dataclass_fields__:
        if name not in ProductFacts.ROWS:
            setattr(product, name, getattr(facts, name))
    numbers, values = _numbers(product, facts), _values(facts)
    product.sku_key = normalize_number(facts.sku)
    product.save()
    replace_texts(product.texts, facts.texts)
    replace_rows(product.numbers, key=["kind", "code_key"], wanted=numbers)
    replace_rows(product.packs, key=["unit"], wanted=[vars(pack) for pack in facts.packs])
    shelf = {"category": facts.category}
    replace_rows(
        product.values, key=["attribute_id", "option_id"], wanted=[{**value, **shelf} for value in values]
    )  # fmt: skip
    AssortmentItem.objects.filter(product=product).exclude(**shelf).update(**shelf)
    after = product_record(product)
    if after == before:
        return product
    product.version += 1
    product.save(update_fields=["version"])
    changed = {
        name: [before.get(name, "")[:LONGEST_RECORDED], after.get(name, "")[:LONGEST_RECORDED]]
        for name in sorted(before.keys() | after.keys())
        if before.get(name, "") != after.get(name, "")
    }
    record_event("catalog.product_saved", actor=actor, subject=product, now=now, payload={"changed": changed})
    index_products([product.pk])
    Stamp.bump(STAMP)
    return product


def _locked(facts: ProductFacts) -> ProductFacts:
    """The same with category, brand and family as they are now, and stay: they decide what may be and what is found.

    Before the product, as the import writes them.
    """
    return replace(
        facts,
        category=Category.objects.locked().get(pk=facts.category.pk),
        brand=Brand.objects.locked().get(pk=facts.brand.pk),
        family=Family.objects.locked().get(pk=facts.family.pk) if facts.family else None,
    )


def _check(product: Product, facts: ProductFacts) -> None:
    key = normalize_number(facts.sku)
    if not key:
        raise BadNumber
    if Product.objects.filter(sku_key=key).exclude(pk=product.pk).exists():
        raise SkuTaken
    if not facts.category.is_leaf():
        raise NotALeaf
    if facts.family and facts.family.category_id != facts.category.pk:
        raise FamilyElsewhere
    if facts.successor and facts.successor.pk == product.pk:
        raise OwnSuccessor
    if len({pack.unit for pack in facts.packs}) < len(facts.packs):
        raise SaidTwice


def _numbers(product: Product, facts: ProductFacts) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for kind, text in facts.numbers:
        is_gtin = kind == ItemNumber.Kind.GTIN
        try:
            code, key = read_item_number(text, is_gtin=is_gtin)
        except CellRefused as refused:
            raise BadNumber(gettext(refused.message) % refused.words) from refused
        if is_gtin and (owner := gtin_owner(code, besides=product.pk)):
            raise GtinTaken.by(owner, code)
        if (kind, key) in found:
            raise SaidTwice
        found[kind, key] = {"kind": kind, "code": code, "code_key": key}
    return list(found.values())


def _values(facts: ProductFacts) -> list[dict[str, Any]]:
    codes = {value.code for value in facts.values}
    attributes = dict(Attribute.objects.filter(code__in=codes).values_list("code", "pk"))
    options = {
        (code, option): pk
        for code, option, pk in AttributeOption.objects.filter(
            attribute__code__in=codes, code__in={value.option for value in facts.values if value.option}
        ).values_list("attribute__code", "code", "pk")
    }
    found: dict[tuple[int, int | None], dict[str, Any]] = {}
    for value in facts.values:
        if value.code not in attributes or (value.option and (value.code, value.option) not in options):
            raise UnknownValue
        attribute, option = attributes[value.code], options[value.code, value.option] if value.option else None
        if (attribute, option) in found:
            raise SaidTwice
        found[attribute, option] = {
            "attribute_id": attribute, "option_id": option, "number": value.number, "text": value.text
        }  # fmt: skip
    return list(found.values())
