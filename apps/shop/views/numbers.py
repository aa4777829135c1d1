"""What the company calls a product, kept on the page of the product."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.catalog.actions.save_item_codes import CodesClash, CodeUnreadable, save_item_codes
from apps.catalog.models import CustomerItemCode, Product
from apps.catalog.queries.item_codes import codes_of, may_keep_codes
from apps.catalog.rules import normalize_number
from apps.orgs.access import MemberRequest


def name_product(request: MemberRequest, product: Product) -> str:
    """Let the typed number name the product, in place of the one it had if it had one: why not, or nothing.

    Unlike a table that is taken in, one number typed here never leaves another product without its own.
    """
    member, code = request.membership, request.POST.get("code", "").strip()
    others = CustomerItemCode.visible_to(member).exclude(product=product)
    before = {row.code_key for row in codes_of(member, product)} & {request.POST.get("replacing", "")}
    try:
        if others.filter(code_key=normalize_number(code)).exists():
            raise CodesClash
        save_item_codes(actor=member, codes={code: product}, replacing="".join(before), now=timezone.now())
    except (CodesClash, CodeUnreadable) as refusal:
        return str(refusal)
    return ""


def numbers_page(request: MemberRequest, product: Product, *, fault: str = "") -> dict[str, Any]:
    """The own numbers of a product and the form for one, after POST with what came of it. 1 statement."""
    codes = codes_of(request.membership, product)
    code, key = (codes[0].code, codes[0].code_key) if codes else ("", "")
    return {
        "own_codes": codes,
        "may_keep_codes": may_keep_codes(request.membership),
        "number_fault": fault,
        "typed": request.POST.get("code", "") if fault else code,
        "replaced": key,
        "number_said": fault or _("The part number was saved."),
    }
