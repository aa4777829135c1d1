"""What an event is about, who is to hear of it, and what a letter about it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from apps.activity.models import Event
from apps.approvals.models import Message, Request, RequestStep, StepApprover
from apps.approvals.queries import change_words, reason_text
from apps.core.prepared import GivenMember, PreparedQuery
from apps.fulfillment.models import ShipmentLine
from apps.notifications.models import Notice, NotificationPreference
from apps.notifications.rules import KINDS, RULES, Rule, Whom
from apps.orders.models import Order, ScheduleLine
from apps.orders.queries.orders import still_owed, with_page_facts
from apps.orders.rules import Change
from apps.orgs.models import Membership

REQUEST, ORDER, SHIPMENT = "request", "order", "shipment"
# Lines that a letter shows; the page has them all.
MOST_LINES_ASKED = 10
MOST_LINES = 100
CHANGED = (ScheduleLine.Confirmation.CHANGED, ScheduleLine.Confirmation.REJECTED)


@dataclass(frozen=True)
class News:
    """One event with its document: a request for approval, or an order."""

    event: Event
    rule: Rule
    document: Request | Order

    @cached_property
    def step(self) -> RequestStep | None:
        """The step that the event names, while it is still to be decided."""
        uid = self.event.payload.get("step")
        rows = RequestStep.objects.filter(request=self.document.pk, state=RequestStep.State.ACTIVE)
        return rows.filter(uid=uid).first() if uid else None


def news_of(event: Event) -> News:
    """Read what an event is about. At most 5 statements."""
    if event.subject_kind == REQUEST:
        rows = Request.objects.filter(uid=event.subject_uid)
        found = rows.select_related("requester__user", "submission", "cart", "organization").get()
        return News(event, RULES[event.name], found)
    key = {"number": event.payload["order"]} if event.subject_kind == SHIPMENT else {"uid": event.subject_uid}
    return News(event, RULES[event.name], with_page_facts(Order.objects.filter(**key)).get())


def path_of(event: Event) -> str:
    """The page on which one sees what an event is about."""
    if event.subject_kind == REQUEST:
        return reverse("approvals:request", args=[event.subject_uid])
    number = event.payload["order"] if event.subject_kind == SHIPMENT else event.subject_label
    return reverse("orders:order", args=[number])


@dataclass(frozen=True)
class Listener:
    """Somebody who is to hear of an event, and how."""

    membership: Membership
    by_mail: bool = True
    by_bell: bool = True

    @property
    def language(self) -> str:
        return self.membership.user.language or self.membership.organization.language


def listeners_of(news: News) -> list[Listener]:
    """Who hears of an event: active members who may see its document at this moment, each as they chose.

    2 statements, and 3 for each person at most.
    """
    people = Membership.objects.active().filter(_concerned(news), organization=news.document.organization_id)
    if not news.rule.also_to_the_actor:
        people = people.exclude(pk=news.event.actor_membership_id or 0)
    people = people.select_related("user", "organization").order_by("pk")
    seeing = [person for person in people if _may_see(person, news)]
    chosen = {
        row.membership_id: row
        for row in NotificationPreference.objects.filter(membership__in=seeing, kind=news.rule.kind)
    }
    return [
        Listener(person, row.by_mail, row.by_bell) if (row := chosen.get(person.pk)) else Listener(person)
        for person in seeing
    ]


def _concerned(news: News) -> Q:
    document = news.document
    if isinstance(document, Order):
        return Q(pk=document.owner_id)
    if news.rule.whom == Whom.REQUESTER:
        return Q(pk=document.requester_id)
    if news.rule.whom == Whom.DECIDERS:
        return Q(pk__in=StepApprover.objects.filter(step=news.step).values("membership"))
    asked = StepApprover.objects.filter(step__request=document, step__activated_at__isnull=False)
    return Q(pk=document.requester_id) | Q(pk__in=asked.values("membership"))


def _may_see(person: Membership, news: News) -> bool:
    if news.rule.whom == Whom.DECIDERS and not person.may_at("approvals.decide", news.document.unit_id):
        return False
    return type(news.document).visible_to(person).filter(pk=news.document.pk).exists()


# --- Letters ----------------------------------------------------------------------------------------------------------


def letter_of(news: News, *, may_see_prices: bool) -> dict[str, Any]:
    """What the templates of a letter are given, its words in the language that is active. At most 2 statements."""
    facts = {
        "event": news.event,
        "path": path_of(news.event),
        "settings_path": reverse("notifications:settings"),
        "may_see_prices": may_see_prices,
        "reason": news.event.payload.get("reason", ""),
    }
    if isinstance(news.document, Order):
        return facts | _order_facts(news.document) | _shipment_facts(news.event, news.document)
    return facts | _request_facts(news, news.document, may_see_prices=may_see_prices)


def _request_facts(news: News, request: Request, *, may_see_prices: bool) -> dict[str, Any]:
    submission = request.submission
    lines = submission.content["lines"]
    message = news.event.payload.get("message")
    facts: dict[str, Any] = {
        "request": request,
        "submission": submission,
        "lines": [
            {"name": row["name"], "sku": row["sku"], "quantity": Decimal(row["quantity"]), "net": Decimal(row["net"])}
            for row in lines[:MOST_LINES_ASKED]
        ],
        "more_lines": max(len(lines) - MOST_LINES_ASKED, 0),
        "changes": [
            change_words(Change(**row), submission.currency, with_prices=may_see_prices) for row in request.differences
        ],
        "message": Message.objects.filter(uid=message).first() if message else None,
    }
    if news.rule.whom == Whom.DECIDERS and news.step:
        reasons = [
            reason_text(row, submission.currency, request.requester.label, with_figures=may_see_prices)
            for row in news.step.reasons
        ]
        facts |= {"reasons": reasons, "note": Message.objects.filter(request=request).order_by("pk").first()}
    return facts


def _order_facts(order: Order) -> dict[str, Any]:
    lines = list(order.lines.all())
    answers = [row.confirmation for line in lines for row in line.schedule.all()]
    return {
        "order": order,
        "staff_path": reverse("admin:orders_order_change", args=[order.pk]),
        "delivery": order.deliveries.all()[0],
        "lines": lines[:MOST_LINES],
        "more_lines": max(len(lines) - MOST_LINES, 0),
        "changed_count": sum(answer in CHANGED for answer in answers),
        "owed": still_owed(order, lines),
    }


def _shipment_facts(event: Event, order: Order) -> dict[str, Any]:
    """What of the order is in the shipment that the event is about. 1 statement."""
    if event.subject_kind != SHIPMENT:
        return {}
    lines = ShipmentLine.objects.filter(shipment__uid=event.subject_uid, schedule_line__line__order=order)
    sent = lines.select_related("shipment", "schedule_line__line").order_by("schedule_line__line__position")
    return {"sent": list(sent[:MOST_LINES])}


# --- In the portal ----------------------------------------------------------------------------------------------------


@cache
def _unread() -> PreparedQuery[tuple[int, int]]:
    rows = Notice.objects.visible_to(GivenMember()).unread()
    return PreparedQuery(rows.values_list("membership").annotate(Count("pk")))


def unread_count(membership: Membership) -> int:
    """How much this person has not looked at. 1 statement."""
    counted = _unread().first(organization=membership.organization_id, membership=membership.pk)
    return counted[1] if counted else 0


def notices_of(membership: Membership, before: int | None, size: int) -> list[Notice]:
    """The next `size` + 1 notices of this person, newest first, older than the notice `before`. 1 statement."""
    rows = Notice.objects.visible_to(membership).select_related("event").order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows[: size + 1])


def preferences_of(membership: Membership) -> Mapping[str, NotificationPreference]:
    """How the person wants to hear of each kind of thing, in the order of the page. 1 statement."""
    rows = NotificationPreference.objects.visible_to(membership).filter(membership=membership)
    chosen = {row.kind: row for row in rows}
    kinds: Sequence[str] = KINDS
    return {kind: chosen.get(kind) or NotificationPreference(kind=kind, by_mail=True, by_bell=True) for kind in kinds}
