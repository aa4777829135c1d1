"""Take a CSV or XLSX file of products into the catalog."""

from typing import Any

from django.utils import timezone

from apps.catalog.actions.import_catalog import import_catalog
from apps.core.imports import ImportOutcome
from apps.core.management.imports import ImportCommand
from apps.core.permissions import SystemActor


class Command(ImportCommand):
    help = "Import products from a CSV or XLSX file; docs/catalog-import.md describes its columns."

    def take(self, options: dict[str, Any], **file: Any) -> ImportOutcome:
        return import_catalog(actor=SystemActor(label="import_catalog"), now=timezone.now(), **file)
