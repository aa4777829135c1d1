from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences


class FulfillmentConfig(AppConfig):
    name = "apps.fulfillment"
    verbose_name = _("Shipping")

    def ready(self) -> None:
        register_sentences(
            {
                "fulfillment.shipment_dispatched": _("%(actor)s sent the shipment %(subject)s of the order %(order)s."),
                "fulfillment.shipment_delivered": _("The shipment %(subject)s of the order %(order)s has arrived."),
            }
        )
