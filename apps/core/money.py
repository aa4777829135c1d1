"""Money as Decimal, and the one rounding of the house. Plain Python."""

from decimal import ROUND_HALF_UP, Decimal

# Digits after the point, ISO 4217; all currencies not named here have two.
WITHOUT_CENTS = frozenset({"JPY", "KRW", "ISK", "CLP", "VND"})


def round_half_up(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole cents of its currency; half a cent goes away from zero."""
    return amount.quantize(Decimal(1) if currency in WITHOUT_CENTS else Decimal("0.01"), ROUND_HALF_UP)


def line_net(quantity: Decimal, unit_price: Decimal, price_per: int, currency: str) -> Decimal:
    """Net of one line, rounded once: quantity in base units x price / the number of units that it is the price for."""
    return round_half_up(quantity * unit_price / price_per, currency)
