from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.approvals import queries
from apps.approvals.actions.decide_step import ReasonMissing, StaleSubmission, decide_step
from apps.approvals.actions.end_policy import end_policy
from apps.approvals.actions.hand_over_step import CannotDecide, hand_over_step
from apps.approvals.actions.move_policy import move_policy
from apps.approvals.actions.post_message import NothingSaid, post_message
from apps.approvals.actions.save_policy import DeadEnd, save_policy
from apps.approvals.actions.submit_cart import AlreadySubmitted, CreditExceeded, NoApprover, Outcome, submit_cart
from apps.approvals.actions.withdraw_request import withdraw_request
from apps.approvals.forms import LONGEST_REASON, PolicyForm, SubmissionForm, TryForm, initial_of
from apps.approvals.models import Decision, Policy, Request, RequestStep
from apps.core.errors import IllegalTransition
from apps.core.formats import aside_text
from apps.core.pages import go_to, post_only, render_page, uid_of
from apps.core.templatetags.portico import day
from apps.inventory.actions.reserve_demands import OutOfStock
from apps.orders.actions.freeze_cart import CartMoved, CartRefused, PriceMoved
from apps.orders.actions.take_cart import CartClosed
from apps.orders.models import Order
from apps.orders.queries.carts import PricedCart
from apps.orders.queries.orders import Approval
from apps.orders.rules import Change, ComparedLine
from apps.orders.views.carts import cart_page, find_cart
from apps.orgs.access import MemberRequest, limited, permission_required
from apps.orgs.models import Membership

# So many of the last decisions stand below what waits; the rest on their own tab.
VERDICTS = 5
LISTS: Mapping[str, Callable[[Membership], list[Request]]] = {
    "for_me": queries.inbox,
    "sent": queries.sent_by,
    "done": queries.done,
}


def company_tabs(request: HttpRequest) -> list[dict[str, object]]:
    """Panel: the company's rules of approval, for everybody who sees the company."""
    count = len(queries.policies_of(request.membership.organization).rows)  # type: ignore[attr-defined]
    return [{"name": "rules", "url": reverse("approvals:policies"), "label": _("Approval rules"), "count": count}]


def approvers(request: MemberRequest, *, people: Sequence[Membership]) -> Mapping[int, str]:
    """Panel of the people page: who decides first about an order above a person's own limit, by membership."""
    return queries.first_approvers(request.membership.organization, people)


def rules_card(request: MemberRequest) -> str:
    """Panel below the people: the rules as sentences, and trying them out."""
    return render_to_string("approvals/rules_card.html", policies_context(request), request)


def order_approval(request: MemberRequest, *, order: Order) -> Approval | None:
    """Panel of an order: the request under which it was approved, by whom, and how long that took."""
    decisions = queries.approvals_of(request.membership, order)
    if not decisions:
        return None
    asked, last = decisions[0].step.request, decisions[-1]
    names = _(", then ").join(row.decided_by.label for row in decisions)
    return Approval(asked.uid, names, asked.sent_at, last.created_at)


def cart_submit(request: MemberRequest, *, priced: PricedCart, now: datetime) -> str:
    """Panel of the cart: limits after this order, what happens after it is sent, and the button that sends it."""
    cart = priced.cart
    if not cart.is_open:
        return render_to_string("approvals/cart_sent.html", {"request_sent": queries.open_request(cart)}, request)
    may_submit = cart.may(request.membership, "cart.submit")
    preview = queries.preview(request.membership, cart.unit_id, priced.goods_net, localdate(now))
    page = {
        "priced": priced,
        "cart": cart,
        "may_submit": may_submit,
        "is_ready": may_submit and priced.lines and not priced.faulty,
        "limits": limit_rows(preview, priced, request.membership),
        "chain": chain(preview, request.membership, with_figures=request.membership.may("prices.view")),
        "skipped": [
            _("%(names)s not needed up to %(amount)s.")
            % {"names": preview.names(row.people), "amount": queries.amount_text(row.over, cart.currency)}
            for row in preview.route.skipped
        ],
        "is_dead_end": bool(preview.route.dead_ends),
        "may_see_prices": request.membership.may("prices.view"),
        "first": preview.names(preview.route.steps[0].people) if preview.route.steps else "",
    }
    return render_to_string("approvals/cart_submit.html", page, request)


