from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences
from apps.core.permissions import register_permissions


class CatalogConfig(AppConfig):
    name = "apps.catalog"
    verbose_name = _("Catalog")

    def ready(self) -> None:
        register_permissions({"catalog.view": _("See products")})
        register_sentences(
            {
                "catalog.assortment_rule_removed": _("%(actor)s removed the assortment rule %(subject)s."),
                "catalog.assortment_rule_saved": _("%(actor)s saved the assortment rule %(subject)s."),
                "catalog.attribute_saved": _("%(actor)s saved the attribute %(subject)s."),
                "catalog.catalog_imported": _(
                    "%(actor)s imported %(subject)s: %(created)s new, %(updated)s changed, %(refused)s refused."
                ),
                "catalog.brand_saved": _("%(actor)s saved the brand %(subject)s."),
                "catalog.category_saved": _("%(actor)s saved the category %(subject)s."),
                "catalog.family_saved": _("%(actor)s saved the family %(subject)s."),
                "catalog.item_code_removed": _("%(actor)s removed the company’s own part number %(code)s."),
                "catalog.item_codes_saved": _("%(actor)s saved own part numbers of the company: %(count)s."),
                "catalog.product_file_removed": _("%(actor)s removed the document %(subject)s."),
                "catalog.product_file_saved": _("%(actor)s saved the document %(subject)s."),
                "catalog.product_saved": _("%(actor)s saved the product %(subject)s."),
                "catalog.quantity_rule_saved": _("%(actor)s saved the quantity rule %(subject)s."),
            }
        )
