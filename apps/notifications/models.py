from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.activity.models import Event
from apps.core.constraints import TenantForeignKey
from apps.core.ids import PublicIdModel
from apps.core.permissions import Member
from apps.core.querysets import LockingQuerySet
from apps.notifications import rules
from apps.orgs.models import Membership, OrgOwned, OrgOwnedQuerySet


class Kind(models.TextChoices):
    """What people are told, in the words of their settings."""

    ASKED = rules.ASKED, _("An order waits for my approval")
    DECIDED = rules.DECIDED, _("My order was rejected or has to be looked at again")
    MESSAGE = rules.MESSAGE, _("Somebody writes about an approval")
    PLACED = rules.PLACED, _("My order was placed, or approved and placed")
    CONFIRMED = rules.CONFIRMED, _("My order was confirmed")
    CANCELLED = rules.CANCELLED, _("My order, or the rest of it, was canceled")
    SHIPPED = rules.SHIPPED, _("Goods of my order are on the way")
    DELIVERED = rules.DELIVERED, _("Goods of my order have arrived")


KIND_KNOWN = models.Q(kind__in=rules.KINDS)


class NoticeQuerySet(OrgOwnedQuerySet["Notice"]):
    def visible_to(self, membership: Member) -> Self:
        """The notices of this person."""
        return super().visible_to(membership).filter(membership=membership.membership_id)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notice(PublicIdModel, OrgOwned):
    """What a person is told in the portal about one event. The sentence and the page follow from the event."""

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("person")
    )
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", verbose_name=_("event"))
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    created_at = models.DateTimeField(_("created"))
    read_at = models.DateTimeField(pgettext_lazy("notification", "read"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["membership", "event"], name="notice_once"),
            models.CheckConstraint(condition=KIND_KNOWN, name="notice_kind_known"),
            TenantForeignKey(field="membership", name="notice_membership_tenant"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["membership"], name="notice_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["membership", "-id"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.membership}"


class NotificationPreference(OrgOwned):
    """How a person wants to hear of one kind of thing. Without a row, by e-mail and in the portal."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    by_mail = models.BooleanField()
    by_bell = models.BooleanField()

    objects = OrgOwnedQuerySet["NotificationPreference"].as_manager()

    class Meta:
        verbose_name = _("notification setting")
        verbose_name_plural = _("notification settings")
        constraints: ClassVar = [
            *OrgOwned.Meta.constraints,
            models.UniqueConstraint(fields=["membership", "kind"], name="notificationpreference_once"),
            models.CheckConstraint(condition=KIND_KNOWN, name="notificationpreference_kind_known"),
            TenantForeignKey(field="membership", name="notificationpreference_membership_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.kind}"


class MailMessageQuerySet(LockingQuerySet["MailMessage"]):
    def unclaimed(self, now: datetime) -> Self:
        """Messages that nobody has sent or is sending."""
        return self.filter(models.Q(lease_until=None) | models.Q(lease_until__lte=now), state=MailMessage.State.WAITING)


class MailMessage(models.Model):
    """One e-mail that one event owes one address; the unique pair makes it go out once, however often it is asked."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("e-mail", "waiting")
        SENT = "sent", pgettext_lazy("e-mail", "sent")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", verbose_name=_("event"))
    email = models.EmailField(_("e-mail"), max_length=254)
    template = models.CharField(max_length=80)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("created"))
    # Until then a worker is sending it.
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(pgettext_lazy("e-mail", "sent"), null=True)

    objects = MailMessageQuerySet.as_manager()
    ORG_PATH = "event__organization_id"

    class Meta:
        verbose_name = pgettext_lazy("message", "e-mail")
        verbose_name_plural = pgettext_lazy("message", "e-mails")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "email"], name="mailmessage_once"),
            models.CheckConstraint(condition=models.Q(state__in=["waiting", "sent"]), name="mailmessage_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.email}"
