"""Where the demo's companies receive goods and invoices, and what they book on."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from django.db import transaction

from apps.core.permissions import SystemActor
from apps.orgs.actions.save_address import AddressFacts, save_address
from apps.orgs.actions.save_cost_center import save_cost_center
from apps.orgs.models import Organization

SYSTEM = SystemActor(label="Demo")
EARLY: dict[str, Any] = {"receiving_from": time(7), "receiving_until": time(15)}
LATE: dict[str, Any] = {"receiving_from": time(8), "receiving_until": time(16)}
MONDAY_TO_THURSDAY = 0b0001111
INVOICES = "bill_to"

# The first address of a company is its first choice.
ADDRESSES: dict[str, tuple[AddressFacts, ...]] = {
    "C-20417": (
        AddressFacts("Oslo yard, gate 3", "Kaiveien 3", "0150", "Oslo", "NO", has_forklift=True, **EARLY),
        AddressFacts("Oslo yard, dock 2", "Kaiveien 11", "0150", "Oslo", "NO", needs_tail_lift=True, **EARLY),
        AddressFacts(
            "Bergen yard", "Skipsvegen 4", "5160", "Laksevåg", "NO", needs_tail_lift=True, receiving_from=time(8),
            receiving_until=time(14),
        ),
        AddressFacts("Accounts payable", "Postboks 417", "0101", "Oslo", "NO", kind=INVOICES),
    ),
    "C-31058": (
        AddressFacts("Fjellbygg depot", "Industriveien 8", "5220", "Sandsli", "NO", has_forklift=True, **EARLY),
        AddressFacts("Site office, Voss", "Strandavegen 21", "5705", "Voss", "NO", needs_tail_lift=True, **EARLY),
        AddressFacts("Regnskap", "Postboks 58", "5020", "Bergen", "NO", kind=INVOICES),
    ),
    "C-11263": (
        AddressFacts("Werft, Tor 2", "Werftstraße 40", "24143", "Kiel", "DE", has_forklift=True, **EARLY),
        AddressFacts("Buchhaltung", "Kaistraße 7", "24103", "Kiel", "DE", kind=INVOICES),
    ),
    "C-27790": (
        AddressFacts(
            "Werk Cuxhaven, Rampe 4", "Fischereihafen 12", "27472", "Cuxhaven", "DE", has_forklift=True,
            receiving_weekdays=MONDAY_TO_THURSDAY, **EARLY,
        ),
        AddressFacts("Kreditoren", "Am Deich 3", "27472", "Cuxhaven", "DE", kind=INVOICES),
    ),
    "C-40122": (
        AddressFacts("Verkstaden", "Stenbygatan 5", "721 36", "Västerås", "SE", kind="both", parcels_only=True, **LATE),
    ),
    "C-45518": (
        AddressFacts("Verkstad och lager", "Exportgatan 33", "422 46", "Hisings Backa", "SE", kind="both", **LATE),
    ),
    "C-52309": (
        AddressFacts("Kaai 114", "Scheldelaan 114", "2030", "Antwerpen", "BE", has_forklift=True, **EARLY),
        AddressFacts("Boekhouding", "Noorderlaan 9", "2030", "Antwerpen", "BE", kind=INVOICES),
    ),
    "C-58846": (
        AddressFacts("Magazijn", "Ambachtenlaan 17", "3001", "Heverlee", "BE", needs_tail_lift=True, **LATE),
        AddressFacts("Boekhouding", "Ambachtenlaan 17", "3001", "Heverlee", "BE", kind=INVOICES),
    ),
}  # fmt: skip
COST_CENTERS: dict[str, dict[str, str]] = {
    "C-20417": {"410": "Hull workshop", "415": "Safety", "420": "Engine", "430": "Bergen yard"},
    "C-31058": {"B10": "Bergen tunnel", "V20": "Voss school"},
    "C-11263": {"4100": "Schiffbau", "4200": "Instandhaltung"},
    "C-27790": {"P1": "Produktion", "T1": "Technik"},
    "C-40122": {"100": "Verkstad"},
    "C-45518": {"100": "Mekanik"},
    "C-52309": {"DR": "Drydock", "MS": "Marine services"},
    "C-58846": {"W01": "Werf Leuven"},
}


@transaction.atomic
def load(*, now: datetime) -> None:
    """Write addresses and cost centers as the companies' admins would have."""
    companies = {row.number: row for row in Organization.objects.all()}
    for number, addresses in ADDRESSES.items():
        for place, facts in enumerate(addresses):
            choice = replace(facts, is_default=place == 0)
            save_address(actor=SYSTEM, organization=companies[number], facts=choice, now=now)
    for number, centers in COST_CENTERS.items():
        for code, name in centers.items():
            save_cost_center(actor=SYSTEM, organization=companies[number], code=code, name=name, manager=None, now=now)
