"""Credit of the demo's companies, and who signs off what."""

from datetime import datetime
from decimal import Decimal

from apps.approvals.actions.save_policy import PolicyTerms, save_policy
from apps.core.permissions import SystemActor
from apps.ledger.actions.save_limit import save_limit
from apps.orgs.models import Membership, Organization

SYSTEM = SystemActor(label="Demo")

# In the company's currency.
CREDIT = {
    "C-20417": 50_000, "C-31058": 400_000, "C-11263": 80_000, "C-27790": 20_000, "C-40122": 150_000, "C-45518": 90_000,
    "C-52309": 60_000, "C-58846": 30_000,
}  # fmt: skip
# Company -> rules: above which amount, and who decides then: names, or a role in capitals.
RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "C-20417": (("", "their approver"), ("2000", "Dana"), ("5000", "Dana, FINANCE")),
    "C-31058": (("", "their approver"),),
    "C-11263": (("", "their approver"), ("6000", "Heike")),
    "C-27790": (("", "their approver"), ("5000", "Katrin")),
    "C-40122": (("", "their approver"),),
    "C-45518": (("", "their approver"),),
    "C-52309": (("", "their approver"), ("4000", "Bram")),
    "C-58846": (("", "their approver"),),
}


def load(*, now: datetime) -> None:
    """Write credit limits and rules of approval through the actions."""
    for number, amount in CREDIT.items():
        company = Organization.objects.get(number=number)
        save_limit(actor=SYSTEM, organization=company, kind="credit", amount=Decimal(amount), now=now)
        names = {row.label: row.pk for row in Membership.objects.filter(organization=company).select_related("user")}
        for over, deciders in RULES.get(number, ()):
            steps = [_step(name, names) for name in deciders.split(", ")]
            terms = PolicyTerms("amount" if over else "own_limit", Decimal(over) if over else None, steps)
            save_policy(actor=SYSTEM, organization=company, terms=terms, now=now)


def _step(name: str, names: dict[str, int]) -> dict[str, object]:
    if name.isupper():
        return {"kind": "role", "role": name.lower()}
    return {"kind": "member", "member": names[name]} if name in names else {"kind": "approver"}
