"""For whom assortments, prices and promises are worked out: values only, so that every app below pages can take it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BuyingContext:
    """One buyer as rules see them. A cart has its own; while browsing it is the member's.

    `unit_ids` are the member's unit and all above it: what holds for a unit holds for those below.
    """

    organization_id: int
    customer_type_id: int
    unit_ids: tuple[int, ...]
    membership_id: int
    currency: str
    language: str
