"""Which fact is told to whom, and in which letter. Values in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Whom(StrEnum):
    """Who of a company is told."""

    DECIDERS = "deciders"  # those who decide the step that the event names, as long as it is to be decided
    REQUESTER = "requester"
    TALKERS = "talkers"  # the requester, and everybody who was asked so far
    OWNER = "owner"  # the buyer of the order


# What a person can switch off, each for itself.
ASKED, DECIDED, MESSAGE = "asked", "decided", "message"
PLACED, CONFIRMED, CANCELLED, SHIPPED, DELIVERED = "placed", "confirmed", "cancelled", "shipped", "delivered"
KINDS = (ASKED, DECIDED, MESSAGE, PLACED, CONFIRMED, CANCELLED, SHIPPED, DELIVERED)


@dataclass(frozen=True, slots=True)
class Rule:
    """`template` names the letter below templates/email/. What people did themselves, they are told only where
    `also_to_the_actor` says so."""

    kind: str
    whom: Whom
    template: str
    also_to_the_actor: bool = False


RULES: Mapping[str, Rule] = {
    "approvals.approval_requested": Rule(ASKED, Whom.DECIDERS, "approvals/asked"),
    "approvals.step_approved": Rule(ASKED, Whom.DECIDERS, "approvals/asked"),
    "approvals.step_handed_over": Rule(ASKED, Whom.DECIDERS, "approvals/asked"),
    "approvals.request_rejected": Rule(DECIDED, Whom.REQUESTER, "approvals/rejected"),
    "approvals.recheck_needed": Rule(DECIDED, Whom.REQUESTER, "approvals/changed"),
    "approvals.message_posted": Rule(MESSAGE, Whom.TALKERS, "approvals/message"),
    "orders.order_placed": Rule(PLACED, Whom.OWNER, "orders/placed", also_to_the_actor=True),
    "orders.order_confirmed": Rule(CONFIRMED, Whom.OWNER, "orders/confirmed"),
    "orders.order_cancelled": Rule(CANCELLED, Whom.OWNER, "orders/cancelled"),
    "orders.remainder_cancelled": Rule(CANCELLED, Whom.OWNER, "orders/remainder"),
    "fulfillment.shipment_dispatched": Rule(SHIPPED, Whom.OWNER, "fulfillment/dispatched"),
    "fulfillment.shipment_delivered": Rule(DELIVERED, Whom.OWNER, "fulfillment/delivered"),
}
# The supplier's own letter about a new order, to its sales address.
FOR_THE_SUPPLIER: Mapping[str, str] = {"orders.order_placed": "orders/received"}
