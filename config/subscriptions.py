"""Who hears what: event name -> names of the tasks that hear it. The whole upward wiring on one screen."""

# Who is told by bell and e-mail, and in which letter, stands in apps/notifications/rules.py.
NOTIFY = "apps.notifications.tasks.notify"

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "approvals.approval_requested": (NOTIFY,),
    "approvals.message_posted": (NOTIFY,),
    "approvals.recheck_needed": (NOTIFY,),
    "approvals.request_rejected": (NOTIFY,),
    "approvals.step_approved": (NOTIFY,),
    "approvals.step_handed_over": (NOTIFY,),
    "fulfillment.shipment_delivered": (NOTIFY,),
    "fulfillment.shipment_dispatched": (NOTIFY,),
    "orders.order_cancelled": (NOTIFY,),
    "orders.order_confirmed": (NOTIFY,),
    "orders.order_placed": (NOTIFY,),
    "orders.remainder_cancelled": (NOTIFY,),
    "orgs.member_invited": ("apps.notifications.tasks.mail_invitation",),
}

# Recorded for the log and the feed only. An event that stands in neither table fails a test.
UNHEARD: frozenset[str] = frozenset(
    {
        "freight.freight_changed",
        "inventory.goods_received",
        "inventory.receipt_saved",
        "inventory.stock_changed",
        "inventory.warehouse_saved",
        "notifications.preferences_saved",
        "ledger.limit_changed",
        "pricing.agreement_opened",
        "pricing.discount_saved",
        "pricing.price_list_assigned",
        "pricing.price_list_saved",
        "pricing.prices_changed",
        "pricing.prices_imported",
        "pricing.tax_rate_saved",
        "accounts.profile_updated",
        "accounts.staff_saved",
        "catalog.assortment_rule_removed",
        "catalog.assortment_rule_saved",
        "catalog.attribute_saved",
        "catalog.brand_saved",
        "catalog.catalog_imported",
        "catalog.category_saved",
        "catalog.family_saved",
        "catalog.product_file_removed",
        "catalog.product_file_saved",
        "catalog.product_saved",
        "orders.order_closed",
        "catalog.quantity_rule_saved",
        "approvals.policy_ended",
        "approvals.policy_saved",
        # The requester reads in the letter about the order who approved it.
        "approvals.request_approved",
        "approvals.request_returned",
        "approvals.request_withdrawn",
        "orgs.address_blocked",
        "orgs.address_opened",
        "orgs.address_saved",
        "orgs.company_changed",
        "orgs.company_created",
        "orgs.cost_center_saved",
        "orgs.invitation_revoked",
        "orgs.member_changed",
        "orgs.member_joined",
        "orgs.member_restored",
        "orgs.member_suspended",
    }
)
