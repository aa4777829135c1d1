from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences
from apps.core.permissions import register_permissions


class PricingConfig(AppConfig):
    name = "apps.pricing"
    verbose_name = _("Prices")

    def ready(self) -> None:
        register_permissions({"prices.view": _("See prices")})
        register_sentences(
            {
                "pricing.price_list_saved": _("%(actor)s saved the price list %(subject)s."),
                "pricing.price_list_assigned": _("%(actor)s gave %(subject)s to %(to)s."),
                "pricing.prices_changed": _("%(actor)s changed prices of %(subject)s."),
                "pricing.prices_imported": _(
                    "%(actor)s imported prices into %(subject)s:"
                    " %(created)s new, %(updated)s changed, %(refused)s refused."
                ),
                "pricing.discount_saved": _("%(actor)s saved a discount."),
                "pricing.price_list_unassigned": _("%(actor)s took %(subject)s away from %(to)s."),
                "pricing.agreement_ended": _("%(actor)s changed the last day of the contract %(subject)s."),
                "pricing.agreement_opened": _("%(actor)s opened the contract %(subject)s."),
                "pricing.tax_rate_saved": _("%(actor)s saved the VAT rate %(subject)s."),
            }
        )
