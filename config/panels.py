"""Slot of a lower app's page -> function of a higher app that fills it, and the most statements it may run."""

from apps.core.panels import Panel

PANELS: dict[str, tuple[Panel, ...]] = {
    "shell.navigation": (Panel("apps.portal.views.navigation", statements=1),),
    "shell.header": (
        Panel("apps.shop.views.browsing.products_button", statements=0),
        Panel("apps.shop.views.browsing.search_box", statements=0),
        # The cart button asks for the same cart, so that one statement serves both.
        Panel("apps.orders.views.carts.ship_to_switch", statements=2),
    ),
    "shell.navigation_end": (Panel("apps.shop.views.browsing.price_note", statements=1),),
    "shell.header_end": (
        Panel("apps.notifications.views.bell", statements=1),
        Panel("apps.orders.views.carts.badge", statements=1),
    ),
    "shell.footer_links": (Panel("apps.portal.views.footer_links", statements=0),),
    # How many rows each has is read once for all of orgs.
    "company.tabs": (
        Panel("apps.orgs.views.people_tab", statements=1),
        Panel("apps.approvals.views.company_tabs", statements=2),
        Panel("apps.orgs.views.company_tabs", statements=1),
        Panel("apps.catalog.views.company_tabs", statements=0),
        Panel("apps.orgs.views.log_tab", statements=0),
    ),
    # What higher apps know of the company, in the head of its pages.
    "company.facts": (Panel("apps.shop.views.browsing.contract", statements=1),),
    # What each person has used of the month, by membership.
    "people.used_this_month": (Panel("apps.ledger.views.used_this_month", statements=1),),
    # Who decides first about an order above a person's own limit, by membership.
    "people.approvers": (Panel("apps.approvals.views.approvers", statements=5),),
    "people.cards": (Panel("apps.approvals.views.rules_card", statements=5),),
    # What the shipments of each order tell, by order.
    "orders.progress": (Panel("apps.fulfillment.views.orders_progress", statements=1),),
    "order.main": (Panel("apps.fulfillment.views.shipments", statements=2),),
    "order.approval": (Panel("apps.approvals.views.order_approval", statements=1),),
    "order.shipments": (Panel("apps.fulfillment.views.order_shipments", statements=1),),
    "staff.order": (Panel("apps.fulfillment.views.staff_order", statements=4),),
    "cart.submit": (Panel("apps.approvals.views.cart_submit", statements=8),),
    "shell.memberships": (Panel("apps.orgs.views.memberships", statements=1),),
}