def limit_rows(preview: queries.Preview, priced: PricedCart, member: Membership) -> list[dict[str, Any]]:
    """What is left of the person's limits and the company's credit after this order."""
    rows = []
    if member.order_limit is not None:
        rows.append(limit_row(_("Your order limit"), member.order_limit, Decimal(0), priced.goods_net))
    if member.month_limit is not None:
        left = queries.month_left(member, preview.limits) or Decimal(0)
        rows.append(limit_row(_("Your month"), member.month_limit, member.month_limit - left, priced.goods_net))
    credit = preview.credit
    if credit and credit.amount is not None:
        rows.append(limit_row(_("Company credit"), credit.amount, credit.used, priced.gross))
    return rows


def limit_row(label: str, amount: Decimal, used: Decimal, wanted: Decimal) -> dict[str, Any]:
    whole = max(amount, used + wanted, Decimal(1))
    left = amount - used - wanted
    return {
        "label": label,
        "left": left,
        "over": -left,
        "is_over": left < 0,
        "used_share": f"{used / whole * 100:.1f}%",
        "wanted_share": f"{wanted / whole * 100:.1f}%",
    }


def chain(preview: queries.Preview, requester: Membership, *, with_figures: bool) -> list[dict[str, str]]:
    """The steps of a route with their reasons in words."""
    return [
        {
            "names": preview.names(step.people),
            "reasons": "; ".join(
                queries.reason_text(reason.as_json(), preview.currency, requester.label, with_figures=with_figures)
                for reason in step.reasons
            ),
        }
        for step in preview.route.steps
    ]


