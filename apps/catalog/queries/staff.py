"""What the pages of staff ask of the catalog."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from apps.catalog.models import (
    AssortmentRule,
    Attribute,
    AttributeValue,
    Category,
    CategoryText,
    ItemNumber,
    Product,
)
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import SOLD, visible
from apps.catalog.rules import normalize_number
from apps.orgs.context import BuyingContext

# How many digits a GTIN may have; the same one with zeros in front is the same.
GTIN_LENGTHS = (8, 12, 13, 14)


def gtin_owner(code: str, *, besides: int | None) -> Product | None:
    """The product other than `besides` that has this GTIN. 1 statement."""
    digits = code.lstrip("0")
    number = (
        ItemNumber.objects.filter(kind=ItemNumber.Kind.GTIN, code_key__in=[digits.zfill(n) for n in GTIN_LENGTHS])
        .exclude(product=besides)
        .select_related("product")
        .first()
    )
    return number.product if number else None


def product_record(product: Product) -> dict[str, str]:
    """A product as the columns of a catalog file have it: what changed is told by comparing two of these. 5
    statements."""
    fields = ("lifecycle", "base_unit", "price_per", "tax_class", "family_position")
    record = {name: str(getattr(product, name)) for name in ("sku", "category", "brand", *fields)}
    record |= {name: f"{getattr(product, name).normalize():f}" for name in ("min_quantity", "order_multiple")}
    optional = {"family": product.family, "successor": product.successor, "weight_g": product.net_weight_g}
    record |= {name: "" if value is None else str(value) for name, value in optional.items()}
    record["lead_days"] = "" if product.lead_days is None else str(product.lead_days)
    for text in product.texts.all():
        record[f"name_{text.language}"], record[f"description_{text.language}"] = text.name, text.description
    for number in product.numbers.order_by("kind", "code_key"):
        record[number.kind] = "|".join(filter(None, (record.get(number.kind), number.code)))
    for pack in product.packs.all():
        facts = (f"{pack.factor.normalize():f}", pack.gtin, "" if pack.weight_g is None else f"{pack.weight_g} g")
        record[f"pack_{pack.unit}"] = " ".join(filter(None, facts))
    values = AttributeValue.objects.filter(product=product).select_related("attribute", "option").order_by("pk")
    for value in values:
        name = f"attr:{value.attribute}"
        record[name] = "|".join(filter(None, (record.get(name), plain_value(value))))
    return record


def plain_value(value: AttributeValue) -> str:
    """A value as it is typed: an option's code, digits with a decimal point, a text."""
    if value.option:
        return value.option.code
    return value.text if value.number is None else f"{value.number.normalize():f}"


def option_codes(attribute: Attribute) -> list[str]:
    """The values of a choice, in their order. 1 statement."""
    return list(attribute.options.order_by("position", "pk").values_list("code", flat=True))


def numbered_products(numbers: Iterable[str]) -> tuple[list[Product], list[str]]:
    """The products with these part numbers, however they are typed, and those that name none. 1 statement."""
    keys = {number: normalize_number(number) for number in numbers}
    found = {product.sku_key: product for product in Product.objects.filter(sku_key__in=set(keys.values()))}
    return list(found.values()), [number for number, key in keys.items() if key not in found]


def named_by(rule: AssortmentRule) -> list[str]:
    """The part numbers that a rule names. 1 statement."""
    return list(rule.items.order_by("product__sku").values_list("product__sku", flat=True))


def about(rule: AssortmentRule) -> int:
    """How many products a rule speaks of. At most 2 statements."""
    if rule.names_products:
        return rule.items.count()
    products = Product.objects.filter(lifecycle__in=SOLD)
    if rule.category:
        products = products.filter(category__path__startswith=rule.category.path)
    return products.filter(brand=rule.brand).count() if rule.brand else products.count()


@dataclass(frozen=True)
class Seen:
    """How much of a shelf a company sees."""

    name: str
    seen: int
    total: int


def coverage(context: BuyingContext, tree: Tree, day: date) -> list[Seen]:
    """How many of the products that are sold this company sees, by shelf in catalog order. 3 statements."""
    seen = _by_category(visible(context, tree, day))
    total = _by_category(Product.objects.filter(lifecycle__in=SOLD))
    return [
        Seen(node.name(context.language), sum(map(seen.__getitem__, below)), sum(map(total.__getitem__, below)))
        for node in tree.roots
        for below in [list(tree.leaves_below(node))]
    ]


def _by_category(products: QuerySet[Product]) -> Counter[int]:
    return Counter(dict(products.order_by().values_list("category").annotate(count=Count("pk"))))


def rules_for(context: BuyingContext, day: date) -> list[AssortmentRule]:
    """The rules that hold for this company today, the nearest first. 1 statement."""
    rules = AssortmentRule.objects.matching(context).valid_on(day)
    return list(
        rules.select_related("customer_type", "organization", "unit", "membership__user", "category", "brand").order_by(
            "-specificity", "pk"
        )
    )


def shelf_paths(language: str) -> list[tuple[int, str]]:
    """Every category with the names on the way to it, in catalog order. 2 statements."""
    names: dict[int, str] = {}
    for text in CategoryText.objects.filter(language__in={"en", language}):
        if text.language == language or text.category_id not in names:
            names[text.category_id] = text.name
    paths: dict[str, str] = {}
    found = []
    for category in Category.objects.order_by("path"):
        above = paths.get(category.path[: -Category.steplen], "")
        paths[category.path] = f"{above} › {names.get(category.pk, category.slug)}".removeprefix(" › ")
        found.append((category.pk, paths[category.path]))
    return found
