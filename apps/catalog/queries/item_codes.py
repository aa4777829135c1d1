"""What a company calls the products."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from apps.catalog.models import CustomerItemCode, Product
from apps.catalog.queries.pages import labels
from apps.catalog.queries.tree import Tree
from apps.catalog.queries.visibility import ever_visible
from apps.core.permissions import Reach
from apps.core.prepared import Given, GivenMember, PreparedQuery
from apps.orgs.context import BuyingContext
from apps.orgs.models import Membership


def may_keep_codes(membership: Membership) -> bool:
    """Whether the person keeps the company's numbers: whoever keeps the lists of everybody."""
    return membership.grants.get("lists.edit", Reach()).everywhere


@dataclass(frozen=True)
class NamedCode:
    """An own number, and the product that it names in the reader's language."""

    row: CustomerItemCode
    name: str


def item_codes(
    membership: Membership, context: BuyingContext, tree: Tree, day: date, *, after: str, size: int
) -> list[NamedCode]:
    """The next `size` + 1 own numbers behind the key `after`, of products that the person may see. 2 statements."""
    rows = list(
        CustomerItemCode.objects.visible_to(membership)
        .filter(code_key__gt=after, product__in=ever_visible(context, tree, day).values("pk"))
        .select_related("product")
        .order_by("code_key")[: size + 1]
    )
    named = labels([row.product for row in rows], organization_id=context.organization_id, language=context.language)
    return [NamedCode(row, named[row.product_id].name) for row in rows]


@cache
def _codes() -> PreparedQuery[CustomerItemCode]:
    rows = CustomerItemCode.objects.visible_to(GivenMember()).filter(product=Given("product"))
    return PreparedQuery(rows.order_by("code_key"))


def codes_of(membership: Membership, product: Product) -> list[CustomerItemCode]:
    """What the person's company calls one product. 1 statement."""
    return _codes().ask(organization=membership.organization_id, product=product.pk)
