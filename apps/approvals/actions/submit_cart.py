from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.approvals import rules
from apps.approvals.actions.open_round import audience_of, open_round
from apps.approvals.models import Message, Request
from apps.approvals.queries import open_request, preview
from apps.core.errors import Busy, DomainError
from apps.core.ids import next_id, scatter
from apps.ledger.actions.hold_amounts import LimitExceeded
from apps.ledger.models import Limit
from apps.orders.actions.clear_submission import clear_submission
from apps.orders.actions.freeze_cart import freeze_cart
from apps.orders.actions.place_order import place_order
from apps.orders.actions.take_cart import CartClosed
from apps.orders.models import Cart, Clearance, Order, Submission
from apps.orgs.models import Membership
from apps.orgs.queries import as_of_now


class NoApprover(DomainError):
    message = _("Nobody of your company can approve this order. A company admin names approvers under Company.")


class CreditExceeded(DomainError):
    """`short_by` is what is missing, in the company's currency."""

    message = _("This order goes over your company’s credit. Order less, or call us.")

    def __init__(self, short_by: Decimal) -> None:
        super().__init__()
        self.short_by = short_by


class AlreadySubmitted(DomainError):
    """The cart was sent before; `outcome` is what became of it."""

    message = _("This cart was sent already.")

    def __init__(self, outcome: "Outcome") -> None:
        super().__init__()
        self.outcome = outcome


@dataclass(frozen=True)
class Outcome:
    """What a submitted cart became: an order at once, or a request that others decide."""

    order: Order | None = None
    request: Request | None = None


@transaction.atomic
def submit_cart(
    *,
    actor: Membership,
    cart_uid: UUID,
    expected_version: int,
    expected_total: Decimal | None,
    now: datetime,
    message: str = "",
) -> Outcome:
    """Send a cart: order it at once when no rule of the company stands against it, or ask those who have to approve.

    The one gate through which every order passes. `expected_version` and `expected_total` are the version of the cart
    and its gross total that the person saw, the total None for one who may see no prices. Sent twice, a cart is
    submitted once.

    :raises AlreadySubmitted: with what became of it.
    :raises CartRefused, CartMoved, PriceMoved, NotAllowed: see `orders.freeze_cart`.
    :raises NoApprover: a rule fires and nobody may decide.
    :raises CreditExceeded, OutOfStock: see `orders.place_order`.
    :raises Busy: the person's month went back and forth meanwhile.
    """
    of_cart = Request.objects.filter(cart__uid=cart_uid, organization=actor.organization_id, state__in=Request.OPEN)
    earlier = of_cart.locked().select_related("submission").first()
    cart = (
        Cart.objects.visible_to(actor)
        .filter(uid=cart_uid)
        .locked()
        .select_related("organization__payment_terms", "owner__user", "ship_to", "method")
        .first()
    )
    if cart is None:
        raise CartClosed
    if not cart.is_open:
        raise _already(cart)
    # Under the lock: a rule, a limit or a right that changed since the request began counts.
    actor = as_of_now(actor)
    submission = freeze_cart(
        actor=actor, cart=cart, expected_version=expected_version, expected_total=expected_total, now=now
    )
    route = preview(actor, cart.unit_id, submission.goods_net, localdate(now)).route
    if not route.steps and not route.dead_ends:
        placed = _place_at_once(actor, cart, submission, earlier, now)
        if placed:
            return Outcome(order=placed)
        # Another order used up the person's month between the two looks at it.
        route = preview(actor, cart.unit_id, submission.goods_net, localdate(now)).route
    if route.dead_ends:
        raise NoApprover
    if not route.steps:
        # And was canceled since.
        raise Busy
    request = _request(actor, cart, submission, earlier, now)
    if message:
        Message.objects.create(
            organization_id=cart.organization_id, request=request, author=actor, text=message, created_at=now
        )
    open_round(request=request, route=route, actor=actor, now=now)
    return Outcome(request=request)


def _already(cart: Cart) -> DomainError:
    if cart.state == Cart.State.ORDERED:
        return AlreadySubmitted(Outcome(order=Order.objects.get(cart=cart)))
    if cart.state == Cart.State.SUBMITTED:
        return AlreadySubmitted(Outcome(request=open_request(cart)))
    return CartClosed()


def _place_at_once(
    actor: Membership, cart: Cart, submission: Submission, earlier: Request | None, now: datetime
) -> Order | None:
    """The order, or None when the person's month does not suffice after all."""
    try:
        with transaction.atomic():
            clearance = clear_submission(submission=submission, basis=Clearance.Basis.NO_RULE, reference="", now=now)
            order = place_order(actor=actor, cart=cart, submission=submission, clearance=clearance, now=now)
    except LimitExceeded as refusal:
        if refusal.limit.kind == Limit.Kind.CREDIT:
            raise CreditExceeded(refusal.short_by) from refusal
        return None
    if earlier:
        earlier.become(Request.State.ORDERED)
        earlier.submission, earlier.closed_at = submission, now
        earlier.save(update_fields=["state", "submission", "closed_at"])
        record_event(
            "approvals.request_not_needed", actor=actor, subject=earlier, now=now, audience=audience_of(earlier)
        )
    return order


def _request(actor: Membership, cart: Cart, submission: Submission, earlier: Request | None, now: datetime) -> Request:
    if earlier is None:
        pk = next_id(Request)
        return Request.objects.create(
            pk=pk,
            organization_id=cart.organization_id,
            number=rules.request_number(scatter("AP", pk)),
            unit_id=cart.unit_id,
            requester=actor,
            cart=cart,
            submission=submission,
            created_at=now,
            sent_at=now,
        )
    earlier.become(Request.State.PENDING)
    earlier.requester, earlier.submission, earlier.sent_at = actor, submission, now
    earlier.round += 1
    earlier.differences = []
    earlier.save(update_fields=["state", "requester", "submission", "sent_at", "round", "differences"])
    return earlier
