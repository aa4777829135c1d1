"""Who sees what of the catalog."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AssortmentFacts:
    """One assortment rule that matches a buyer. Products it names are asked for by its id."""

    id: int
    specificity: int
    is_deny: bool
    category_id: int | None = None
    brand_id: int | None = None
    names_products: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """A set of (leaf category, brand) pairs: the leaves with all their brands, turned round for some brands.

    A pair is in the set if its leaf is, unless its brand is flipped for that leaf; and the other way about.
    """

    leaves: frozenset[int]
    flipped: Mapping[frozenset[int], frozenset[int]] = field(default_factory=dict)

    def __contains__(self, cell: tuple[int, int]) -> bool:
        leaf, brand = cell
        is_flipped = any(brand in brands and leaf in leaves for brands, leaves in self.flipped.items())
        return (leaf in self.leaves) != is_flipped


@dataclass(frozen=True, slots=True)
class Layer:
    """Rules of one specificity that name products, and the cells in which nothing nearer has decided."""

    allow: tuple[int, ...]
    deny: tuple[int, ...]
    cells: Cells


@dataclass(frozen=True, slots=True)
class Visibility:
    """What one buyer sees: whole cells, then layers that name products, the nearest last."""

    cells: Cells
    layers: tuple[Layer, ...]

    def shows(self, leaf: int, brand: int, named_by: Iterable[int] = ()) -> bool:
        """Whether a product of this cell, named by the rules with these ids, is visible."""
        named = set(named_by)
        is_visible = (leaf, brand) in self.cells
        for layer in self.layers:
            if (leaf, brand) in layer.cells:
                if named & set(layer.deny):
                    is_visible = False
                elif named & set(layer.allow):
                    is_visible = True
        return is_visible


def resolve_assortment(rules: Iterable[AssortmentFacts], leaves: Mapping[int, tuple[int, ...]]) -> Visibility:
    """Work out what a buyer sees of these leaves; `leaves` maps each to the ids of itself and all above it.

    Precedence: nearest audience, then narrowest target (named products > category and brand > category, the deeper
    the narrower > brand > everything), then deny. Where no rule speaks, a product is visible.
    """
    rules = list(rules)
    depth = {category: place for above in leaves.values() for place, category in enumerate(above, start=1)}

    def rank(rule: AssortmentFacts) -> tuple[int, ...]:
        kind = 2 if rule.category_id and rule.brand_id else 1 if rule.category_id else 0
        place = depth.get(rule.category_id, 0) if rule.category_id else 0
        return (-rule.specificity, -kind, -place, -int(rule.brand_id is not None), -int(rule.is_deny))

    ordered = sorted((rule for rule in rules if not rule.names_products), key=rank)
    everywhere = AssortmentFacts(id=0, specificity=-1, is_deny=False)
    by_leaf: dict[int, AssortmentFacts] = {}
    by_cell: dict[int, dict[int, AssortmentFacts]] = {}
    for leaf, above in leaves.items():
        by_leaf[leaf] = everywhere
        brands: dict[int, AssortmentFacts] = {}
        for rule in ordered:
            if rule.category_id is not None and rule.category_id not in above:
                continue
            if rule.brand_id is None:
                # What comes after is farther or wider, for every brand.
                by_leaf[leaf] = rule
                break
            brands.setdefault(rule.brand_id, rule)
        by_cell[leaf] = brands

    def cells_where(holds: Callable[[AssortmentFacts], bool]) -> Cells:
        groups: dict[frozenset[int], set[int]] = {}
        for leaf, brands in by_cell.items():
            turned = frozenset(brand for brand, rule in brands.items() if holds(rule) != holds(by_leaf[leaf]))
            if turned:
                groups.setdefault(turned, set()).add(leaf)
        return Cells(
            frozenset(leaf for leaf, rule in by_leaf.items() if holds(rule)),
            {brands: frozenset(found) for brands, found in groups.items()},
        )

    layers = []
    for specificity in sorted({rule.specificity for rule in rules if rule.names_products}):
        here = [rule for rule in rules if rule.names_products and rule.specificity == specificity]
        layers.append(
            Layer(
                allow=tuple(rule.id for rule in here if not rule.is_deny),
                deny=tuple(rule.id for rule in here if rule.is_deny),
                cells=cells_where(lambda rule, limit=specificity: rule.specificity <= limit),  # type: ignore[misc]
            )
        )
    return Visibility(cells_where(lambda rule: not rule.is_deny), tuple(layers))
