from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        register_sentences({"notifications.preferences_saved": _("%(actor)s changed of what the portal tells them.")})
