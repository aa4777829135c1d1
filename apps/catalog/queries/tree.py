"""The categories, as every page of the catalog needs them: read once for each version of the catalog."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from apps.catalog.models import Category, CategoryText
from apps.core.memo import VersionedMemo
from apps.core.models import Stamp

STAMP = "catalog"
STEP = Category.steplen


@dataclass(frozen=True)
class Node:
    """One category with its place in the tree."""

    id: int
    slug: str
    path: str
    drawing: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or self.slug

    def description(self, language: str) -> str:
        return self.descriptions.get(language) or self.descriptions.get("en") or ""


class Tree:
    """All categories in catalog order."""

    def __init__(self, version: int, nodes: Iterable[Node]) -> None:
        self.version = version
        self.nodes = list(nodes)
        self.by_path = {node.path: node for node in self.nodes}
        self.by_id = {node.id: node for node in self.nodes}
        self.by_slug = {node.slug: node for node in self.nodes}

    @property
    def roots(self) -> list[Node]:
        return [node for node in self.nodes if len(node.path) == STEP]

    def children(self, node: Node) -> list[Node]:
        return [
            below
            for below in self.nodes
            if len(below.path) == len(node.path) + STEP and below.path.startswith(node.path)
        ]

    def above(self, node: Node) -> tuple[Node, ...]:
        """The node and all above it, the root first."""
        return tuple(self.by_path[node.path[:end]] for end in range(STEP, len(node.path) + 1, STEP))

    def drawing(self, node: Node) -> str:
        """The line drawing of the node, or of the nearest category above that has one."""
        return next((above.drawing for above in reversed(self.above(node)) if above.drawing), "")

    @cached_property
    def leaves(self) -> Mapping[int, tuple[int, ...]]:
        """Id of every leaf -> ids of itself and all above it."""
        parents = {node.path[:-STEP] for node in self.nodes}
        return {
            node.id: tuple(above.id for above in self.above(node)) for node in self.nodes if node.path not in parents
        }

    def leaves_below(self, node: Node) -> Mapping[int, tuple[int, ...]]:
        return {leaf: above for leaf, above in self.leaves.items() if node.id in above}


_TREES = VersionedMemo[Tree](most=2)


def catalog_tree() -> Tree:
    """The categories of today. 1 statement for the version; 2 more when it is new to this process."""
    version = Stamp.value_of(STAMP)
    return _TREES.get(version, lambda: _read(version))


def _read(version: int) -> Tree:
    names: dict[int, dict[str, str]] = {}
    descriptions: dict[int, dict[str, str]] = {}
    for text in CategoryText.objects.all():
        names.setdefault(text.category_id, {})[text.language] = text.name
        descriptions.setdefault(text.category_id, {})[text.language] = text.description
    return Tree(
        version,
        (
            Node(row.pk, row.slug, row.path, row.drawing, names.get(row.pk, {}), descriptions.get(row.pk, {}))
            for row in Category.objects.order_by("path")
        ),
    )
