"""The demo: Halden Industrial Supply and its customers."""

from argparse import ArgumentParser
from datetime import timedelta
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
        # What the year began with.
        then = now - timedelta(days=365)
        companies.load(now=then)
        catalog.load(now=then)
        documents.load(now=then)
        prices.load(now=then, today=localdate(now))
        stock.load(now=now, today=localdate(now))
        delivery.load(now=then)
        places.load(now=then)
        limits.load(now=then)
        orders.load(now=now, sam=companies.sam())
