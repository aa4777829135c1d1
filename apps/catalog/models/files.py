from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models.products import Product
from apps.catalog.rules.files import MEDIA_TYPES
from apps.core.ids import PublicIdModel


def random_name(_row: Any, _name: str) -> str:
    """Where a file is kept: nothing of what it was called, and nothing that can be guessed."""
    return f"products/{uuid4().hex}"


class ProductFile(PublicIdModel):
    """A document of a product: who sees the product may take it along. Without a language it is for all of them."""

    class Kind(models.TextChoices):
        DATA_SHEET = "data_sheet", pgettext_lazy("document", "Data sheet")
        SAFETY_SHEET = "safety_sheet", pgettext_lazy("document", "Safety data sheet")
        CERTIFICATE = "certificate", pgettext_lazy("document", "Certificate")
        DRAWING = "drawing", pgettext_lazy("document", "Drawing")
        MANUAL = "manual", pgettext_lazy("document", "Manual")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="files", verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    content = models.FileField(upload_to=random_name, editable=False)
    media_type = models.CharField(_("file type"), max_length=40, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["data_sheet", "safety_sheet", "certificate", "drawing", "manual"]),
                name="productfile_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(media_type__in=sorted(MEDIA_TYPES)), name="productfile_media_type_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["product", "position"], name="productfile_of_page")]

    def __str__(self) -> str:
        return f"{self.product.sku}: {self.title or self.get_kind_display()}"

    @property
    def download_name(self) -> str:
        """What the file is called where somebody keeps it."""
        parts = (self.product.sku, self.kind, self.language)
        return f"{'-'.join(filter(None, parts)).replace('/', '-').replace('_', '-')}.{MEDIA_TYPES[self.media_type]}"
