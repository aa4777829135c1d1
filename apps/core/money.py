"""Money as Decimal, and the one rounding of the house. Plain Python."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

# Digits after the point, ISO 4217; all currencies not named here have two.
WITHOUT_CENTS = frozenset({"JPY", "KRW", "ISK", "CLP", "VND"})


def round_half_up(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole cents of its currency; half a cent goes away from zero."""
    return amount.quantize(Decimal(1) if currency in WITHOUT_CENTS else Decimal("0.01"), ROUND_HALF_UP)


def line_net(quantity: Decimal, unit_price: Decimal, price_per: int, currency: str) -> Decimal:
    """Net of one line, rounded once: quantity in base units x price / the number of units that it is the price for."""
    return round_half_up(quantity * unit_price / price_per, currency)


def spread(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """The total in parts by weight that add up to it: whole cents, what is left over by largest remainder.

    Without any weight the first part takes it all.
    """
    whole = sum(weights, Decimal(0))
    if not whole:
        return [total, *(Decimal(0) for _weight in weights[1:])] if weights else []
    cent = Decimal(1) if currency in WITHOUT_CENTS else Decimal("0.01")
    exact = [total * weight / whole for weight in weights]
    parts = [part.quantize(cent, ROUND_DOWN) for part in exact]
    missing = int((total - sum(parts, Decimal(0))) / cent)
    largest = sorted(range(len(parts)), key=lambda place: abs(exact[place] - parts[place]), reverse=True)
    for place in largest[: abs(missing)]:
        parts[place] += cent if missing > 0 else -cent
    return parts
