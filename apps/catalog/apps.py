from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.core.permissions import register_permissions


class CatalogConfig(AppConfig):
    name = "apps.catalog"
    verbose_name = _("Catalog")

    def ready(self) -> None:
        register_permissions({"catalog.view": _("See products")})
