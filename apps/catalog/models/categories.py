from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeQuerySet

from apps.core.models import Versioned
from apps.core.querysets import LockingQuerySet, TreeManager

LANGUAGE_FIELD: dict[str, Any] = {"max_length": 10, "choices": settings.LANGUAGES, "verbose_name": _("language")}


class CategoryQuerySet(MP_NodeQuerySet, LockingQuerySet["Category"]):  # type: ignore[misc]
    pass


class CategoryManager(TreeManager.from_queryset(CategoryQuerySet)):  # type: ignore[misc]
    pass


class Category(Versioned, MP_Node):  # type: ignore[misc]
    """A shelf of the catalog. Products stand on leaves; a category above shows what all its leaves have."""

    slug = models.SlugField(_("address in the portal"), max_length=120, unique=True)
    # One of the line drawings of the design; empty takes the parent's.
    drawing = models.SlugField(_("drawing"), max_length=40, blank=True)

    objects = CategoryManager()

    # Siblings stand in the order of the catalog, not of the alphabet.
    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.slug


class CategoryText(models.Model):
    """The name of a category in one language; English is the one that every category has."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(**LANGUAGE_FIELD)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["category", "language"], name="categorytext_one_per_language")
        ]

    def __str__(self) -> str:
        return self.name
