from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences


class LedgerConfig(AppConfig):
    name = "apps.ledger"
    verbose_name = _("Limits")

    def ready(self) -> None:
        register_sentences({"ledger.limit_changed": _("%(actor)s changed the limit “%(subject)s”.")})
