"""What the pages of staff ask of the catalog."""

from apps.catalog.models import Attribute, AttributeValue, Category, CategoryText, ItemNumber, Product

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
