"""Who hears what: event name -> names of the tasks that hear it. The whole upward wiring on one screen."""

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "orgs.member_invited": ("apps.notifications.tasks.mail_invitation",),
}

# Recorded for the log and the feed only. An event that stands in neither table fails a test.
UNHEARD: frozenset[str] = frozenset(
    {
        "ledger.limit_changed",
        "pricing.agreement_opened",
        "pricing.discount_saved",
        "pricing.price_list_assigned",
        "pricing.price_list_saved",
        "pricing.prices_changed",
        "accounts.profile_updated",
        "accounts.staff_saved",
        "catalog.assortment_rule_saved",
        "catalog.attribute_saved",
        "catalog.catalog_imported",
        "catalog.quantity_rule_saved",
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
