from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences


class InventoryConfig(AppConfig):
    name = "apps.inventory"
    verbose_name = _("Stock")

    def ready(self) -> None:
        register_sentences(
            {
                "inventory.warehouse_saved": _("%(actor)s saved the warehouse %(subject)s."),
                "inventory.stock_changed": _(
                    "%(actor)s changed the stock of %(subject)s in %(warehouse)s by %(delta)s."
                ),
                "inventory.receipt_saved": _("%(actor)s saved the receipt %(subject)s."),
                "inventory.goods_received": _("%(actor)s took in %(quantity)s of the receipt %(subject)s."),
            }
        )