@post_only
@permission_required("cart.submit")
def submission(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Send a cart: it becomes an order, or a request for those who have to approve."""
    form = SubmissionForm(request.POST)
    if not form.is_valid():
        raise Http404

    def refused(text: str, at: str, status: int = 422) -> HttpResponse:
        return cart_page(request, find_cart(request, uid), status=status, fault=text, fault_at=at)

    try:
        outcome = submit_cart(
            actor=request.membership,
            cart_uid=uid,
            expected_version=form.cleaned_data["version"],
            expected_total=form.cleaned_data["expected_total"],
            message=form.cleaned_data["message"],
            now=timezone.now(),
        )
    except AlreadySubmitted as refusal:
        return after_submission(request, refusal.outcome)
    except (CartClosed, CartMoved, PriceMoved) as refusal:
        return refused(str(refusal), "total", status=409)
    except CartRefused as refusal:
        return refused(str(refusal), refusal.field)
    except OutOfStock as refusal:
        names = ", ".join(row.product.sku for row in refusal.lines)
        text = _("There is not enough left of %(parts)s. Order less of it.") % {"parts": names}
        return refused(text, "lines")
    except (NoApprover, CreditExceeded) as refusal:
        return refused(str(refusal), "submit")
    if outcome.order:
        text = _("Order %(number)s was placed.") % {"number": outcome.order.number}
    else:
        text = _("The cart was sent for approval.")
    messages.success(request, text)
    return after_submission(request, outcome)


def after_submission(request: MemberRequest, outcome: Outcome) -> HttpResponse:
    if outcome.request:
        return go_to(request, reverse("approvals:request", args=[outcome.request.uid]))
    return go_to(request, reverse("orders:order", args=[outcome.order.number if outcome.order else ""]))


def inbox_page(
    request: MemberRequest,
    page: queries.Page | None,
    *,
    tab: str,
    rows: Sequence[Request] | None = None,
    status: int = 200,
    fault: str = "",
) -> HttpResponse:
    """The list on the side and one request beside it; on a phone only one of the two."""
    member = request.membership
    with_figures = member.may("prices.view")
    if rows is None:
        rows = LISTS[tab](member)
    is_mine = tab == "for_me"
    waiting = len(rows) if is_mine and len(rows) < queries.MOST else queries.waiting_count(member)
    monday = localdate() - timedelta(days=localdate().weekday())
    verdicts = queries.decided_since(member, monday, VERDICTS) if is_mine else []
    context = {
        "tab": tab,
        "rows": waiting_rows(rows, with_figures=with_figures) if is_mine else [{"row": row} for row in rows],
        "verdicts": [(row.request, verdict_text(row, member)) for row in verdicts],
        "waiting": waiting,
        "sent_count": queries.sent_count(member),
        "page": page,
        "detail": detail(request, page) if page else None,
        "is_single": request.resolver_match.view_name != "approvals:inbox",  # type: ignore[union-attr]
        "may_see_prices": with_figures,
        "fault": fault,
        "typed": request.POST if fault else {},
        "neighbors": neighbors(rows, page),
    }
    return render_page(request, "approvals/inbox.html", context, partial="detail", status=status)


def waiting_rows(rows: Sequence[Request], *, with_figures: bool) -> list[dict[str, Any]]:
    """What waits for somebody: since when, and why, or how much is not as it was before."""
    changes = queries.change_counts(rows)
    return [
        {
            "row": row,
            "since": step.activated_at,
            "change_count": changes.get(row.pk, 0),
            "reasons": reasons_of(step, row, with_figures=with_figures),
        }
        for row in rows
        for step in row.active_steps  # type: ignore[attr-defined]
    ]


def reasons_of(step: RequestStep, row: Request, *, with_figures: bool) -> str:
    return "; ".join(
        queries.reason_text(reason, row.submission.currency, row.requester.label, with_figures=with_figures)
        for reason in step.reasons
    )


def verdict_text(verdict: queries.Verdict, member: Membership) -> str:
    """What this person decided, who else did, and what became of it."""
    own = next(row for row in verdict.decisions if row.decided_by_id == member.pk)
    last = verdict.decisions[-1]
    if last.outcome == Decision.Outcome.REJECT:
        words = _("Rejected by you: “%(reason)s”") if last == own else _("Rejected by %(name)s: “%(reason)s”")
        return words % {"name": last.decided_by.label, "reason": aside_text(last.reason, get_language() or "en")}
    is_alone = len(verdict.decisions) == 1
    names = [_("you") if row == own else row.decided_by.label for row in verdict.decisions]
    said = (
        _("Approved by you, %(day)s") % {"day": day(own.created_at)}
        if is_alone
        else _("Approved: %(names)s") % {"names": _(", then ").join(names)}
    )
    found = verdict.request
    if found.state != Request.State.ORDERED:
        return f"{said} · {found.get_state_display()}"
    return said if is_alone else f"{said} · " + _("Ordered %(day)s") % {"day": day(found.closed_at)}


def neighbors(rows: Sequence[Request], page: queries.Page | None) -> tuple[int | None, int | None]:
    """The requests above and below the shown one."""
    keys = [None, *(row.pk for row in rows), None]
    here = keys.index(page.request.pk) if page and page.request.pk in keys else 0
    return keys[here - 1], keys[here + 1]


def detail(request: MemberRequest, page: queries.Page) -> dict[str, Any]:
    """What the template shows of one request, in words."""
    found, member = page.request, request.membership
    currency, with_prices = found.submission.currency, member.may("prices.view")
    lines = [line_words(row) for row in page.lines]
    of_whole = [queries.change_words(row, currency, with_prices=with_prices) for row in page.changes if not row.sku]
    days = [line["promised"] for line in lines if not line["is_gone"]]
    after = [step for step in page.steps if step.state == RequestStep.State.WAITING]
    return {
        "lines": lines,
        "line_count": len(days),
        "days": (min(days), max(days)) if days and all(days) else None,
        "content": found.submission.content,
        "was_net": page.before.goods_net if page.before else None,
        "changes": of_whole,
        "change_count": sum(bool(line["change"]) for line in lines) + len(of_whole),
        "differences": [
            queries.change_words(Change(**row), currency, with_prices=with_prices) for row in found.differences
        ],
        "steps": [
            {
                "row": step,
                "names": names_of(step),
                "reasons": reasons_of(step, found, with_figures=with_prices),
                "decision": getattr(step, "decision", None),
            }
            for step in page.steps
        ],
        "next_names": names_of(after[0]) if after else "",
        "may_decide": page.may_be_decided_by(member),
        "is_requester": found.requester_id == member.pk,
        "is_pending": found.state == Request.State.PENDING,
        "may_talk": found.state in Request.OPEN,
        "colleagues": queries.others_who_decide(page) if handover_allowed(member, page) else [],
    }


def names_of(step: RequestStep) -> str:
    return _(" or ").join(row.membership.label for row in step.approvers.all())


def line_words(row: ComparedLine) -> dict[str, Any]:
    """One line as it is now, or as it was when it is gone, with what of it changed."""
    line: Mapping[str, Any] = row.now or row.was or {}
    kinds = row.fields if row.was and row.now else ("added" if row.now else "removed",)
    was = row.was if row.now and row.fields else None
    return {
        **line,
        "quantity": Decimal(line["quantity"]),
        "unit_price": Decimal(line["unit_price"]),
        "net": Decimal(line["net"]),
        "promised": day_of(line["promised_date"]),
        "is_gone": row.now is None,
        # The total follows from quantity and price; it is named where it alone is another.
        "change": ", ".join(queries.change_label(kind) for kind in kinds if kind != "net" or kinds == ("net",)),
        "was_quantity": Decimal(was["quantity"]) if was and "quantity" in row.fields else None,
        "was_price": Decimal(was["unit_price"]) if was and "unit_price" in row.fields else None,
        "net_by": row.net_by,
    }


def handover_allowed(member: Membership, page: queries.Page) -> bool:
    return page.active is not None and member.may("approvals.policies")


def day_of(text: str) -> Any:
    return datetime.fromisoformat(text).date() if text else None


@permission_required("cart.view")
def inbox(request: MemberRequest) -> HttpResponse:
    tab = request.GET.get("tab", "for_me")
    tab = tab if tab in LISTS else "for_me"
    rows = LISTS[tab](request.membership)
    page = queries.request_page(request.membership, rows[0].uid) if rows and tab == "for_me" else None
    return inbox_page(request, page, tab=tab, rows=rows)


def find_page(request: MemberRequest, uid: UUID) -> queries.Page:
    page = queries.request_page(request.membership, uid)
    if page is None:
        raise Http404
    return page


@permission_required("cart.view")
def request_page(request: MemberRequest, uid: UUID) -> HttpResponse:
    """One request; the link in the e-mail leads here, and only looking happens here."""
    page = find_page(request, uid)
    is_own = page.request.requester_id == request.membership.pk
    is_open = page.request.state in Request.OPEN
    return inbox_page(request, page, tab=("sent" if is_own else "for_me") if is_open else "done")


@post_only
@permission_required("approvals.decide")
def decision(request: MemberRequest, uid: UUID) -> HttpResponse:
    page = find_page(request, uid)
    outcome = request.POST.get("outcome", "")
    if outcome not in Decision.Outcome.values:
        raise Http404
    try:
        decided = decide_step(
            actor=request.membership,
            request_uid=page.request.uid,
            outcome=outcome,
            expected_hash=request.POST.get("hash", ""),
            reason=request.POST.get("reason", "").strip()[:LONGEST_REASON],
            now=timezone.now(),
        )
    except ReasonMissing as refusal:
        return inbox_page(request, page, tab="for_me", status=422, fault=str(refusal))
    except StaleSubmission as refusal:
        return inbox_page(request, find_page(request, uid), tab="for_me", status=409, fault=str(refusal))
    texts = {
        Request.State.ORDERED: _("%(number)s was approved and ordered."),
        Request.State.PENDING: _("%(number)s was approved. It goes on to the next step."),
        Request.State.RECHECK: _("%(number)s was approved, but something changed. %(name)s was asked to look at it."),
        Request.State.REJECTED: _("%(number)s was rejected. %(name)s was told why."),
    }
    text = texts[Request.State(decided.state)]
    messages.success(request, text % {"number": decided.number, "name": page.request.requester.label})
    return go_to(request, reverse("approvals:inbox"))


@post_only
@permission_required("cart.view")
@limited("messages", person=120, company=600)
def messages_of(request: MemberRequest, uid: UUID) -> HttpResponse:
    page = find_page(request, uid)
    try:
        post_message(
            actor=request.membership, request_uid=uid, text=request.POST.get("text", "")[:1000], now=timezone.now()
        )
    except NothingSaid as refusal:
        return inbox_page(request, page, tab="for_me", status=422, fault=str(refusal))
    return go_to(request, reverse("approvals:request", args=[uid]))


@post_only
@permission_required("cart.submit")
def withdrawal(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Take a request back, for good or to change it and send it again."""
    page = find_page(request, uid)
    for_changes = bool(request.POST.get("for_changes"))
    taken = withdraw_request(
        actor=request.membership, request_uid=page.request.uid, for_changes=for_changes, now=timezone.now()
    )
    text = _("%(number)s is open again. Change it and send it.") if for_changes else _("%(number)s was withdrawn.")
    messages.success(request, text % {"number": taken.number})
    return go_to(request, reverse("orders:cart", args=[page.request.cart.uid]))


@post_only
@permission_required("approvals.policies")
def handover(request: MemberRequest, uid: UUID) -> HttpResponse:
    page = find_page(request, uid)
    chosen = request.POST.get("to", "")
    to = get_object_or_404(Membership.visible_to(request.membership), uid=uid_of(chosen))
    try:
        hand_over_step(actor=request.membership, request_uid=page.request.uid, to=to, now=timezone.now())
    except CannotDecide as refusal:
        return inbox_page(request, page, tab="for_me", status=422, fault=str(refusal))
    messages.success(request, _("%(name)s decides now.") % {"name": to.label})
    return go_to(request, reverse("approvals:request", args=[uid]))


def policies_context(request: MemberRequest, form: TryForm | None = None) -> dict[str, Any]:
    member = request.membership
    people = queries.people_of(member.organization)
    currency = member.organization.currency
    rows = []
    for found, version in queries.policies_of(member.organization).rows:
        condition, who = queries.sentence_of(version, people, currency)
        rows.append({"policy": found, "condition": condition, "who": who})
    return {
        "rows": rows,
        "may_change": member.may("approvals.policies"),
        "form": form or TryForm(people=people),
        "tried": tried(request, form),
    }


def policies_page(request: MemberRequest, form: TryForm | None = None) -> HttpResponse:
    context = {**policies_context(request, form), "tab": "rules"}
    return render_page(request, "approvals/policies.html", context)


def tried(request: MemberRequest, form: TryForm | None) -> dict[str, Any] | None:
    """The route that an order of this person and amount would take."""
    if form is None or not form.is_valid():
        return None
    person = get_object_or_404(Membership.visible_to(request.membership), pk=form.cleaned_data["person"])
    preview = queries.preview(person, person.unit_id, form.cleaned_data["amount"], timezone.localdate())
    member = request.membership
    # What a colleague has left of a month is for those who set it.
    with_figures = member.may("approvals.policies") or (person == member and member.may("prices.view"))
    return {
        "name": person.label,
        "chain": chain(preview, person, with_figures=with_figures),
        "is_dead_end": bool(preview.route.dead_ends),
    }


@permission_required("company.view")
def policies(request: MemberRequest) -> HttpResponse:
    return policies_page(request)


@permission_required("company.view")
def policy_try(request: MemberRequest) -> HttpResponse:
    """Which way an order would take; htmx gets only that, for whichever page asks."""
    form = TryForm(request.GET, people=queries.people_of(request.membership.organization))
    if request.htmx:
        context = {"form": form, "tried": tried(request, form)}
        return render_page(request, "approvals/try.html", context, partial="try")
    return policies_page(request, form)


@permission_required("approvals.policies")
def policy(request: MemberRequest, uid: UUID | None = None) -> HttpResponse:
    """Add a rule, or change what one says."""
    member = request.membership
    people = queries.people_of(member.organization)
    initial = {}
    if uid:
        rows = queries.policies_of(member.organization).rows
        version = next((version for found, version in rows if found.uid == uid), None)
        if version is None:
            raise Http404
        initial = initial_of(version)
    form = PolicyForm(request.POST or None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_policy(actor=member, terms=form.terms(), uid=uid, now=timezone.now())
        except DeadEnd as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rule was saved."))
            return go_to(request, reverse("approvals:policies"))
    status = 422 if form.errors else 200
    return render_page(request, "approvals/policy.html", {"form": form, "uid": uid, "tab": "rules"}, status=status)


@post_only
@permission_required("approvals.policies")
def policy_place(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Put a rule one place up or down."""
    found = get_object_or_404(Policy.visible_to(request.membership), uid=uid)
    by = {"up": -1, "down": 1}.get(request.POST.get("to", ""))
    if by is None:
        raise Http404
    try:
        move_policy(actor=request.membership, uid=found.uid, by=by, now=timezone.now())
    except IllegalTransition as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The order of the rules was saved."))
    return go_to(request, reverse("approvals:policies"))


@post_only
@permission_required("approvals.policies")
def policy_end(request: MemberRequest, uid: UUID) -> HttpResponse:
    found = get_object_or_404(Policy.visible_to(request.membership), uid=uid)
    end_policy(actor=request.membership, uid=found.uid, now=timezone.now())
    messages.success(request, _("The rule does not hold any more."))
    return go_to(request, reverse("approvals:policies"))
