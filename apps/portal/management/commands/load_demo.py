"""The demo: Halden Industrial Supply and its customers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.timezone import localdate

from apps.orgs.models import Organization
from apps.portal.management.demo import (
    catalog,
    companies,
    delivery,
    documents,
    limits,
    orders,
    places,
    prices,
    sign_ins,
    stock,
)


class Command(BaseCommand):
    help = "Fill an empty database with the demo supplier, its catalog, its customers and their people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Leave a database that has companies as it is.")
        parser.add_argument("--sign-ins", action="store_true", help="Only print with which sign-ins to try what.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            self.stdout.write(sign_ins.text())
            return
        if Organization.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("This database has companies already. The demo goes into an empty one only.")
        now = timezone.now()
        companies.load(now=now)
        catalog.load(now=now)
        documents.load(now=now)
        prices.load(now=now, today=localdate(now))
        stock.load(now=now, today=localdate(now))
        delivery.load(now=now)
        places.load(now=now)
        limits.load(now=now)
        orders.load(now=now, sam=companies.sam())
