from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences
from apps.core.permissions import register_permissions


def _ensure_builtin_rows(**_options: Any) -> None:
    from apps.orgs.builtin import ensure_builtin_rows  # noqa: PLC0415  models are not loaded when this module is

    ensure_builtin_rows()


class OrgsConfig(AppConfig):
    name = "apps.orgs"
    verbose_name = _("Companies")

    def ready(self) -> None:
        register_permissions(
            {
                "company.view": _("See people and addresses"),
                "company.people": _("Invite people and change their roles and limits"),
                "company.addresses": _("Change addresses and cost centers"),
                "company.log": _("Read the log of changes"),
            }
        )
        register_sentences(
            {
                "orgs.company_created": _("%(actor)s opened the account of %(subject)s."),
                "orgs.company_changed": _("%(actor)s changed the terms of %(subject)s."),
                "orgs.member_joined": _("%(subject)s joined the company."),
                "orgs.member_invited": _("%(actor)s invited %(subject)s."),
                "orgs.invitation_renewed": _("%(actor)s invited %(subject)s once more."),
                "orgs.invitation_revoked": _("%(actor)s revoked the invitation of %(subject)s."),
                "orgs.member_changed": _("%(actor)s changed the roles or limits of %(subject)s."),
                "orgs.member_suspended": _("%(actor)s suspended %(subject)s."),
                "orgs.member_restored": _("%(actor)s let %(subject)s in again."),
                "orgs.address_saved": _("%(actor)s saved the address %(subject)s."),
                "orgs.address_blocked": _("%(actor)s blocked the address %(subject)s."),
                "orgs.address_opened": _("%(actor)s opened the address %(subject)s again."),
                "orgs.unit_saved": _("%(actor)s saved the unit %(subject)s."),
                "orgs.unit_moved": _("%(actor)s moved the unit %(subject)s below %(to)s."),
                "orgs.unit_removed": _("%(actor)s removed the unit %(subject)s."),
                "orgs.role_saved": _("%(actor)s saved the role %(role)s."),
                "orgs.role_removed": _("%(actor)s removed the role %(role)s."),
                "orgs.role_given": _("%(actor)s made %(subject)s %(role)s at %(unit)s."),
                "orgs.role_taken": _("%(actor)s ended that %(subject)s is %(role)s at %(unit)s."),
                "orgs.cost_center_saved": _("%(actor)s saved the cost center %(subject)s."),
            }
        )
        # Not business flow: rows that every database needs, as migrations themselves create content types.
        post_migrate.connect(_ensure_builtin_rows, sender=self)
