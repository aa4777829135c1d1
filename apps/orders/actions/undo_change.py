from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import serializers
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.orders.actions.take_cart import take_cart
from apps.orders.actions.touch_cart import touch_cart
from apps.orders.models import Cart, CartChange, CartLine
from apps.orgs.models import Membership


class NothingToUndo(DomainError):
    message = _("The cart has changed since then. Nothing was undone.")


@transaction.atomic
def undo_change(*, actor: Membership, cart_uid: UUID, now: datetime) -> Cart:
    """Take back the last change to the lines of an open cart, if this person made it and nothing happened since: lines
    are again what they were, with author, cost center and day, and what was added is gone.

    :raises NothingToUndo: somebody changed the cart since, or it was undone before.
    :raises CartClosed: the cart was sent or put away in the meantime.
    """
    cart = take_cart(actor=actor, now=now, cart_uid=cart_uid)
    change = CartChange.objects.filter(cart=cart, version=cart.version, author=actor).first()
    if change is None:
        raise NothingToUndo
    lines: list[Any] = [row.object for row in serializers.deserialize("python", change.before)]
    CartLine.objects.filter(cart=cart, pk__in=[*change.added, *(line.pk for line in lines)]).delete()
    for line in lines:
        # Above what it was, and above what the change made of it: a page that shows either is outdated.
        line.version += 2
        line.changed_by = actor
    CartLine.objects.bulk_create(lines)
    return touch_cart(cart=cart, actor=actor, before=[], now=now)
