from datetime import datetime
from functools import partial

from django.db import transaction

from apps.activity.actions.record_event import record_event
from apps.catalog.models import ProductFile
from apps.core.permissions import StaffActor


@transaction.atomic
def remove_product_file(*, actor: StaffActor, product_file: ProductFile, now: datetime) -> None:
    """Take a document from its product; the file itself goes once that is certain."""
    record_event("catalog.product_file_removed", actor=actor, subject=product_file, now=now)
    transaction.on_commit(partial(product_file.content.storage.delete, str(product_file.content.name)))
    product_file.delete()
