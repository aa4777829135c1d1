"""Take a CSV or XLSX file of prices into a price list."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from apps.core.imports import ImportOutcome
from apps.core.management.imports import ImportCommand
from apps.core.permissions import SystemActor
from apps.pricing.actions.import_prices import import_prices
from apps.pricing.models import PriceList


class Command(ImportCommand):
    help = "Import prices from a CSV or XLSX file; docs/price-import.md describes its columns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--list", required=True, help="The name of the price list.")

    def take(self, options: dict[str, Any], **file: Any) -> ImportOutcome:
        price_list = PriceList.objects.filter(name=options["list"]).first()
        if price_list is None:
            known = ", ".join(PriceList.objects.order_by("name").values_list("name", flat=True))
            raise CommandError(f"There is no price list “{options['list']}”, but: {known}.")
        actor = SystemActor(label="import_prices")
        return import_prices(actor=actor, price_list=price_list, now=timezone.now(), **file)
