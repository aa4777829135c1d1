from datetime import datetime
from functools import partial

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.activity.actions.record_event import record_event
from apps.catalog.models import Product, ProductFile
from apps.catalog.rules import media_type_of
from apps.core.errors import DomainError
from apps.core.permissions import StaffActor, SystemActor

MOST_BYTES = 20 * 2**20
SAMPLE = 64 * 2**10


class FileMissing(DomainError):
    message = _("Choose a file.")
    field = "upload"


class FileTooLarge(DomainError):
    message = _("A file has at most 20 MB.")
    field = "upload"


class FileTypeRefused(DomainError):
    message = _("This is not a PDF, a PNG or JPEG picture, or plain text in UTF-8.")
    field = "upload"


@transaction.atomic
def save_product_file(
    *,
    actor: StaffActor | SystemActor,
    product: Product,
    kind: str,
    now: datetime,
    title: str = "",
    language: str = "",
    position: int = 0,
    upload: "File[bytes] | None" = None,
    product_file: ProductFile | None = None,
) -> ProductFile:
    """Give a product a document, or change one; without `upload` it keeps its file.

    :raises FileMissing: a new one comes without a file.
    :raises FileTooLarge: the file has more than MOST_BYTES.
    :raises FileTypeRefused: what stands in it is not of a type that is handed out.
    """
    row = product_file or ProductFile()
    if upload is None and not row.content:
        raise FileMissing
    row.product, row.kind, row.title, row.language, row.position = product, kind, title, language, position
    if upload:
        if upload.size > MOST_BYTES:
            raise FileTooLarge
        upload.seek(0)
        media_type = media_type_of(upload.read(SAMPLE))
        upload.seek(0)
        if media_type is None:
            raise FileTypeRefused
        if row.content:
            transaction.on_commit(partial(row.content.storage.delete, str(row.content.name)))
        row.media_type, row.size = media_type, upload.size
        row.content.save("", upload, save=False)
    row.save()
    record_event("catalog.product_file_saved", actor=actor, subject=row, now=now, payload={"kind": kind})
    return row
