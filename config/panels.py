"""Slot of a lower app's page -> function of a higher app that fills it, and the most statements it may run."""

from apps.core.panels import Panel

PANELS: dict[str, tuple[Panel, ...]] = {
    "shell.navigation": (Panel("apps.portal.views.navigation", statements=0),),
    "shell.header": (Panel("apps.shop.views.search_box", statements=0),),
    "shell.memberships": (Panel("apps.orgs.views.memberships", statements=1),),
}
