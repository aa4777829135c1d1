from apps.inventory.queries import broken_reservations
from apps.ledger.queries import reconcile
from apps.orders.queries.checks import broken_orders


def broken_invariants() -> list[str]:
    """Every place where the books contradict themselves; empty when all is well. Runs after tests and at night."""
    return reconcile() + broken_reservations() + broken_orders()
