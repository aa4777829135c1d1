from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences
from apps.core.permissions import register_permissions


class OrdersConfig(AppConfig):
    name = "apps.orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        register_permissions(
            {
                "cart.view": _("See carts"),
                "cart.edit": _("Fill carts"),
                "cart.submit": _("Send carts"),
                "orders.view": _("See orders"),
                "orders.cancel": _("Cancel orders"),
                "lists.edit": _("Keep purchasing lists"),
            }
        )
        register_sentences(
            {
                "orders.order_placed": _("The order %(subject)s was placed."),
                "orders.order_confirmed": _("%(actor)s confirmed the order %(subject)s."),
                "orders.order_cancelled": _("%(actor)s canceled the order %(subject)s."),
                "orders.remainder_cancelled": _("%(actor)s canceled what was left of the order %(subject)s."),
                "orders.order_closed": _("All of the order %(subject)s has arrived."),
            }
        )
