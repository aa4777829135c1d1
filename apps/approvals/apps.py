from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.activity.descriptions import register_sentences
from apps.core.permissions import register_permissions


class ApprovalsConfig(AppConfig):
    name = "apps.approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        register_permissions(
            {"approvals.decide": _("Approve orders"), "approvals.policies": _("Change the rules of approval")}
        )
        register_sentences(
            {
                "approvals.approval_requested": _("%(actor)s asked for approval of %(subject)s."),
                "approvals.step_approved": _("%(actor)s approved %(subject)s."),
                "approvals.request_approved": _("%(subject)s was approved and ordered."),
                "approvals.request_not_needed": _("%(subject)s needed no approval any more and was ordered."),
                "approvals.request_rejected": _("%(actor)s rejected %(subject)s: %(reason)s"),
                "approvals.request_returned": _("%(actor)s took %(subject)s back to change it."),
                "approvals.request_withdrawn": _("%(actor)s withdrew %(subject)s."),
                "approvals.recheck_needed": _("%(subject)s was approved, but something had changed."),
                "approvals.message_posted": _("%(actor)s wrote about %(subject)s."),
                "approvals.step_handed_over": _("%(actor)s asked %(to)s to decide %(subject)s."),
                "approvals.policy_saved": _("%(actor)s saved the approval %(subject)s."),
                "approvals.policy_moved": _("%(actor)s moved approval rule %(before)s to place %(after)s."),
                "approvals.policy_ended": _("%(actor)s ended the approval %(subject)s."),
            }
        )
