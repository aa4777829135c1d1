from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import Audience, record_event
from apps.catalog.models import CustomerItemCode, Product
from apps.catalog.queries.item_codes import may_keep_codes
from apps.catalog.rules import normalize_number
from apps.core.errors import DomainError, NotAllowed
from apps.orgs.models import Membership


class CodeUnreadable(DomainError):
    message = _("An own number needs letters or digits, and at most 60 signs.")


class CodesClash(DomainError):
    message = _("One own number stands for two different products.")


@transaction.atomic
def save_item_codes(
    *, actor: Membership, codes: Mapping[str, Product], now: datetime, replacing: str = ""
) -> list[CustomerItemCode]:
    """Let each of these own numbers of the company name its product; one that named another is moved.

    `replacing` is the key of a number that ends with this. Search and quick order find the numbers at once. Several
    writers are kept apart by the unique key alone; they write in its order, so that none waits for another in turn.

    :raises NotAllowed: the actor does not keep the numbers of the company.
    :raises CodeUnreadable: a number has nothing to look for, or is too long.
    :raises CodesClash: two spellings of one number name different products, or what takes the place of `replacing`
        names another product already.
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
    if replacing:
        own = CustomerItemCode.objects.visible_to(actor)
        others = own.filter(code_key__in=rows).exclude(code_key=replacing)
        if any(rows[other.code_key].product_id != other.product_id for other in others):
            raise CodesClash
        own.filter(code_key=replacing).delete()
    saved = CustomerItemCode.objects.bulk_create(
        [rows[key] for key in sorted(rows)],
        update_conflicts=True,
        unique_fields=["organization", "code_key"],
        update_fields=["product", "code", "author"],
    )
    record_event(
        "catalog.item_codes_saved",
        actor=actor,
        subject=actor.organization,
        now=now,
        audience=Audience(actor.organization_id, "company.log"),
        payload={"count": len(saved)},
    )
    return saved
