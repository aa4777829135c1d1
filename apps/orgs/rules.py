"""Rules of companies and people. Values in, values out."""

from datetime import timedelta

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

INVITATION_LIFE = timedelta(days=7)

# How far the rights can reach whose rows belong to a unit, and to a person; all others hold in the whole company.
ROWS = ("own", "unit", "subtree", "organization")
SCOPES = {
    "cart.view": ROWS,
    "cart.edit": ROWS,
    "cart.submit": ROWS,
    "orders.view": ROWS,
    "orders.cancel": ROWS,
    "lists.edit": ROWS,
    "approvals.decide": ("unit", "subtree", "organization"),
    "company.people": ("unit", "subtree", "organization"),
}


def scopes_of(permission: str) -> tuple[str, ...]:
    """The scopes that mean something for a right."""
    return SCOPES.get(permission, ("organization",))


def clean_vat_id(country: str, number: str) -> str:
    """The VAT ID in the compact form of its country, with the country's letters in front.

    Format and check digits are those of python-stdnum; whether the company exists, only a tax office can tell.

    :raises ValueError: the number cannot be one of this country.
    """
    bare = number.strip().upper()
    if eu_vat._get_cc_module(country):
        prefix = "EL" if country == "GR" else country
        try:
            return eu_vat.validate(bare if bare.startswith(prefix) else prefix + bare)
        except ValidationError as error:
            raise ValueError(number) from error
    module = get_cc_module(country.lower(), "vat")
    if module is None:
        # No rule known for this country: kept as typed, without spaces.
        return "".join(bare.split())
    for candidate in (bare, bare.removeprefix(country)):
        if module.is_valid(candidate):
            compact: str = module.compact(candidate)
            return compact if compact.startswith(country) else country + compact
    raise ValueError(number)
