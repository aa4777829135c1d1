"""What makes two submissions the same, and how far an order has come. Values in, values out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

NONE, PARTIAL, SHIPPED, DELIVERED = "none", "partial", "shipped", "delivered"
# What of a line makes another order of it; names and promises do not.
MATERIAL = ("quantity", "unit_price", "net", "requested_date", "cost_center")


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of a submission in canonical form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two submissions. `kind` is a field of a line, "added", "removed", or a field of the whole;
    `sku` and `name` are empty where the whole is meant."""

    kind: str
    before: str
    after: str
    sku: str = ""
    name: str = ""


def material_diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What somebody who agreed to `old` would have to know about `new`: lines first, then freight, VAT and place."""
    before, after = ({line["uid"]: line for line in content["lines"]} for content in (old, new))
    changes = []
    for uid, line in before.items():
        if uid not in after:
            changes.append(Change("removed", line["quantity"], "", line["sku"], line["name"]))
            continue
        changes += [
            Change(field, line[field], after[uid][field], line["sku"], line["name"])
            for field in MATERIAL
            if line[field] != after[uid][field] and not (field == "net" and line["quantity"] != after[uid]["quantity"])
        ]
    changes += [
        Change("added", "", line["quantity"], line["sku"], line["name"])
        for uid, line in after.items()
        if uid not in before
    ]
    changes += [
        Change(field, old[field], new[field])
        for field in ("freight_net", "ship_to", "method", "po_number")
        if old[field] != new[field]
    ]
    if not changes and old["tax"] != new["tax"]:
        changes.append(Change("tax", old["tax"], new["tax"]))
    return changes


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of a submission beside the same line of the one before; `fields` are the material ones that differ."""

    was: Mapping[str, Any] | None
    now: Mapping[str, Any] | None
    fields: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return self.was is not None and self.now is not None and not self.fields

    @property
    def net_by(self) -> Decimal:
        """How much more it comes to than before, net."""
        return sum((Decimal(row["net"]) * sign for row, sign in ((self.now, 1), (self.was, -1)) if row), Decimal(0))


def compared_lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ComparedLine]:
    """The lines of two submissions side by side: what differs first, in the order of the new one, then what is gone,
    then what is as it was."""
    before = {line["uid"]: line for line in old["lines"]}
    found = []
    for line in new["lines"]:
        was = before.pop(line["uid"], None)
        fields = tuple(field for field in MATERIAL if was and was[field] != line[field])
        found.append(ComparedLine(was, line, fields))
    gone = [ComparedLine(was, None) for was in before.values()]
    return [row for row in found if not row.is_same] + gone + [row for row in found if row.is_same]


@dataclass(frozen=True, slots=True)
class Counters:
    """How far one line of an order has come."""

    quantity: Decimal
    cancelled: Decimal
    shipped: Decimal
    delivered: Decimal


def progress_of(lines: Iterable[Counters]) -> str:
    """How far a whole order has come: what was canceled counts as done."""
    rows = list(lines)
    if not any(row.shipped for row in rows):
        return NONE
    if any(row.cancelled + row.shipped < row.quantity for row in rows):
        return PARTIAL
    return DELIVERED if all(row.delivered == row.shipped for row in rows) else SHIPPED


def next_break(
    quantity: Decimal, price: Decimal, breaks: Sequence[tuple[Decimal, Decimal]]
) -> tuple[Decimal, Decimal] | None:
    """From which quantity on it is cheaper than this unit price, and what one costs then, where at most half as much
    again is missing. A product that stands on other lines, too, can have a later price already.

    `breaks` are (start, unit price), the least start first.
    """
    following = next((row for row in breaks if row[0] > quantity and row[1] < price), None)
    return following if following and following[0] <= quantity * Decimal("1.5") else None


def order_number(scattered: int) -> str:
    """SO-48812."""
    return f"SO-{scattered}"


def groups_by_day(days: Sequence[Any]) -> list[tuple[Any, list[int]]]:
    """Places of equal days, the earliest day first, those without a day last."""
    found: dict[Any, list[int]] = {}
    for place, day in enumerate(days):
        found.setdefault(day, []).append(place)
    return sorted(found.items(), key=lambda item: (item[0] is None, item[0]))
