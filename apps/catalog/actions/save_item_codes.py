from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.catalog.models import CustomerItemCode, Product
from apps.catalog.queries.item_codes import may_keep_codes
from apps.catalog.rules import normalize_number
from apps.core.errors import DomainError, NotAllowed
from apps.orgs.models import Membership

# In the words of a refusal.
NAMED = 10


class CodeUnreadable(DomainError):
    message = _("An own number needs letters or digits, and at most 60 signs.")


class CodesClash(DomainError):
    message = _("One own number stands for two different products.")


class CodesTaken(DomainError):
    """Own numbers that name other products than they shall."""

    message = _("Nothing was saved. These numbers name other products already: %(list)s")

    def __init__(self, rows: Sequence[CustomerItemCode]) -> None:
        super().__init__(self.message % {"list": ", ".join(f"{row.code} → {row.product}" for row in rows[:NAMED])})


@transaction.atomic
def save_item_codes(
    *,
    actor: Membership,
    codes: Mapping[str, Product],
    now: datetime,
    replacing: str = "",
    is_moving: bool = False,
) -> list[CustomerItemCode]:
    """Let each of these own numbers of the company name its product.

    `replacing` is the key of a number that ends with this. Who says `is_moving` lets numbers that name another product
    name this one from now on. Search and quick order find the numbers at once. New ones are written in the order of
    their unique key, so that of several writers none waits for another in turn; what is there then, counts.

    :raises NotAllowed: the actor does not keep the numbers of the company.
    :raises CodeUnreadable: a number has nothing to look for, or is too long.
    :raises CodesClash: two spellings of one number name different products.
    :raises CodesTaken: numbers name other products, and shall not be moved.
    """
    if not may_keep_codes(actor):
        raise NotAllowed
    longest = CustomerItemCode._meta.get_field("code").max_length or 0
    rows: dict[str, CustomerItemCode] = {}
    for code, product in codes.items():
        key = normalize_number(code)
        if not key or len(code) > longest or len(key) > longest:
            raise CodeUnreadable
        if key in rows and rows[key].product != product:
            raise CodesClash
        rows[key] = CustomerItemCode(
            organization=actor.organization, product=product, code=code, code_key=key, author=actor
        )
    own = CustomerItemCode.objects.visible_to(actor)
    CustomerItemCode.objects.bulk_create([rows[key] for key in sorted(rows)], ignore_conflicts=True)
    saved = list(own.filter(code_key__in=rows).locked().select_related("product"))
    taken = [row for row in saved if row.product_id != rows[row.code_key].product_id]
    if taken and not is_moving:
        raise CodesTaken(taken)
    for row in saved:
        row.product, row.code, row.author = rows[row.code_key].product, rows[row.code_key].code, actor
    CustomerItemCode.objects.write(saved, "product", "code", "author")
    if replacing not in rows:
        own.filter(code_key=replacing).delete()
    record_event(
        "catalog.item_codes_saved",
        actor=actor,
        subject=actor.organization,
        now=now,
        audience=Audience(actor.organization_id, "company.log"),
        payload={"count": len(saved)},
    )
    return saved
