from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = _("People")
    default = True

    def ready(self) -> None:
        register_sentences(
            {
                "accounts.profile_updated": _("%(subject)s changed their profile."),
                "accounts.staff_saved": _("%(actor)s saved the account of %(subject)s."),
            }
        )


class StaffSiteConfig(admin.AdminConfig):
    default_site = "apps.accounts.staff_site.StaffSite"
    default = False
