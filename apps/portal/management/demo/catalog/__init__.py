"""The catalog of Halden Industrial Supply: about 2,000 products, made from size tables and taken in like any file."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.catalog.actions.import_catalog import import_catalog
from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.actions.save_attribute import save_attribute
from apps.catalog.models import AssortmentRule, Category, Product
from apps.catalog.rules import natural_key
from apps.core.permissions import SystemActor
from apps.orgs.models import CustomerType, Organization
from apps.portal.management.demo.catalog import fasteners, lifting, machinery, safety, supplies, workshop
from apps.portal.management.demo.catalog.builder import Item, Text, sheet, words

SYSTEM = SystemActor(label="Demo")
# In engineering order: code, kind, unit, use (c: column of the table, f: filter), and the order of its values.
ATTRIBUTES = """
    series choice - cf
    thread choice - f
    size choice - cf
    eusize choice - cf
    clothing choice - cf S,M,L,XL,XXL,3XL,46,48,50,52,54,56,58
    shape choice - f o.straight,o.elbow,o.tee,o.nipple,o.socket,o.coupling,o.plug,o.bow,o.dshape,o.shaft,o.boreuse
    tube choice - cf
    pipe_thread choice - cf M5,G1/8,G1/4,G3/8,G1/2,R 1/4,R 3/8,R 1/2,R 3/4,R 1,R 1 1/4,R 1 1/2,R 2
    dn choice - cf
    diameter number mm cf
    bore number mm cf
    outside number mm cf
    section number mm f
    length number mm cf
    width number mm cf
    height number mm c
    thickness number mm c
    wrench number mm c
    clamp_from number mm cf
    clamp_to number mm cf
    material choice - f o.a2,o.a4,o.zn,o.p9,o.p12,o.a2w,o.a4w,o.steelzn,o.steel,o.hardened,o.grade80,o.malleable,o.brass
    sealing choice - cf o.2rs,o.2z,o.open
    color choice - cf o.white,o.black,o.gray,o.blue,o.green,o.yellow,o.orange,o.red,o.brown,o.clear,o.tinted
    tip choice - cf o.slotted,PH,TX
    grit choice - cf
    drill_material choice - f
    wire_class choice - cf
    cable_type choice - cf
    cores choice - cf
    cross_section choice - cf
    protection choice - f
    snr choice - cf
    vented yes_no - cf
    marine_grade yes_no - f
    nlgi choice - cf 00,1,2,3
    viscosity choice - cf
    food_grade yes_no - f
    strength choice - cf o.weak,o.medium,o.strong
    hardness number - -
    temperature number °C -
    load number kN c
    torque_from number N·m c
    torque_to number N·m c
    pressure number bar c
    wll number t cf
    weight number kg cf
    volume number ml cf
    layers choice - cf
    standard text - -
"""
SHELVES = (fasteners, machinery, lifting, safety, workshop, supplies)
RULES = (
    # Customer type or company; the part of the tree that it does not see; products that it sees all the same; why.
    ("food", "", "c.welding", (), "No hot work in food plants without a permit."),
    ("", "C-27790", "", ("WL-E316-25", "WL-E316-32", "WL-HM-AD"), "For the permit holders of the own workshop."),
    ("", "C-31058", "c.marine", (), "Not a building trade."),
    ("", "C-31058", "c.hydraulics", (), "Served by the branch in Bergen."),
    ("", "C-31058", "", ("HY-2SN-10", "HY-2SN-12", "HF-S-12L"), "Hoses of the own excavators."),
)


@dataclass(frozen=True)
class Layout:
    """One attribute of the demo, and the column of its values."""

    code: str
    kind: str
    unit: str
    column: str
    order: tuple[str, ...]


def layouts() -> list[Layout]:
    found = []
    for line in ATTRIBUTES.strip().splitlines():
        code, kind, unit, flags, *order = line.split(maxsplit=4)
        unit = "" if unit == "-" else unit
        parts = ["attr", code, kind, *([unit] if unit else [])]
        parts += ["column"] if "c" in flags else []
        parts += ["facet"] if "f" in flags else []
        found.append(Layout(code, kind, unit, ":".join(parts), tuple(order[0].split(",")) if order else ()))
    return found


def items() -> list[Item]:
    """All products, in catalog order."""
    return [item for shelves in SHELVES for item in shelves.items()]


def options(layout: Layout, products: list[Item]) -> dict[str, Text]:
    """The values of a choice that products have, those whose order is given first, then from small to large."""
    used = {str(product.values[layout.code]) for product in products if product.values.get(layout.code) is not None}
    rest = sorted(
        used - set(layout.order), key=lambda value: natural_key(words()[value]["en"] if value in words() else value)
    )
    named = [value for value in (*layout.order, *rest) if value in used]
    return {
        words()[value]["en"] if value in words() else value: {
            language: text[:1].upper() + text[1:] for language, text in words().get(value, {}).items()
        }
        for value in named
    }


@transaction.atomic
def load(*, now: datetime) -> None:
    """Write attributes, products and assortments as staff would have, a year ago."""
    products, found = items(), layouts()
    for layout in found:
        save_attribute(
            actor=SYSTEM,
            code=layout.code,
            kind=layout.kind,
            unit=layout.unit,
            names=words()[f"a.{layout.code}"],
            options=options(layout, products) if layout.kind == "choice" else None,
            now=now,
        )
    columns, rows = sheet(products, {layout.code: layout.column for layout in found})
    outcome = import_catalog(actor=SYSTEM, columns=columns, rows=rows, name="Halden catalog", now=now)
    if outcome.refused:
        raise ValueError(outcome.faults[:5])
    for customer_type, number, shelf, skus, reason in RULES:
        save_assortment_rule(
            actor=SYSTEM,
            effect=AssortmentRule.Effect.ALLOW if skus else AssortmentRule.Effect.DENY,
            customer_type=CustomerType.objects.get(code=customer_type) if customer_type else None,
            organization=Organization.objects.get(number=number) if number else None,
            category=Category.objects.get(texts__language="en", texts__name=words()[shelf]["en"]) if shelf else None,
            products=list(Product.objects.filter(sku__in=skus)),
            reason=reason,
            now=now,
        )
