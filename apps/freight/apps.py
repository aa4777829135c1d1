from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences


class FreightConfig(AppConfig):
    name = "apps.freight"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        register_sentences({"freight.freight_changed": _("%(actor)s changed how goods are delivered: %(subject)s.")})
